"""A button that narrows or orders a list: a menu of choices, one or several, and on the button what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from fieldguide.core.text import text

Choices = Sequence[tuple[str, str]]


class FilterButton(QToolButton):
    """Shows `title` while nothing is chosen. `changed` fires after every change; `chosen` are keys."""

    changed = Signal()

    def __init__(
        self,
        title: str,
        choices: Choices,
        *,
        several: bool = True,
        usual: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`choices`: pairs of key and words. With `several` the menu stays open while boxes are ticked. `usual`: the
        key that is chosen when nothing else is; without one nothing may be, which means any.
        """
        super().__init__(parent)
        self._title, self._several, self._usual = title, several, usual
        self._said = ""
        self.setProperty("look", "filter")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        menu = QMenu(self)
        menu.installEventFilter(self)
        self._any = menu.addAction(text("names.filter_clear"))
        self._any.triggered.connect(self.clear)
        self._any.setVisible(not usual)
        menu.addSeparator().setVisible(not usual)
        self._group = None if several else QActionGroup(menu)
        self._actions: dict[str, QAction] = {}
        self.setMenu(menu)
        self.offer(choices)

    def offer(self, choices: Choices) -> None:
        """Offer these from now on; what is chosen stays chosen, also when it is no longer offered. What stands behind a
        tab of the words is in the menu only.
        """
        kept = {key: self._actions[key].text().replace("&&", "&") for key in self._ticked()}
        for action in self._actions.values():
            self.menu().removeAction(action)
            action.deleteLater()
        self._actions = {}
        for key, words in [*choices, *((key, kept[key]) for key in kept if key not in dict(choices))]:
            action = self.menu().addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            if self._group is not None:
                self._group.addAction(action)
            action.triggered.connect(self._tell)
            self._actions[key] = action
        self.choose(frozenset(kept))

    @property
    def chosen(self) -> frozenset[str]:
        """Keys of what is ticked; empty means any."""
        return frozenset(self._ticked())

    def _ticked(self) -> list[str]:
        return [key for key, action in self._actions.items() if action.isChecked()]

    def choose(self, keys: frozenset[str], said: str = "") -> None:
        """Tick exactly these, without a signal; `said` stands on the button in the stead of their words."""
        for key, action in self._actions.items():
            if self._group is not None:
                self._group.setExclusive(False)
            action.setChecked(key in (keys or {self._usual}))
            if self._group is not None:
                self._group.setExclusive(True)
        self._said = said
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
        self._said = ""
        self._label()
        self.changed.emit()

    def _label(self) -> None:
        ticked = self._ticked()
        if not ticked:
            words = text("names.filter_any", title=self._title)
        elif len(ticked) == 1:
            shown = self._said or self._actions[ticked[0]].text().partition("\t")[0]
            words = text("names.filter_one", title=self._title, choice=shown)
        else:
            words = text("names.filter_many", title=self._title, count=len(ticked))
        self._any.setEnabled(bool(ticked))
        self.setText(words)
        self.setAccessibleName(words.replace("&&", "&"))
        self.setProperty("on", bool(ticked) and ticked != [self._usual])
        self.style().unpolish(self)
        self.style().polish(self)
