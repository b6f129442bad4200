"""What was measured of a run, as the events for programs tell it."""

from __future__ import annotations

from fieldguide.core.training.events import Measured
from trainer.evaluation.document import Metrics
from trainer.evaluation.records import Names, SplitMeasures


def measured_events(metrics: Metrics) -> tuple[Measured, ...]:
    """Photos from elsewhere first, where there are some; then the run's own, which flatter."""
    grounds = (("elsewhere", metrics.elsewhere), ("own", metrics.own))
    return tuple(_measured(ground, found) for ground, found in grounds if found is not None)


def _measured(ground: str, found: SplitMeasures) -> Measured:
    """For the narrowest rank that its photos have."""
    ranks = [rank for rank in Names.__dataclass_fields__ if found.names.at(rank).top1.value is not None]
    rank = ranks[0] if ranks else "species"
    names, recall, passed = found.names.at(rank), found.danger.deadly.recall, found.danger.passed_as_harmless
    rang = round((recall.value or 0.0) * recall.photos)
    top1, five = names.top1.value, names.among_five
    return Measured(ground, found.photos, rank, top1, five, recall.photos, rang, passed.of, passed.count)
