"""The page Models, the shelf of models, and the identifier that uses one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.services.engine import Model
from fieldguide.services.lanes import Job, Lane
from fieldguide.storage.models import InstalledModel, ModelShelf
from fieldguide.ui.shell.pages import Page
from fieldguide.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from fieldguide.ui.models.page import ModelsPage


class ModelsController(QObject):
    """Builds the page when it is first shown. A model that cannot be loaded leaves the one before in use.

    Signal `tried`: whether the file that `use_file` took is in use.
    """

    tried = Signal(bool)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts

    @cached_property
    def page(self) -> ModelsPage:
        """The page, connected."""
        from fieldguide.ui.models.page import ModelsPage

        page, parts = ModelsPage(self._parts.guide), self._parts
        page.models_wanted.connect(self._list)
        page.install_wanted.connect(self._install)
        page.use_wanted.connect(self._use)
        page.remove_wanted.connect(self._remove)
        page.card_wanted.connect(self._read_card)
        parts.identifier.model_ready.connect(self._show)
        parts.library.guide_used.connect(page.use_guide)
        if parts.identifier.model is not None:
            page.show_in_use(parts.model_path, parts.identifier.model.note or "")
        return page

    @property
    def furnishing(self) -> Page:
        """What the window has to know of the page."""
        return Page("models", lambda: self.page)

    def connect_to(self, window: MainWindow) -> None:
        """In which window the page is."""
        self._window = window
        window.page_shown.connect(lambda key: self._list() if key == "models" else None)

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Install the model files among what somebody dropped anywhere in the window."""
        for path in paths:
            if path.suffix.lower() == BUNDLE_SUFFIX:
                self._window.show_page("models")
                self._install(path)

    def use_file(self, path: Path) -> None:
        """Install a model and use it at once; `tried` tells how it went."""
        job = self._work(lambda shelf: shelf.install(path, self._parts.identifier.try_out))
        job.done.connect(self._use_tried)
        job.failed.connect(lambda _: self.tried.emit(False))

    def _use_tried(self, model: InstalledModel) -> None:
        job = self._use(model)
        job.done.connect(lambda _: self.tried.emit(True))
        job.failed.connect(lambda _: self.tried.emit(False))

    def _work(self, act: Callable[[ModelShelf], object]) -> Job:
        shelf = self._parts.models
        job = self._parts.lanes.start(Lane.READING, lambda _: act(shelf))
        job.failed.connect(self._parts.notices.report)
        return job

    def _list(self) -> None:
        self._work(lambda shelf: shelf.every()).done.connect(self.page.take_models)

    def _read_card(self, model: InstalledModel) -> None:
        job = self._work(lambda shelf: shelf.read_card(model))
        job.done.connect(lambda markdown: self.page.take_card(model, markdown))

    def _install(self, path: Path) -> None:
        self.page.show_trying(path.name)
        job = self._work(lambda shelf: shelf.install(path, self._parts.identifier.try_out))
        job.done.connect(self._take_installed)
        job.finished.connect(lambda: self.page.show_trying(""))

    def _take_installed(self, model: InstalledModel) -> None:
        if model.manifest is not None:
            self._parts.notices.tell("models.installed", name=model.manifest.name, version=model.manifest.version)
        self.page.take_installed(model)

    def _use(self, model: InstalledModel) -> Job:
        settings = self._parts.settings
        job = self._parts.identifier.load(model.path, settings.device, settings.threads)
        job.done.connect(lambda ready: self._keep(model, ready))
        return job

    def _keep(self, model: InstalledModel, ready: Model) -> None:
        """It loaded: it is the one of the settings from now on."""
        self._parts.model = None
        self._parts.change_settings(model_path=None if model.starter else model.path)
        self._show(ready)
        manifest = ready.manifest
        self._parts.notices.tell("models.switched", name=manifest.name, version=manifest.version)

    def _remove(self, model: InstalledModel) -> None:
        if self._parts.model_path == model.path:
            self._parts.model = None
            self._parts.change_settings(model_path=None)
            self._parts.load_model()
        job = self._work(lambda shelf: shelf.remove(model))
        job.done.connect(lambda _: self._tell_removed(model))

    def _tell_removed(self, model: InstalledModel) -> None:
        name = model.manifest.name if model.manifest else model.path.name
        self._parts.notices.tell("models.removed", name=name)
        self._list()

    def _show(self, ready: Model) -> None:
        self.page.show_in_use(self._parts.model_path, ready.note or "")
