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
    names, deadly, passed = found.names.at(rank), found.danger.deadly, found.danger.passed_as_harmless
    rang, false = (round((share.value or 0.0) * share.photos) for share in (deadly.recall, deadly.false_alarms))
    named = (names.top1.value, names.among_five)
    alarms = (deadly.recall.photos, rang, passed.of, passed.count, deadly.false_alarms.photos, false)
    return Measured(ground, found.photos, rank, *named, *alarms)
