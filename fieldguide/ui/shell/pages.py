"""What the shell needs to know of a page: where it stands in the sidebar, and which keys it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

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
class Page:
    """A place of the sidebar.

    Attributes:
        key: identify, history, guide, models, settings: stable, never shown.
        title: shown under the icon.
        icon: name of a drawing in `resources/icons`.
        widget: the page itself.
        keys: what the overlay lists while this page is in front, in groups.
    """

    key: str
    title: str
    icon: str
    widget: QWidget
    keys: tuple[KeyGroup, ...] = ()
