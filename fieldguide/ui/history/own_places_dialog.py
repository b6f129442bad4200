"""The places with a name of one's own: to be named by hand, renamed or forgotten. Stores nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.storage.places import OwnPlace
from fieldguide.ui.history.place_field import PlaceField
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


class OwnPlacesDialog(QDialog):
    """A line is written over to rename the place.

    Signals:
        added: OwnPlace, named by hand. renamed: the name of before and the new one. forgotten: a name.
        near_wanted: latitude and longitude.
    """

    added = Signal(object)
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
            self._list(place)
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
        self.name, self.where = QLineEdit(), PlaceField(places)
        self.name.setPlaceholderText(text("history.place_new"))
        self.name.setAccessibleName(text("history.place_new"))
        self.add = button(text("history.place_add"), "plain", "plus")
        self.add.clicked.connect(self._add)
        self.where.returnPressed.connect(self._add)
        self.problem = label("", "strong")
        self.problem.hide()
        column.insertLayout(3, row(self.name, self.where, self.add, spacing=CLOSE))
        column.insertWidget(4, self.problem)
        self.add.setAutoDefault(False)
        self._enable()

    def _enable(self) -> None:
        for each in (self.rename, self.forget, self.near):
            each.setEnabled(self.list.count() > 0)
            each.setAutoDefault(False)

    def _list(self, place: OwnPlace) -> None:
        line = QListWidgetItem(place.name)
        line.setFlags(line.flags() | Qt.ItemFlag.ItemIsEditable)
        line.setData(Qt.ItemDataRole.UserRole, place)
        self.list.addItem(line)

    def _add(self) -> None:
        """A place by its name and where it is; one of the same name is replaced."""
        name = self.name.text().strip()
        try:
            where = self.where.position()
        except ValueError as wrong:
            self._complain(str(wrong))
            return
        if not name or where is None:
            self._complain("place_incomplete")
            return
        place = OwnPlace(name, *where)
        for same in self.list.findItems(place.name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive):
            self.list.takeItem(self.list.row(same))
        self._list(place)
        for field in (self.name, self.where):
            field.clear()
        self.problem.hide()
        self._enable()
        self.added.emit(place)

    def _complain(self, key: str) -> None:
        self.problem.setText(text(f"history.{key}"))
        self.problem.show()

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
