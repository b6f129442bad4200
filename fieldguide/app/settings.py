"""The page Settings, and what follows from each choice."""

from __future__ import annotations

import platform
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QObject, Qt, Signal

from fieldguide.app.care import CareController
from fieldguide.app.parts import Parts
from fieldguide.core.text import text
from fieldguide.services.engine import Model
from fieldguide.services.lanes import Lane
from fieldguide.storage.backup import back_up, back_up_on_schedule
from fieldguide.storage.locations import sweep
from fieldguide.storage.moving import copy_files, is_library
from fieldguide.ui.kit.theme import Theme, ThemeChoice
from fieldguide.ui.shell.pages import Page

if TYPE_CHECKING:
    from fieldguide.ui.settings.page import SettingsPage


class SettingsController(QObject):
    """Builds the page when it is first shown.

    Signals:
        help_wanted: somebody asks for the poison sheet. moved_wanted: photos that were moved shall be found.
        language_changed: another language was chosen.
        remove_trainer_wanted: what was set up to train with shall go.
        library_chosen: folder of the library from now on, and whether the finds are to be taken along.
        restored: a backup took the place of the finds.
        place_changed: another region, or place and season shall take part or not.
    """

    help_wanted = Signal()
    moved_wanted = Signal()
    language_changed = Signal()
    place_changed = Signal()
    restored = Signal()
    remove_trainer_wanted = Signal()
    library_chosen = Signal(Path, bool)

    def __init__(self, parts: Parts, theme: Theme, care: CareController) -> None:
        super().__init__()
        self._parts, self._theme, self._care = parts, theme, care
        self._trainer = 0

    @cached_property
    def page(self) -> SettingsPage:
        """The page, connected, with the choices as they are now."""
        from fieldguide.ui.poison.case import countries
        from fieldguide.ui.settings.page import SettingsPage

        parts = self._parts
        page = SettingsPage(parts.settings, parts.locations, countries(parts.guide), _versions(parts), self._care)
        page.changed.connect(self._change)
        page.export_wanted.connect(parts.library.export)
        page.backup_wanted.connect(self._back_up)
        page.restore_wanted.connect(self._restore)
        page.moved_wanted.connect(self.moved_wanted)
        page.library_wanted.connect(self._ask_library)
        page.help_wanted.connect(self.help_wanted)
        parts.identifier.model_ready.connect(lambda model: page.show_device(_device_words(model)))
        page.remove_trainer_wanted.connect(self.remove_trainer_wanted)
        page.show_trainer(self._trainer)
        if parts.identifier.model is not None:
            page.show_device(_device_words(parts.identifier.model))
        return page

    @property
    def furnishing(self) -> Page:
        """What the window has to know of the page."""
        return Page("settings", lambda: self.page)

    def show_trainer(self, size: int) -> None:
        """How many bytes the trainer's environment takes; 0: there is none."""
        self._trainer = size
        if "page" in vars(self):
            self.page.show_trainer(size)

    def take_country(self, code: str) -> None:
        """A country was picked elsewhere."""
        self._parts.change_settings(country=code)
        self.show_settings()

    def show_settings(self) -> None:
        """Show choices that were made elsewhere; a page that is not built yet will begin with them."""
        if "page" in vars(self):
            self.page.show_settings(self._parts.settings)

    def _change(self, name: str, value: object) -> None:
        parts = self._parts
        parts.change_settings(**{name: value})
        if name == "theme":
            self._theme.apply(ThemeChoice(str(value)), self._theme.text_scale)
        elif name == "language":
            self.language_changed.emit()
        elif name in ("device", "threads"):
            parts.load_model()
        elif name == "recorded_by":
            parts.library.recorded_by = str(value)
        elif name == "copy_photos":
            parts.library.copy_photos(bool(value))
        elif name in ("backup_days", "backups_kept"):
            self.back_up_by_schedule()
        elif name in ("region", "use_place_and_season"):
            self.place_changed.emit()

    def back_up_by_schedule(self) -> None:
        """A copy every few days; the latest are kept. What was left half written is swept."""
        places, chosen = self._parts.locations, self._parts.settings
        days, kept = chosen.backup_days, chosen.backups_kept
        job = self._parts.lanes.start(
            Lane.EXPORT, lambda _: back_up_on_schedule(places.database, places.backups, days=days, kept=kept)
        )
        job.failed.connect(self._parts.notices.report)
        left_over = (places.library, places.data / "guides")
        swept = self._parts.lanes.start(Lane.EXPORT, lambda _: [sweep(folder) for folder in left_over])
        swept.failed.connect(self._parts.notices.report)

    def _ask_library(self, folder: Path) -> None:
        """A folder with a library is opened; for an empty one somebody says what it is for."""
        if folder == self._parts.locations.library:
            return
        if is_library(folder):
            self.library_chosen.emit(folder, False)
            return
        from fieldguide.ui.settings.library_dialog import LibraryDialog

        dialog = LibraryDialog(folder, self.page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.take_wanted.connect(lambda: self._copy_library(folder))
        dialog.anew_wanted.connect(lambda: self.library_chosen.emit(folder, False))
        dialog.open()

    def _copy_library(self, folder: Path) -> None:
        """The files first, while the window goes on; what comes meanwhile follows with the finds."""
        parts = self._parts
        library = parts.locations.library
        parts.notices.tell("settings.library_copying", path=str(folder))
        job = parts.lanes.start(Lane.EXPORT, lambda handle: copy_files(library, folder, handle.stopped))
        job.done.connect(lambda _: self.library_chosen.emit(folder, True))
        job.failed.connect(parts.notices.report)

    def _restore(self, path: Path) -> None:
        job = self._parts.library.bring_back(path)
        job.done.connect(lambda kept: self._parts.notices.tell("settings.restored", file=path.name, kept=str(kept)))
        job.done.connect(lambda _: self.restored.emit())

    def _back_up(self, path: Path) -> None:
        database = self._parts.locations.database
        job = self._parts.lanes.start(Lane.EXPORT, lambda _: back_up(database, path))
        job.done.connect(lambda _: self._parts.notices.tell("settings.backed_up", path=str(path)))
        job.failed.connect(self._parts.notices.report)


def _device_words(model: Model) -> str:
    kind = "cpu" if model.device == "cpu" else "cuda"
    words = text(f"settings.runs_on_{kind}", name=model.manifest.name)
    return " ".join(part for part in (words, model.note) if part)


def _versions(parts: Parts) -> list[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version  # reads mail headers: 10 ms

    try:
        own = version("fieldguide")
    except PackageNotFoundError:
        own = "-"
    return [
        (text("settings.about_version"), own),
        (text("settings.about_guide"), parts.guide.version),
        (text("settings.about_python"), f"{platform.python_version()}, {PySide6.__version__}"),
    ]
