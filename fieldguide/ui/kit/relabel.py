"""Giving a find another name: any taxon of the guide, found by any of its names in any language."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.naming import name_of
from fieldguide.ui.kit.surfaces import row

TaxonRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class NameModel(QAbstractListModel):
    """The taxa of the guide whose names hold every word that was typed."""

    def __init__(self, guide: Guide, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: list[tuple[str, str, Taxon]] = []
        for record in guide.records.values():
            name = name_of(record.taxon, guide)
            parts = (name.common, name.scientific, danger_word(guide.danger(record.taxon)))
            shown = "  ·  ".join(part for part in parts if part)
            every = " ".join((record.taxon.name, *record.synonyms, *record.common_names.values()))
            self._known.append((every.casefold(), shown, record.taxon))
        self._known.sort(key=lambda each: each[1].casefold())
        self._shown = self._known

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One per taxon that fits."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Its names, or the taxon itself."""
        if not index.isValid():
            return None
        _, shown, taxon = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown
        return taxon if role == TaxonRole else None

    def search(self, typed: str) -> None:
        """Show only what fits; names that begin with it come first."""
        words = typed.casefold().split()
        self.beginResetModel()
        found = [each for each in self._known if all(word in each[0] for word in words)]
        start = typed.strip().casefold()
        self._shown = sorted(found, key=lambda each: not each[1].casefold().startswith(start))
        self.endResetModel()


class RelabelDialog(QDialog):
    """Asks for a taxon; `taxon` is the answer after it was accepted.

    With `free`, a sentence on what is named, any other name will do too: `name` is the answer, and `taxon` None where
    the guide does not know it.
    """

    def __init__(self, guide: Guide, parent: QWidget | None = None, *, free: str = "") -> None:
        super().__init__(parent)
        self._guide, self._free = guide, bool(free)
        self.taxon: Taxon | None = None
        self.name = ""
        self.setWindowTitle(text("identify.relabel_title"))
        self.resize(480, 520)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("identify.relabel_title") if not free else text("training.rename"), "title"))
        column.addWidget(label(free or text("identify.relabel_words"), "muted"))
        self.field = QLineEdit()
        self.field.setPlaceholderText(text("identify.relabel_field"))
        self.field.setAccessibleName(text("identify.relabel_field"))
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        column.addWidget(self.field)
        self._names = NameModel(guide, self)
        self._list = QListView()
        self._list.setModel(self._names)
        self._list.setUniformItemSizes(True)
        self._list.setProperty("look", "names")
        self._list.setIconSize(QSize(0, 0))
        self._list.setAccessibleName(text("identify.relabel_title"))
        self._list.activated.connect(self._accept)
        column.addWidget(self._list, 1)
        self.as_typed, self._meant = button("", "link"), label("", "small")
        self.as_typed.clicked.connect(self._accept_typed)
        for widget in (self.as_typed, self._meant):
            column.addWidget(widget)
        keep, cancel = button(text("identify.relabel_keep"), "primary"), button(text("identify.cancel"))
        keep.clicked.connect(self._accept)
        cancel.clicked.connect(self.reject)
        column.addLayout(row(None, cancel, keep))
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._accept)
        self._search("")

    def _search(self, typed: str) -> None:
        self._names.search(typed)
        # nothing is chosen before a letter is typed: Enter alone names nothing
        self._list.setCurrentIndex(self._names.index(0, 0) if typed.strip() else QModelIndex())
        for widget in (self.as_typed, self._meant):
            widget.setVisible(self._free and bool(typed.strip()))
        if self._free:
            known = self._guide.resolve(typed)
            self.as_typed.setText(text("training.as_typed", name=typed.strip()))
            key = "training.typed_known" if known else "training.typed_unknown"
            self._meant.setText(text(key, name=known.taxon.name if known else ""))

    def _accept(self) -> None:
        taxon = self._list.currentIndex().data(TaxonRole)
        if taxon is not None:
            self.taxon, self.name = taxon, taxon.name
            self.accept()
        elif self._free:
            self._accept_typed()

    def _accept_typed(self) -> None:
        typed = self.field.text().strip()
        known = self._guide.resolve(typed)
        self.taxon, self.name = (known.taxon, known.taxon.name) if known else (None, typed)
        if typed:
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk the list while the field keeps the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                index = self._names.index(self._list.currentIndex().row() + step, 0)
                if index.isValid():
                    self._list.setCurrentIndex(index)
                return True
        return super().eventFilter(watched, event)
