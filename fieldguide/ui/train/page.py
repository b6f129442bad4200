"""The page Train: folders are dropped, looked over, trained on. Who runs the trainer is not its business."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.services.dropped import dropped_paths
from fieldguide.storage.trainer_home import Takes
from fieldguide.ui.kit.empty import EmptyState
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.train.doubts_view import DoubtsView
from fieldguide.ui.train.look_view import LookView
from fieldguide.ui.train.report_view import ReportView
from fieldguide.ui.train.run_view import RunView
from fieldguide.ui.train.setup_view import SetupView


class TrainPage(QStackedWidget):
    """Signal `folders_offered`: list[Path], each a folder of folders of photos."""

    folders_offered = Signal(list)

    def __init__(self, guide: Guide, thumbnails: Thumbnails) -> None:
        super().__init__()
        words = ("start_title", "start_words", "choose")
        self.setup, self.start = SetupView(), EmptyState("folder", *(text(f"training.{word}") for word in words))
        self.look, self.doubts, self.run = LookView(guide), DoubtsView(guide, thumbnails), RunView(guide)
        self.report = ReportView()
        for view in (self.setup, self.start, self.look, self.doubts, self.run, self.report):
            self.addWidget(view)
        self.start.acted.connect(self._choose)
        self.look.back_wanted.connect(lambda: self.setCurrentWidget(self.start))
        self.report.back_wanted.connect(lambda: self.setCurrentWidget(self.run))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.currentChanged.connect(lambda _: self.setFocus())  # else it jumps from a button that goes to the sidebar
        self.setAcceptDrops(True)

    def show_trainer(self, *, here: bool, takes: Takes | None) -> None:
        """Whether the trainer is here, or else what setting it up takes; None where it cannot be."""
        self.setup.offer(takes)
        self.setCurrentWidget(self.start if here else self.setup)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, text("training.choose"))
        if chosen:
            self.folders_offered.emit([Path(chosen)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome folders while nothing is at work, and beside a model that is made photos to ask about."""
        event.setAccepted(bool(self._welcome(event)))

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them."""
        event.acceptProposedAction()
        paths = self._welcome(event)
        if self.currentWidget() is self.run:
            self.run.trace_wanted.emit(paths)
        elif self.currentWidget() is self.look:
            theirs = self.look.takes_elsewhere(self.look.mapFrom(self, event.position().toPoint()))
            (self.look.elsewhere_wanted if theirs else self.look.folders_wanted).emit(paths)
        else:
            self.folders_offered.emit(paths)

    def _welcome(self, event: QDragEnterEvent | QDropEvent) -> list[Path]:
        paths = dropped_paths(event.mimeData())
        if self.currentWidget() is self.run:
            return [path for path in paths if path.is_file()] if self.run.asks_photos else []
        return [path for path in paths if path.is_dir()] if self.currentWidget() in (self.start, self.look) else []
