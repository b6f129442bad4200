"""Buttons by weight: one primary per view, plain and quiet ones beside it, icon buttons with a spoken name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from fieldguide.ui.kit.icons import icon
from fieldguide.ui.kit.metrics import ICON

_TONES = {"primary": "on_accent", "quiet": "accent", "link": "accent"}


def button(words: str, look: str = "plain", icon_name: str | None = None, *, hint: str = "") -> QPushButton:
    """A button; `look` is primary, plain, quiet or link. `hint` becomes its tool tip."""
    made = QPushButton(words)
    made.setProperty("look", look)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setToolTip(hint)
    made.setAutoDefault(False)
    if icon_name:
        made.setIcon(icon(icon_name, _TONES.get(look, "text")))
        made.setIconSize(QSize(ICON, ICON))
    return made


def icon_button(name: str, icon_name: str, *, checkable: bool = False, key: str = "") -> QToolButton:
    """A square button that shows an icon only; `name` is its accessible name and, with `key`, its tool tip."""
    made = QToolButton()
    made.setProperty("look", "icon")
    made.setIcon(icon(icon_name))
    made.setIconSize(QSize(ICON, ICON))
    made.setCheckable(checkable)
    made.setAccessibleName(name)
    made.setToolTip(f"{name}  ({key})" if key else name)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def rail_button(name: str, icon_name: str) -> QToolButton:
    """A place of the sidebar: icon above its name, checkable."""
    made = QToolButton()
    made.setProperty("look", "rail")
    made.setIcon(icon(icon_name, "muted"))
    made.setIconSize(QSize(ICON + 4, ICON + 4))
    made.setText(name)
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCheckable(True)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


class Segments(QFrame):
    """A choice of one out of a few, side by side. `chosen` carries the key of the new choice."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`choices`: pairs of key and words; the first is chosen."""
        super().__init__(parent)
        self.setProperty("look", "segments")
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._keys: dict[str, QToolButton] = {}
        for key, words in choices:
            made = QToolButton()
            made.setProperty("look", "segment")
            made.setText(words)
            made.setCheckable(True)
            made.setCursor(Qt.CursorShape.PointingHandCursor)
            made.clicked.connect(lambda _checked, key=key: self.chosen.emit(key))
            self._group.addButton(made)
            self._keys[key] = made
            row.addWidget(made)
        if choices:
            self.choose(choices[0][0])

    def choose(self, key: str) -> None:
        """Show `key` as chosen, without a signal."""
        self._keys[key].setChecked(True)

    @property
    def choice(self) -> str:
        """Key of what is chosen."""
        return next(key for key, made in self._keys.items() if made.isChecked())
