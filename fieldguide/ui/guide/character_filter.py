"""A button that narrows the list by characters: a menu of characters, each a menu of its values with small drawings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands.wording import character_name, value_name
from fieldguide.core.text import text
from fieldguide.ui.kit.drawings import answer_icon

_ICON = 40


class CharacterFilter(QToolButton):
    """`changed` fires after every change; `chosen` are pairs of character and value."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "filter")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        menu = QMenu(self)
        menu.addAction(text("names.filter_clear")).triggered.connect(self.clear)
        menu.addSeparator()
        self._actions: dict[tuple[str, str], QAction] = {}
        for character, values in CHARACTERS.items():
            inner = menu.addMenu(character_name(character))
            inner.setStyleSheet(f"QMenu {{ icon-size: {_ICON}px; }}")  # a menu's own icons are too small to tell apart
            inner.aboutToShow.connect(lambda name=character: self._draw(name))
            for value in values:
                action = inner.addAction(value_name(character, value))
                action.setCheckable(True)
                action.triggered.connect(self._tell)
                self._actions[character, value] = action
        self.setMenu(menu)
        self._label()

    @property
    def chosen(self) -> frozenset[tuple[str, str]]:
        """What is ticked; empty means any."""
        return frozenset(pair for pair, action in self._actions.items() if action.isChecked())

    def choose(self, pairs: frozenset[tuple[str, str]]) -> None:
        """Tick exactly these, without a signal."""
        for pair, action in self._actions.items():
            action.setChecked(pair in pairs)
        self._label()

    def clear(self) -> None:
        """Any again."""
        self.choose(frozenset())
        self.changed.emit()

    def _tell(self) -> None:
        self._label()
        self.changed.emit()

    def _label(self) -> None:
        count = len(self.chosen)
        title = text("guide.filter_characters")
        self.setText(text("guide.filter_characters_chosen", count=count) if count else title)

    def _draw(self, character: str) -> None:
        """The small drawings, made when a menu is first opened."""
        for (name, value), action in self._actions.items():
            if name == character and action.icon().isNull():
                action.setIcon(answer_icon(character, value, _ICON))
