"""A button that narrows a list: a menu of choices, one or several, and on the button what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from fieldguide.core.text import text


class FilterButton(QToolButton):
    """Shows `title` while nothing is chosen. `changed` fires after every change; `chosen` are keys."""

    changed = Signal()

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], *, several: bool = True, parent: QWidget | None = None
    ) -> None:
        """`choices`: pairs of key and words. With `several` the menu stays open while boxes are ticked."""
        super().__init__(parent)
        self._title = title
        self.setProperty("look", "filter")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        menu = QMenu(self)
        menu.installEventFilter(self)
        self._several = several
        self._any = menu.addAction(text("names.filter_clear"))
        self._any.triggered.connect(self.clear)
        menu.addSeparator()
        group = None if several else QActionGroup(menu)
        self._actions: dict[str, QAction] = {}
        for key, words in choices:
            action = menu.addAction(words)
            action.setCheckable(True)
            if group is not None:
                group.addAction(action)
            action.triggered.connect(self._tell)
            self._actions[key] = action
        self.setMenu(menu)
        self._label()

    @property
    def chosen(self) -> frozenset[str]:
        """Keys of what is ticked; empty means any."""
        return frozenset(key for key, action in self._actions.items() if action.isChecked())

    def choose(self, keys: frozenset[str]) -> None:
        """Tick exactly these, without a signal."""
        for key, action in self._actions.items():
            group = action.actionGroup()
            if group is not None:
                group.setExclusive(False)
            action.setChecked(key in keys)
            if group is not None:
                group.setExclusive(True)
        self._label()

    def clear(self) -> None:
        """Any again."""
        if self.chosen:
            self.choose(frozenset())
            self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A tick keeps the menu open, so that several can be set in one go."""
        if self._several and isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonRelease:
            action = self.menu().activeAction()
            if action is not None and action.isCheckable():
                action.trigger()
                return True
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        self._label()
        self.changed.emit()

    def _label(self) -> None:
        ticked = [action.text() for action in self._actions.values() if action.isChecked()]
        if not ticked:
            words = text("names.filter_any", title=self._title)
        elif len(ticked) == 1:
            words = text("names.filter_one", title=self._title, choice=ticked[0])
        else:
            words = text("names.filter_many", title=self._title, count=len(ticked))
        self._any.setEnabled(bool(ticked))
        self.setText(words)
        self.setAccessibleName(words)
        self.setProperty("on", bool(ticked))
        self.style().unpolish(self)
        self.style().polish(self)
