"""Filters that are kept by name: a menu to search by one of them again, to keep what is chosen now, to forget one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from fieldguide.core.text import text
from fieldguide.storage.saved_filters import FilterState

_NATIVE = QKeySequence.SequenceFormat.NativeText


class SavedMenu(QToolButton):
    """Signals: `chosen` a FilterState to search by; `keep_wanted` a name and a FilterState; `forget_wanted` a name."""

    chosen = Signal(object)
    keep_wanted = Signal(str, object)
    forget_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text("history.saved"))
        self.setProperty("look", "filter")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMenu(QMenu(self))
        self._saved: Mapping[str, FilterState] = {}
        self._state: FilterState = {}
        self._fill()

    def know(self, saved: Mapping[str, FilterState]) -> None:
        """Offer these."""
        self._saved = saved
        self._fill()

    def know_state(self, state: FilterState) -> None:
        """What is chosen now; nothing of it: there is nothing to keep."""
        self._state = state
        self._fill()

    def choose(self, number: int) -> None:
        """Search by one of the menu, counted from 1; nothing where there are fewer."""
        for state in list(self._saved.values())[number - 1 : number]:
            self.chosen.emit(state)

    def ask_name(self) -> None:
        """Keep what is chosen now, under a name; nothing is chosen: there is nothing to keep."""
        if not self._state:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(text("history.saved_keep"))
        dialog.setLabelText(text("history.saved_name"))
        dialog.setOkButtonText(text("history.facts_keep"))
        dialog.setCancelButtonText(text("ui.close"))
        state = self._state
        dialog.textValueSelected.connect(lambda name: self.keep_wanted.emit(name, state) if name.strip() else None)
        dialog.open()

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for number, (name, state) in enumerate(self._saved.items(), start=1):
            key = "\t" + QKeySequence(f"Ctrl+{number}").toString(_NATIVE) if number < 10 else ""
            menu.addAction(name.replace("&", "&&") + key).triggered.connect(
                lambda _=False, state=state: self.chosen.emit(state)
            )
        if self._saved:
            menu.addSeparator()
        keep = menu.addAction(text("history.saved_keep") + "\t" + QKeySequence("Ctrl+S").toString(_NATIVE))
        keep.setEnabled(bool(self._state))
        keep.triggered.connect(self.ask_name)
        if self._saved:
            forget = menu.addMenu(text("history.saved_forget"))
            for name in self._saved:
                action = forget.addAction(name.replace("&", "&&"))
                action.triggered.connect(lambda _=False, name=name: self.forget_wanted.emit(name))
        self.setEnabled(bool(self._saved or self._state))
