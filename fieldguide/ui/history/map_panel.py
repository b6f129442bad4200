"""The map with what is done to it: closer, farther, all finds. Hands finds on by their place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.storage.places import Points
from fieldguide.ui.history.map_view import MapView
from fieldguide.ui.kit.buttons import icon_button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR
from fieldguide.ui.kit.surfaces import Card

_STEP = 1.6


class MapPanel(QWidget):
    """`map` fills it; the buttons lie over its upper right corner. `places_wanted`: the places of one's own."""

    places_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = MapView()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, CLOSE, CLOSE)
        column.addWidget(self.map)
        self._tools = Card(self, margin=HAIR, spacing=HAIR)
        for name, icon_name, key, act in (
            ("map_closer", "plus", "+", lambda: self.map.look(_STEP)),
            ("map_farther", "minus", "-", lambda: self.map.look(1 / _STEP)),
            ("map_all", "place", "0", self.map.show_all),
            ("own_places", "tag", "", self.places_wanted.emit),
        ):
            made = icon_button(text(f"history.{name}"), icon_name, key=key)
            made.clicked.connect(act)
            self._tools.column.addWidget(made)
        self._tools.adjustSize()
        self._absent = Card(self, margin=HAIR + HAIR, spacing=0)
        self._absent_words = label("", "muted", wrap=False)
        self._absent.column.addWidget(self._absent_words)
        self._absent.hide()

    def show_points(self, found: Points, count: int, *, keep: bool = False) -> None:
        """Show these, and say how many of `count` finds tell no place: the map is silent about them."""
        self.map.show_points(found, keep=keep)
        absent = max(0, count - len(found.ids))
        number = self.locale().toString(absent)
        self._absent_words.setText(text("history.map_absent", count=number, total=self.locale().toString(count)))
        self._absent.setVisible(absent > 0)
        self._arrange()

    def _arrange(self) -> None:
        self._absent.adjustSize()
        self._absent.move(CLOSE, CLOSE)
        self._absent.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons keep their corner."""
        super().resizeEvent(event)
        self._tools.adjustSize()
        self._tools.move(QPoint(self.width() - self._tools.width() - 2 * CLOSE, CLOSE))
        self._tools.raise_()
        self._arrange()
