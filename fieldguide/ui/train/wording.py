"""Times of a training in words. No Qt in here."""

from __future__ import annotations

from fieldguide.core.text import text


def minutes(seconds: float) -> str:
    """Rounded up, since nobody plans by seconds: minutes, from two hours on hours."""
    if seconds >= 7200:
        return text("training.hours", count=-(-round(seconds) // 3600))
    return text("training.minutes", count=max(1, -(-round(seconds) // 60)))
