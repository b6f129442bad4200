"""Probabilities in, verdict and alarms out: pure functions, with numbered thresholds."""

from fieldguide.core.decision.decide import (
    CANDIDATES,
    Decision,
    alarm_scores,
    decide,
    plausible_labels,
    rings,
)

__all__ = [
    "CANDIDATES",
    "Decision",
    "alarm_scores",
    "decide",
    "plausible_labels",
    "rings",
]
