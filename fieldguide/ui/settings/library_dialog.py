"""A folder for the library that holds none yet: are the finds taken along, or does an empty book begin there?"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


class LibraryDialog(QDialog):
    """`take_wanted`: the finds come along. `anew_wanted`: they stay, and an empty book begins."""

    take_wanted = Signal()
    anew_wanted = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("settings.library_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("settings.library_title"), "title"))
        column.addWidget(label(text("settings.library_words", path=str(folder)), "muted"))
        self.take = button(text("settings.library_take"), "primary")
        self.anew = button(text("settings.library_anew"))
        leave = button(text("ui.close"))
        for each, wanted in ((self.take, self.take_wanted), (self.anew, self.anew_wanted)):
            each.clicked.connect(self.accept)
            each.clicked.connect(wanted)
        leave.clicked.connect(self.reject)
        column.addLayout(row(self.anew, None, leave, self.take))
        self.take.setDefault(True)
        self.take.setFocus()  # not on what leaves the finds behind
