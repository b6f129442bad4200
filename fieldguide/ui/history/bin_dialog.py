"""The bin: what was deleted and is still kept, to be taken back or removed for good. Stores nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.ui.history.wording import spoken_find
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


class BinDialog(QDialog):
    """`restore_wanted` and `empty_wanted` carry ids: of the chosen lines, or of all when none is chosen."""

    restore_wanted = Signal(list)
    empty_wanted = Signal(list)

    def __init__(self, finds: Sequence[Observation], guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("history.bin"))
        self.resize(560, 420)
        self.list = QListWidget()
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.list.setAccessibleName(text("history.bin"))
        for find in finds:
            line = QListWidgetItem(spoken_find(find, guide))
            line.setData(Qt.ItemDataRole.UserRole, find.id)
            self.list.addItem(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("history.bin"), "title"))
        column.addWidget(label(text("history.bin_words") if finds else text("history.bin_empty"), "muted"))
        column.addWidget(self.list, 1)
        leave = button(text("ui.close"))
        restore, empty = button(text("history.bin_restore"), "primary"), button(text("history.bin_remove"))
        for each in (restore, empty):
            each.setEnabled(bool(finds))
        leave.clicked.connect(self.reject)
        restore.clicked.connect(self.restore)
        empty.clicked.connect(self.remove)
        column.addLayout(row(empty, None, leave, restore))

    def restore(self) -> None:
        """Take back what is chosen."""
        self.restore_wanted.emit(self._chosen())
        self.accept()

    def remove(self) -> None:
        """Remove for good what is chosen."""
        self.empty_wanted.emit(self._chosen())
        self.accept()

    def _chosen(self) -> list[int]:
        lines = self.list.selectedItems() or [self.list.item(place) for place in range(self.list.count())]
        return [int(line.data(Qt.ItemDataRole.UserRole)) for line in lines]
