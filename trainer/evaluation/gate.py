"""The gate between two models, measured on the same photos: a new one may not buy one thing with another.

No model passes by letting danger through, and none by crying wolf: an alarm that rings for everything misses nothing
and people ignore it. Nor by naming next to nothing, or naming wrong. Some bounds hold however bad the older one is.
"""

from __future__ import annotations

from trainer.evaluation.document import Bound, GateResult
from trainer.evaluation.records import SplitMeasures

MORE_FALSE = 0.05  # false alarms that a new model may add to the older one's
NERVOUS = 0.4  # below this share of the others an alarm may ring more often than the older one's
FEWER_SAID = 0.1  # share of the photos for which it may name less than the older one
RIGHT = 0.8  # names that are said must be right so often, or as often as the older one's
WORST = {  # whatever the older one does: lower bounds, but those of false alarms
    "recall_deadly": 0.8,
    "recall_harmful": 0.7,
    "false_deadly": 0.9,
    "false_harmful": 0.9,
    "said": 0.05,
    "right": 0.5,
}


def gate(new: SplitMeasures, old: SplitMeasures) -> GateResult:
    """Hold the new model against the old: misses, false alarms, names said, and names right.

    Raises:
        ValueError: the two were measured on different numbers of dangerous photos.
    """
    after, before = new.danger.passed_as_harmless, old.danger.passed_as_harmless
    if after.of != before.of:
        raise ValueError(f"measured on {after.of} and {before.of} dangerous photos: not the same test")
    bounds = _bounds(new, old)
    known = {photo.file for photo in before.photos}
    fewer = after.count <= before.count and after.deadly <= before.deadly
    return GateResult(
        passes=fewer and all(bound.holds for bound in bounds),
        bounds=bounds,
        old_count=before.count,
        new_count=after.count,
        old_deadly=before.deadly,
        new_deadly=after.deadly,
        newly_missed=tuple(photo.file for photo in after.photos if photo.file not in known),
    )


def _bounds(new: SplitMeasures, old: SplitMeasures) -> tuple[Bound, ...]:
    found = []
    for level in ("deadly", "harmful"):
        after, before = new.danger.of(level), old.danger.of(level)
        rung, false = before.recall.value, before.false_alarms.value
        found.append(_least(f"recall_{level}", rung, after.recall.value, rung))
        found.append(_most(f"false_{level}", false, after.false_alarms.value))
    said, said_now = (1.0 - (m.verdicts.unknown.value or 0.0) if m.photos else None for m in (old, new))
    found.append(_least("said", said, said_now, None if said is None else said - FEWER_SAID))
    right = old.right.value
    found.append(_least("right", right, new.right.value, None if right is None else min(right, RIGHT)))
    return tuple(found)


def _least(name: str, old: float | None, new: float | None, asked: float | None) -> Bound:
    """Nothing measured of either holds nothing; nothing measured now, where there was something, does not hold."""
    limit = WORST[name] if asked is None else max(asked, WORST[name])
    holds = old is None if new is None else new >= limit - 1e-9
    return Bound(name, old, new, limit, at_least=True, holds=holds)


def _most(name: str, old: float | None, new: float | None) -> Bound:
    limit = WORST[name] if old is None else min(max(old + MORE_FALSE, NERVOUS), WORST[name])
    holds = old is None if new is None else new <= limit + 1e-9
    return Bound(name, old, new, limit, at_least=False, holds=holds)
