"""Identifications as a model would give them, for kinds of the shipped guide."""

from __future__ import annotations

from datetime import datetime

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import (
    Alarm,
    Candidate,
    Identification,
    ModelReference,
    Reason,
    Verdict,
    VerdictKind,
)


def candidate(guide: Guide, name: str, probability: float) -> Candidate:
    record = guide.records[name]
    return Candidate(record.taxon, probability, record.danger)


def identified(
    guide: Guide,
    *named: tuple[str, float],
    level: Danger = Danger.CAUTION,
    deadly: float = 0.0,
    carriers: tuple[str, ...] = (),
) -> Identification:
    """The photo's say: `named` are the candidates, best first; `carriers` those of the alarm."""
    raised = level.harmful
    alarm = Alarm(level, deadly, deadly, deadly, tuple(candidate(guide, name, deadly) for name in carriers), raised)
    return Identification(
        ModelReference("made", "Made", "1"),
        guide.version,
        datetime(2026, 10, 3, 11, 0),
        Verdict(VerdictKind.UNKNOWN, None, Reason.NOTHING_STANDS_OUT, 0.0),
        alarm,
        tuple(candidate(guide, name, probability) for name, probability in named),
    )
