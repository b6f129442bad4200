"""What the shell needs to know of a page: where it stands in the sidebar, and which keys it answers."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """One line of the overlay of keys: the keys as printed on them, and what they do."""

    keys: str
    does: str


@dataclass(frozen=True, slots=True)
class Page:
    """A place of the sidebar.

    Attributes:
        key: identify, history, guide, models, settings: stable, never shown.
        title: shown under the icon.
        icon: name of a drawing in `resources/icons`.
        widget: the page itself.
        keys: what the overlay lists while this page is in front.
    """

    key: str
    title: str
    icon: str
    widget: QWidget
    keys: tuple[KeyHelp, ...] = ()
