"""The window application: builds every object once and connects them. The only place that does; nothing here is clever.

    settings, guide, database -> services -> pages -> window -> first paint -> the model, asked for in its lane

torch is never imported here: the model has a process of its own, which starts before the pages are built.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QObject
from PySide6.QtWidgets import QApplication

from fieldguide.app.care import CareController
from fieldguide.app.compare import CompareController
from fieldguide.app.guide import GuideController
from fieldguide.app.heat import HeatController
from fieldguide.app.history import HistoryController
from fieldguide.app.identify import IdentifyController
from fieldguide.app.models import ModelsController
from fieldguide.app.parts import Parts, build_parts
from fieldguide.app.poison import PoisonController
from fieldguide.app.remedies import remedy_for
from fieldguide.app.settings import SettingsController
from fieldguide.app.train import TrainController
from fieldguide.app.undo import UndoController
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import choose_language, explain, language
from fieldguide.services.notices import Severity
from fieldguide.services.one_window import OneWindow
from fieldguide.storage.locations import Locations, create_locations
from fieldguide.storage.log import log_to, tell_death
from fieldguide.ui.kit.notices import NoticeKind
from fieldguide.ui.kit.pictures import image_of
from fieldguide.ui.kit.theme import Theme, ThemeChoice
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.crash import ProblemDialog, catch_everything
from fieldguide.ui.shell.pages import Page
from fieldguide.ui.shell.window import MainWindow

log = logging.getLogger("fieldguide")


class FieldGuide(QObject):
    """All objects of one running application. Build it on the GUI thread; closing its window ends it.

    Raises:
        FieldGuideError: what the database or the guide says when it cannot be used.
    """

    def __init__(self, qt: QApplication, locations: Locations, model: Path | None = None) -> None:
        super().__init__()
        self.rested, self.reopens = True, False
        self.working: tuple[int, ...] = ()  # numbers of the jobs that ran when the window was closed to be reopened
        self.parts: Parts = build_parts(locations, model)
        choose_language(self.parts.settings.language or _system_language())
        QLocale.setDefault(_locale())  # dates and numbers in the language of the sentences
        self.theme = Theme(qt)
        self.theme.apply(ThemeChoice(self.parts.settings.theme))
        self.thumbnails = Thumbnails()
        self.undo = UndoController(self.parts)
        self.identify = IdentifyController(self.parts, self.thumbnails, self.undo)
        self.heat = HeatController(self.parts, self.identify.page)
        self.history = HistoryController(self.parts, self.thumbnails)
        self.guide = GuideController(self.parts, self.thumbnails)
        self.models = ModelsController(self.parts)
        self.care = CareController(self.parts)
        self.train = TrainController(self.parts, self.thumbnails)
        self.settings = SettingsController(self.parts, self.theme, self.care)
        self.poison = PoisonController(self.parts)
        self.places = self._places()
        self.window = MainWindow(self.places)
        self._put_back = catch_everything(self.window.report_problem, self.window, locations.log, self.care)
        self.compare = CompareController(self.parts, self.window)
        self._connect()
        self.identify.connect_to(self.window)
        self._connect_pages()

    def _places(self) -> list[Page]:
        """The places of the sidebar, in their order."""
        return [
            controller.place
            for controller in (self.identify, self.history, self.guide, self.models, self.train, self.settings)
        ]

    def _connect(self) -> None:
        window, parts = self.window, self.parts
        window.paths_offered.connect(self.identify.take_paths)
        window.paths_offered.connect(self.models.take_paths)
        self.undo.connect_to(window)
        self.undo.find_wanted.connect(self._show_touched)
        window.first_painted.connect(parts.load_model)
        window.first_painted.connect(lambda: parts.library.use_guide(parts.guide))
        window.first_painted.connect(lambda: parts.jobs.load())
        window.first_painted.connect(self.settings.back_up_by_schedule)
        window.first_painted.connect(parts.library.watch)
        window.first_painted.connect(self.train.trainer.tell_size)
        window.waiting = lambda: sum(status.waiting for status in parts.jobs.running)
        parts.jobs.changed.connect(window.jobs.show_jobs)
        window.jobs.show_wanted.connect(self.identify.show_job)
        window.jobs.pause_wanted.connect(lambda number: parts.jobs.pause(number))
        window.jobs.go_on_wanted.connect(lambda number: parts.jobs.go_on(number))
        window.jobs.cancel_wanted.connect(lambda number: parts.jobs.cancel(number))
        window.closing.connect(self.close)
        self.thumbnails.wanted.connect(parts.pictures.want_thumbnail)
        parts.pictures.thumbnail.connect(lambda source, jpeg: self.thumbnails.take(source, image_of(jpeg)))
        parts.pictures.defect.connect(_raise_defect)
        parts.notices.posted.connect(self._tell)
        parts.notices.defect.connect(_raise_defect)

    def _connect_pages(self) -> None:
        """What leads from one page to another."""
        for controller in (self.history, self.guide, self.models, self.train, self.poison):
            controller.connect_to(self.window)
        self.settings.connect_to()
        self.train.trainer.sized.connect(self.settings.page.show_trainer)
        self.settings.page.remove_trainer_wanted.connect(self.train.remove_trainer)
        self.train.model_made.connect(lambda file: self.models.take_paths([file]))
        self.identify.page.help_wanted.connect(self.poison.open_find)
        self.identify.page.guide_wanted.connect(self.guide.open_taxon)
        self.identify.page.place_wanted.connect(lambda *_: self.settings.show_settings())
        self.identify.page.kind_wanted.connect(self.compare.compare_kind)
        self.history.page.kind_wanted.connect(self.compare.compare_kind)
        self.history.page.compare_wanted.connect(self.compare.compare_two)
        self.history.page.gallery.tile_width_changed.connect(lambda width: self.parts.change_settings(tile_width=width))
        self.history.page.gallery.use_tile_width(self.parts.settings.tile_width)
        self.history.help_wanted.connect(self.poison.open_find)
        self.history.guide_wanted.connect(self.guide.open_taxon)
        self.history.closer_wanted.connect(self._look_closely)
        self.history.look_wanted.connect(self._look_closely)
        self.guide.help_wanted.connect(self.poison.open_taxon)
        self.guide.find_wanted.connect(self._show_find)
        self.guide.guide_chosen.connect(self._use_guide)
        self.settings.language_changed.connect(self._reopen)
        self.settings.place_changed.connect(self.identify.take_place)
        self.settings.help_wanted.connect(self.poison.open_empty)
        self.poison.country_chosen.connect(self.settings.take_country)

    def _show_touched(self, find: Observation) -> None:
        """What undo or redo touched is seen: where it is shown already, else in the history."""
        shown = self.identify.page.observation
        if self.window.front == "identify" and shown is not None and shown.id == find.id:
            return
        self._show_find(find.id)

    def _show_find(self, number: int) -> None:
        self.window.show_page("history")
        self.history.show_find(number)

    def _look_closely(self, find: Observation, how: str = "") -> None:
        self.window.show_page("identify")
        self.identify.page.open(find)
        if how == "heat":
            self.identify.page.work.result.toggle_heat()
        elif how == "zoom":
            self.identify.page.work.result.zoom_when_read()

    def _use_guide(self, guide: Guide) -> None:
        """Another guide everywhere, old finds included."""
        self.parts.guide = guide
        self.parts.library.use_guide(guide)
        for controller in (self.identify, self.guide, self.models):
            controller.page.use_guide(guide)

    def _reopen(self) -> None:
        """Another language: the window closes, and `main` builds it again where it was; jobs go on."""
        self.reopens = True
        self.working = tuple(status.number for status in self.parts.jobs.running)
        self.window.close_now()

    def go_on_from(self, before: FieldGuide) -> None:
        """Show the page that was in front before, and let what was at work go on."""
        self.window.show_page(before.window.front)
        for number in before.working:
            self.window.first_painted.connect(lambda number=number: self.parts.jobs.go_on(number))

    def show(self) -> None:
        """Open the window; the model is loaded after its first paint."""
        self.identify.refresh_recent()
        self.window.restoreGeometry(QByteArray.fromBase64(self.parts.settings.window.encode("ascii", "replace")))
        self.window.show()
        self._tell()

    def take_handed(self, photos: list[Path]) -> None:
        """Another start of the program handed over its photos, or only wants the window."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()
        if photos:
            self.window.paths_offered.emit(photos)

    def close(self) -> None:
        """Stop what can be stopped, store what is to be stored, and let go of every file."""
        place = bytes(self.window.saveGeometry().toBase64().data()).decode("ascii")
        if place != self.parts.settings.window:
            self.parts.change_settings(window=place)
        self.rested = self.parts.close()
        self._put_back()

    def _tell(self) -> None:
        if not self.window.isVisible():
            return
        for notice in self.parts.notices.take():
            kind = NoticeKind.PROBLEM if notice.severity is Severity.PROBLEM else NoticeKind.NEWS
            errors = [notice.error] if notice.error is not None else notice.errors[:1]
            action = next((remedy_for(error, self.window, notice.folder) for error in errors), None)
            self.window.notices.tell(notice.words, kind, action=action, details=notice.details)


def _system_language() -> str:
    """ISO 639-1 code of the language in which the desktop speaks; what has no catalogue falls back to English."""
    return (QLocale.system().uiLanguages() or [""])[0].partition("-")[0]


def _locale() -> QLocale:
    """The desktop's own where it speaks the chosen language (British dates differ from American ones), else its own."""
    system = QLocale.system()
    return system if system.name().partition("_")[0] == language() else QLocale(language())


def _raise_defect(error: Exception) -> None:
    """Defects of services go the same way as those of the window: log and crash dialog."""
    sys.excepthook(type(error), error, error.__traceback__)


def main(photos: Sequence[Path] = (), model: Path | None = None) -> int:
    """Run the window until it is closed; `photos` are identified at once. Returns the exit code."""
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # torch's threads give the cores back quickly
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("FieldGuide")
    qt.setDesktopFileName("fieldguide")
    try:
        locations = create_locations()
        one = OneWindow(locations.data)
        if not one.claim(photos):
            return 0
        log_to(locations.log)
        tell_death(locations.log)
        application = FieldGuide(qt, locations, model)
    except FieldGuideError as refused:
        log.error("cannot start: %s", refused)
        ProblemDialog(explain(refused)).exec()
        return 1
    if photos:  # after the model was sent for: a batch waits for it in the same lane
        application.window.first_painted.connect(lambda: application.identify.take_paths(photos))
    application.show()
    one.handed.connect(application.take_handed)
    application.window.first_painted.connect(one.listen)
    status = qt.exec()
    while application.reopens and application.rested:
        before = application
        application = FieldGuide(qt, locations, model)
        one.handed.disconnect(before.take_handed)
        one.handed.connect(application.take_handed)
        application.go_on_from(before)
        application.show()
        status = qt.exec()
    one.release()
    if not application.rested:  # a photo that decodes for a minute, a disk that does not answer: nothing waits for them
        logging.shutdown()
        os._exit(status)
    return status
