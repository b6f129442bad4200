"""How exactly an export tells where finds were made: asked each time, blurred unless somebody says otherwise."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QRadioButton, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.storage.export.places import Places
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row

_ORDER = (Places.BLURRED, Places.NONE, Places.EXACT)


class PlacesDialog(QDialog):
    """Accepted, `places` is what was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("history.places_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("history.places_title"), "title"))
        column.addWidget(label(text("history.places_words"), "muted"))
        self.choices = {places: QRadioButton(text(f"history.places_{places.value}")) for places in _ORDER}
        for choice in self.choices.values():
            column.addWidget(choice)
        self.choices[Places.BLURRED].setChecked(True)
        leave, go_on = button(text("ui.close")), button(text("history.places_go_on"), "primary")
        go_on.setDefault(True)
        leave.clicked.connect(self.reject)
        go_on.clicked.connect(self.accept)
        column.addLayout(row(None, leave, go_on))

    @property
    def places(self) -> Places:
        """What is chosen."""
        return next(places for places, choice in self.choices.items() if choice.isChecked())
