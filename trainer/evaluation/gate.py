"""The gate between two models, measured on the same photos: a new one may not buy one thing with another.

No model passes by letting danger through, and none by crying wolf: an alarm that rings for everything misses nothing
and people ignore it. Nor by naming next to nothing, or naming wrong.
"""

from __future__ import annotations

from trainer.evaluation.document import Bound, GateResult
from trainer.evaluation.records import Share, SplitMeasures

MORE_FALSE = 0.05  # false alarms that a new model may add to the older one's
NERVOUS = 0.4  # below this share of the others an alarm may ring more often than the older one's
FEWER_SAID = 0.1  # share of the photos for which it may name less than the older one
RIGHT = 0.8  # names that are said must be right so often, or as often as the older one's


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
        found.append(_bound(f"recall_{level}", before.recall, after.recall, 0.0, at_least=True))
        found.append(_bound(f"false_{level}", before.false_alarms, after.false_alarms, MORE_FALSE, NERVOUS))
    said = [1.0 - (each.verdicts.unknown.value or 0.0) if each.photos else None for each in (old, new)]
    found.append(_held("said", *said, limit=None if said[0] is None else said[0] - FEWER_SAID, at_least=True))
    right = old.right.value
    least = None if right is None else min(right, RIGHT)
    found.append(_held("right", right, new.right.value, limit=least, at_least=True))
    return tuple(found)


def _bound(name: str, old: Share, new: Share, more: float, enough: float = 0.0, *, at_least: bool = False) -> Bound:
    limit = None if old.value is None else old.value if at_least else max(old.value + more, enough)
    return _held(name, old.value, new.value, limit=limit, at_least=at_least)


def _held(name: str, old: float | None, new: float | None, *, limit: float | None, at_least: bool) -> Bound:
    """Nothing measured before holds nothing; nothing measured now, where there was something, does not hold."""
    if limit is None:
        holds = True
    elif new is None:
        holds = False
    else:
        holds = new >= limit - 1e-9 if at_least else new <= limit + 1e-9
    return Bound(name, old, new, limit, at_least, holds)
