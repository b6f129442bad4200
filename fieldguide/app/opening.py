"""From the first paint to the whole application: what takes time is imported and read off the GUI thread."""

from __future__ import annotations

import gc
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from fieldguide.app.front import Front
from fieldguide.core.text import read_sentences
from fieldguide.inference.child import Children
from fieldguide.services.lanes import Handle, Lane, Lanes
from fieldguide.services.notices import Notice
from fieldguide.storage.locations import Locations

if TYPE_CHECKING:
    from fieldguide.app.application import FieldGuide
    from fieldguide.app.parts import Files
    from fieldguide.services.engine import Engine

# Every service and controller; then what the page Identify imports when it is asked for its other views.
_BEHIND = (
    "fieldguide.app.application",
    "fieldguide.ui.identify.work_view",
    "fieldguide.ui.identify.grouping",
    "fieldguide.ui.identify.hand_alone",
)
# What can wait until the first photo is identified, unless somebody opens a page before.
_PAGES = (
    "fieldguide.ui.history.page",
    "fieldguide.ui.guide.page",
    "fieldguide.ui.models.page",
    "fieldguide.ui.train.page",
    "fieldguide.ui.settings.page",
    "fieldguide.ui.poison.sheet",
    "fieldguide.storage.export.write",
)
_PAGES_MS = 4000
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
        self._engine: Engine | None = None
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
        """The model first: it takes longest, in a process of its own, and nothing here has to wait for it."""
        locations, children = self._locations, self._children
        job = self._lanes.start(Lane.STORAGE, lambda _: _make_engine(locations, children))
        job.done.connect(self._read_on)
        job.failed.connect(self.refused)

    def _read_on(self, engine: Engine) -> None:
        if self._closed:
            return
        from fieldguide.storage.models import ModelShelf

        locations, settings = self._locations, self.front.read.settings
        path = ModelShelf(locations.models).first_of(self._model, settings.model_path)
        self._engine = engine
        self._lanes.start(Lane.INFERENCE, lambda _: engine.load_ahead(path, settings.device, settings.threads))
        job = self._lanes.start(Lane.STORAGE, lambda _: _open_files(locations))
        job.done.connect(self._build)
        job.failed.connect(self.refused)

    def _build(self, files: Files) -> None:
        if self._closed:
            files.close()
            return
        from fieldguide.app.application import FieldGuide
        from fieldguide.app.parts import build_parts

        parts = build_parts(self.front.read, files, self._lanes, self._engine, self._model)
        if self._news is not None:
            parts.notices.post(self._news)
        self.application = FieldGuide(self.front, parts)
        if self._before is not None:
            self.application.go_on_from(self._before)
        gc.freeze()  # what is here now stays as long as the window: no later look at it may hold the window up
        gc.enable()
        QTimer.singleShot(_PAGES_MS, self, lambda: self._lanes.start(Lane.READING, _import_pages))
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


def _make_engine(locations: Locations, children: Children) -> Engine:
    """With everything imported that loading a model takes: two threads that import the same wait for each other."""
    importlib.import_module("fieldguide.storage.models")
    from fieldguide.inference.frozen import FrozenModels
    from fieldguide.services.engine import Engine

    return Engine(FrozenModels(locations.frozen), children)


def _import_pages(handle: Handle) -> None:
    for name in _PAGES:
        handle.check()
        importlib.import_module(name)


def _open_files(locations: Locations) -> Files:
    """Everything that is slow to import, then everything that is slow to read."""
    for name in _BEHIND:
        importlib.import_module(name)
    read_sentences(*_SAID_OF_A_FIND)
    from fieldguide.app.parts import open_files

    return open_files(locations)
