"""The guides on the shelf: which one is in use, where each came from, and bringing another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.storage.guides import InstalledGuide
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, WIDE
from fieldguide.ui.kit.naming import when_words
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row


class VersionsDialog(QDialog):
    """Lists guides.

    Signals:
        brought: Path of a file or folder that somebody chose.
        choose_wanted: version to use from now on. remove_wanted: version to take off the shelf.
    """

    brought = Signal(Path)
    choose_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("guide.versions_title"))
        self.resize(620, 520)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("guide.versions_title"), "title"))
        column.addWidget(label(text("guide.versions_words"), "muted"))
        self._list = ScrollColumn(margin=0, spacing=CLOSE)
        column.addWidget(self._list, 1)
        bring = button(text("guide.import"), "primary", "plus")
        folder = button(text("guide.import_folder"), "plain", "folder")
        close = button(text("ui.close"))
        bring.clicked.connect(self._choose_file)
        folder.clicked.connect(self._choose_folder)
        close.clicked.connect(self.accept)
        column.addLayout(row(bring, folder, None, close))

    def show_guides(self, guides: Sequence[InstalledGuide], in_use: str) -> None:
        """List these; `in_use` is a version."""
        clear(self._list.column)
        for guide in guides:
            self._list.column.addWidget(self._card(guide, guide.version == in_use))
        self._list.column.addStretch(1)

    def _card(self, guide: InstalledGuide, in_use: bool) -> QWidget:
        card = Card(spacing=HAIR)
        when = when_words(guide.installed_at) if guide.installed_at else ""
        came = text("guide.versions_from", source=guide.source, when=when)
        head = row(spacing=CLOSE)
        head.addWidget(label(text("guide.versions_shipped") if guide.shipped else came, "heading"), 1)
        if in_use:
            head.addWidget(label(text("guide.versions_in_use"), "overline", wrap=False), 0, Qt.AlignmentFlag.AlignTop)
        card.column.addLayout(head)
        words = f"{text('guide.versions', version=guide.version)}  ·  {text('guide.versions_taxa', count=guide.taxa)}"
        card.column.addWidget(selectable(label(words, "muted")))
        line = row(spacing=CLOSE)
        if not in_use:
            use = button(text("guide.versions_use"), "plain")
            use.clicked.connect(lambda: self.choose_wanted.emit(guide.version))
            line.addWidget(use)
        if not guide.shipped:
            remove = button(text("guide.versions_remove"), "quiet", "trash")
            remove.clicked.connect(lambda: self.remove_wanted.emit(guide.version))
            line.addWidget(remove)
        line.addStretch(1)
        card.column.addLayout(line)
        return card

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, text("guide.import_title"), "", text("guide.import_kinds"))
        if chosen:
            self.brought.emit(Path(chosen))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, text("guide.import_title"))
        if chosen:
            self.brought.emit(Path(chosen))
