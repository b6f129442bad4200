"""The gate between two models: a new one may not let more dangerous photos pass as harmless than the old one.

Compares two results of `metrics.evaluate`; both must have been measured on the same photos.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether the new model may replace the old. Counts: harmful and deadly photos without a warning."""

    passes: bool
    old_count: int
    new_count: int
    old_deadly: int
    new_deadly: int
    newly_missed: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 when it may, 1 when not."""
        return 0 if self.passes else 1


def gate(new: dict[str, Any], old: dict[str, Any]) -> GateResult:
    """Hold the new model against the old: neither more harmful nor more deadly photos may pass as harmless.

    Raises:
        ValueError: the two were measured on different numbers of dangerous photos.
    """
    after, before = new["danger"]["passed_as_harmless"], old["danger"]["passed_as_harmless"]
    if after["of"] != before["of"]:
        raise ValueError(f"measured on {after['of']} and {before['of']} dangerous photos: not the same test")
    known = {photo["file"] for photo in before["photos"]}
    return GateResult(
        passes=after["count"] <= before["count"] and after["deadly"] <= before["deadly"],
        old_count=before["count"],
        new_count=after["count"],
        old_deadly=before["deadly"],
        new_deadly=after["deadly"],
        newly_missed=tuple(photo["file"] for photo in after["photos"] if photo["file"] not in known),
    )
