"""What the shell needs to know of a page: its place in the sidebar, how it is built, and which keys it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from fieldguide.core.text import text

Key = tuple[str, str]  # the keys as printed on them, and what they do


def split_key(words: str) -> Key:
    """`Ctrl+O|Open photos` as the catalogue writes it."""
    keys, does = words.split("|", 1)
    return keys, does


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys of the overlay under one title."""

    title: str
    keys: Sequence[Key]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the sidebar.

    Attributes:
        key: identify, history, guide, models, settings: stable, never shown.
        icon: name of a drawing in `resources/icons`.
    """

    key: str
    icon: str

    @property
    def title(self) -> str:
        """Shown under the icon."""
        return text(f"shell.page_{self.key}")


@dataclass(frozen=True, slots=True)
class Page:
    """What comes to the front at a place.

    Attributes:
        key: of its place.
        build: makes the page; called once, when it is first shown.
        keys: what the overlay lists while this page is in front, in groups.
    """

    key: str
    build: Callable[[], QWidget]
    keys: Callable[[], Sequence[KeyGroup]] = tuple


# In the order of the sidebar.
PLACES = (
    Place("identify", "identify"),
    Place("history", "history"),
    Place("guide", "guide"),
    Place("models", "models"),
    Place("train", "heat"),
    Place("settings", "settings"),
)
