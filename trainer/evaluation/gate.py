"""The gate between two models: a new one may not let more dangerous photos pass as harmless than the old one.

Both must have been measured on the same photos.
"""

from __future__ import annotations

from trainer.evaluation.document import GateResult
from trainer.evaluation.records import DangerMeasures


def gate(new: DangerMeasures, old: DangerMeasures) -> GateResult:
    """Hold the new model against the old: neither more harmful nor more deadly photos may pass as harmless.

    Raises:
        ValueError: the two were measured on different numbers of dangerous photos.
    """
    after, before = new.passed_as_harmless, old.passed_as_harmless
    if after.of != before.of:
        raise ValueError(f"measured on {after.of} and {before.of} dangerous photos: not the same test")
    known = {photo.file for photo in before.photos}
    return GateResult(
        passes=after.count <= before.count and after.deadly <= before.deadly,
        old_count=before.count,
        new_count=after.count,
        old_deadly=before.deadly,
        new_deadly=after.deadly,
        newly_missed=tuple(photo.file for photo in after.photos if photo.file not in known),
    )
