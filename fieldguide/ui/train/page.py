"""The page Train: folders are dropped, looked over, trained on. Who runs the trainer is not its business."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.services.dropped import dropped_paths
from fieldguide.ui.kit.empty import EmptyState
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.train.doubts_view import DoubtsView
from fieldguide.ui.train.look_view import LookView
from fieldguide.ui.train.run_view import RunView


class TrainPage(QStackedWidget):
    """Signal `folders_offered`: list[Path], each a folder of folders of photos. `can`: the trainer is installed."""

    folders_offered = Signal(list)

    def __init__(self, guide: Guide, thumbnails: Thumbnails, *, can: bool) -> None:
        super().__init__()
        self._can = can
        words = ("start_title", "start_words", "choose") if can else ("missing_title", "missing_words")
        self.start = EmptyState("folder", *(text(f"training.{word}") for word in words))
        self.look, self.doubts, self.run = LookView(guide), DoubtsView(guide, thumbnails), RunView(guide)
        for view in (self.start, self.look, self.doubts, self.run):
            self.addWidget(view)
        self.start.acted.connect(self._choose)
        self.look.back_wanted.connect(lambda: self.setCurrentWidget(self.start))
        self.setAcceptDrops(can)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, text("training.choose"))
        if chosen:
            self.folders_offered.emit([Path(chosen)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome folders, while nothing is at work."""
        event.setAccepted(self.currentWidget() in (self.start, self.look) and bool(_folders(event)))

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them."""
        event.acceptProposedAction()
        self.folders_offered.emit(_folders(event))


def _folders(event: QDragEnterEvent | QDropEvent) -> list[Path]:
    return [path for path in dropped_paths(event.mimeData()) if path.is_dir()]
