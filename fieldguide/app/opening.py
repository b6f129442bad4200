"""From the first paint to the whole application: what takes time is imported and read off the GUI thread."""

from __future__ import annotations

import gc
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from fieldguide.app.front import Front
from fieldguide.core.text import read_sentences
from fieldguide.inference.child import Children
from fieldguide.services.lanes import Lane, Lanes
from fieldguide.services.notices import Notice
from fieldguide.storage.locations import Locations

if TYPE_CHECKING:
    from fieldguide.app.application import FieldGuide
    from fieldguide.app.parts import Files

# Every service and every page; then what the page Identify imports when it is asked for its other views.
_BEHIND = (
    "fieldguide.app.application",
    "fieldguide.ui.identify.work_view",
    "fieldguide.ui.identify.grouping",
    "fieldguide.ui.identify.hand_alone",
)
_SAID_OF_A_FIND = ("identify", "danger", "hands", "characters")
CLOSE_MS = 1500  # a closed window must not leave a process behind for longer than a blink


class Opening(QObject):
    """Opens the window, then builds the application behind it.

    Signals:
        opened: the application is there. refused: FieldGuideError, what the database or the guide says when it cannot
            be used; any other exception is a defect.
    """

    opened = Signal()
    refused = Signal(object)

    def __init__(
        self,
        qt: QApplication,
        locations: Locations,
        model: Path | None,
        children: Children,
        news: Notice | None = None,
    ) -> None:
        """`news`: what happened before the window, to be shown in it."""
        super().__init__()
        self._news = news
        self.application: FieldGuide | None = None
        self._locations, self._model, self._children = locations, model, children
        self._lanes = Lanes()
        self._closed = False
        self._before: FieldGuide | None = None
        self.front = Front(qt, locations)
        self.front.window.first_painted.connect(self._read)
        self.front.window.closing.connect(self._close)

    def go_on_from(self, before: FieldGuide) -> None:
        """Show the page that was in front in the window of before, and let what was at work there go on."""
        self.front.window.show_page(before.window.front)
        self._before = before

    def _read(self) -> None:
        locations = self._locations
        job = self._lanes.start(Lane.STORAGE, lambda _: _open_files(locations))
        job.done.connect(self._build)
        job.failed.connect(self.refused)

    def _build(self, files: Files) -> None:
        if self._closed:
            files.close()
            return
        from fieldguide.app.application import FieldGuide
        from fieldguide.app.parts import build_parts

        parts = build_parts(self.front.read, files, self._lanes, self._children, self._model)
        if self._news is not None:
            parts.notices.post(self._news)
        self.application = FieldGuide(self.front, parts)
        if self._before is not None:
            self.application.go_on_from(self._before)
        gc.freeze()  # what is here now stays as long as the window: no later look at it may hold the window up
        gc.enable()
        self.opened.emit()

    def _close(self) -> None:
        """The window was closed; before there was an application, nobody else lets go of what was begun."""
        self._closed = True
        if self.application is None:
            self._children.end_all()

    @property
    def rested(self) -> bool:
        """Whether everything came to rest, after the window was closed."""
        if self.application is not None:
            return self.application.rested
        return self._lanes.drain(CLOSE_MS)


def _open_files(locations: Locations) -> Files:
    """Everything that is slow to import, then everything that is slow to read."""
    for name in _BEHIND:
        importlib.import_module(name)
    read_sentences(*_SAID_OF_A_FIND)
    from fieldguide.app.parts import open_files

    return open_files(locations)
