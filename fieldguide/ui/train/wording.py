"""What a training takes, in words. No Qt in here."""

from __future__ import annotations

from fieldguide.core.text import text
from fieldguide.storage.trainer_home import Takes


def minutes(seconds: float) -> str:
    """Rounded up, since nobody plans by seconds: minutes, from two hours on hours."""
    if seconds >= 7200:
        return text("training.hours", count=-(-round(seconds) // 3600))
    return text("training.minutes", count=max(1, -(-round(seconds) // 60)))


def takes_words(takes: Takes) -> str:
    """What setting the trainer up takes, how it could be less, and whether there is room for it."""
    facts = {name: getattr(takes, name) for name in ("load", "disk", "free", "peak", "minutes")}
    words = [text("training.setup_size", **facts), text("training.setup_ways")]
    return "\n\n".join([*words, text("training.setup_no_room")] if takes.free < takes.peak else words)
