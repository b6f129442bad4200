"""The list of a batch that fills, with how far it is, how long it will take, and a way to stop."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QProgressBar, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.services.progress import Progress
from fieldguide.ui.identify.find_delegates import FindLine
from fieldguide.ui.identify.finds import FindModel
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT
from fieldguide.ui.kit.surfaces import clear, row
from fieldguide.ui.kit.wording import time_left

WIDTH = 236


class BatchPanel(QFrame):
    """Signals: `chosen` the row of a find; `cancelled` when somebody stops the work."""

    chosen = Signal(int)
    cancelled = Signal()

    def __init__(self, model: FindModel) -> None:
        super().__init__()
        self.setProperty("look", "panel")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(TIGHT, SPACE, TIGHT, TIGHT)
        column.setSpacing(TIGHT)
        self._progress = QWidget()
        inner = QVBoxLayout(self._progress)
        inner.setContentsMargins(TIGHT, 0, TIGHT, HAIR)
        inner.setSpacing(HAIR + 2)
        self._words, self._left = label("", "heading"), label("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(text("identify.progress"))
        cancel = button(text("identify.cancel"), "plain", "close")
        cancel.clicked.connect(self.cancelled)
        for piece in (self._words, self._bar):
            inner.addWidget(piece)
        line = row(spacing=CLOSE)
        line.addWidget(self._left, 1)
        line.addWidget(cancel)
        inner.addLayout(line)
        column.addWidget(self._progress)
        self._summary = QWidget()
        summary = QVBoxLayout(self._summary)
        summary.setContentsMargins(TIGHT, 0, TIGHT, HAIR)
        summary.setSpacing(HAIR + 2)
        self._head = label("", "heading")
        self._counts = QVBoxLayout()
        self._counts.setSpacing(HAIR)
        summary.addWidget(self._head)
        summary.addLayout(self._counts)
        summary.addWidget(label(text("identify.summary_order"), "small"))
        self._summary.hide()
        column.addWidget(self._summary)
        self.view = QListView()
        self.view.setModel(model)
        self.view.setItemDelegate(FindLine(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAccessibleName(text("identify.finds"))
        self.view.selectionModel().currentChanged.connect(self._tell)
        column.addWidget(self.view, 1)

    def begin(self, total: int) -> None:
        """The work on `total` photos begins."""
        self._bar.setRange(0, max(1, total))
        self.show_progress(Progress(0, total))
        self._progress.show()
        self._summary.hide()

    def show_progress(self, progress: Progress) -> None:
        """So many of so many photos are done."""
        self._bar.setValue(progress.done)
        facts = {"done": progress.done, "total": progress.total, "percent": progress.percent}
        self._words.setText(text("identify.progress_words", **facts))
        left = progress.seconds_left
        self._left.setText(time_left(left) if left is not None and progress.done < progress.total else "")

    def finish(self, levels: Mapping[Danger, int] | None = None) -> None:
        """The work is over: `levels` says how many finds of a batch have each danger. The first are in sight."""
        self._progress.hide()
        counts = levels or {}
        self._summary.setVisible(sum(counts.values()) > 1)
        clear(self._counts)
        for level in (each for each in Danger if counts.get(each)):
            line = row(DangerChip(level), None, label(str(counts[level]), "strong", wrap=False), spacing=CLOSE)
            self._counts.addLayout(line)
        deadly = counts.get(Danger.DEADLY, 0)
        key = "summary_none" if not deadly else "summary_one" if deadly == 1 else "summary_many"
        self._head.setText(text(f"identify.{key}", count=deadly, total=sum(counts.values())))
        self.view.scrollToTop()

    def choose(self, place: int) -> None:
        """Select a row."""
        index = self.view.model().index(place, 0)
        if index.isValid():
            self.view.setCurrentIndex(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is shown stays in the list's sight when a notice comes or goes."""
        super().resizeEvent(event)
        self.view.scrollTo(self.view.currentIndex())

    def _tell(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.row())
