"""The places with a name of one's own: to be renamed or forgotten. Stores nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.storage.places import OwnPlace
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


class OwnPlacesDialog(QDialog):
    """A line is written over to rename the place.

    Signals:
        renamed: the name of before and the new one. forgotten: a name. near_wanted: latitude and longitude.
    """

    renamed = Signal(str, str)
    forgotten = Signal(str)
    near_wanted = Signal(float, float)

    def __init__(self, places: Sequence[OwnPlace], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("history.own_places"))
        self.resize(480, 380)
        self.list = QListWidget()
        self.list.setAccessibleName(text("history.own_places"))
        for place in places:
            line = QListWidgetItem(place.name)
            line.setFlags(line.flags() | Qt.ItemFlag.ItemIsEditable)
            line.setData(Qt.ItemDataRole.UserRole, place)
            self.list.addItem(line)
        self.list.itemChanged.connect(self._rename)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("history.own_places"), "title"))
        column.addWidget(label(text("history.own_places_words" if places else "history.own_places_none"), "muted"))
        column.addWidget(self.list, 1)
        self.rename = button(text("history.place_rename"), "plain", "pencil", hint="F2")
        self.forget = button(text("history.place_forget"), "plain", "trash")
        self.near = button(text("history.near_here"), "plain", "place")
        leave = button(text("ui.close"))
        self.rename.clicked.connect(lambda: self.list.editItem(self.list.currentItem()))
        self.forget.clicked.connect(self._forget)
        self.near.clicked.connect(self._show_near)
        leave.clicked.connect(self.reject)
        leave.setAutoDefault(False)
        column.addLayout(row(self.rename, self.forget, self.near, None, leave))
        self.list.setCurrentRow(0)
        self._enable()

    def _enable(self) -> None:
        for each in (self.rename, self.forget, self.near):
            each.setEnabled(self.list.count() > 0)
            each.setAutoDefault(False)

    def _rename(self, line: QListWidgetItem) -> None:
        place: OwnPlace = line.data(Qt.ItemDataRole.UserRole)
        name = line.text().strip()
        others = [self.list.item(number) for number in range(self.list.count())]
        taken = any(other is not line and other.text() == name for other in others)
        renamed = replace(place, name=name) if name and not taken else place
        with QSignalBlocker(self.list):
            line.setData(Qt.ItemDataRole.UserRole, renamed)
            line.setText(renamed.name)
        if renamed != place:
            self.renamed.emit(place.name, renamed.name)

    def _forget(self) -> None:
        line = self.list.takeItem(self.list.currentRow())
        self.forgotten.emit(line.data(Qt.ItemDataRole.UserRole).name)
        self._enable()

    def _show_near(self) -> None:
        place: OwnPlace = self.list.currentItem().data(Qt.ItemDataRole.UserRole)
        self.accept()
        self.near_wanted.emit(place.latitude, place.longitude)
