"""The application behind the window: builds every controller once and connects them. Nothing here is clever.

A controller knows one page and the services behind it, and builds the page when it is first shown. torch is never
imported here: the model has a process of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from fieldguide.app.care import CareController
from fieldguide.app.compare import CompareController
from fieldguide.app.front import Front
from fieldguide.app.guide import GuideController
from fieldguide.app.heat import HeatController
from fieldguide.app.history import HistoryController
from fieldguide.app.identify import IdentifyController
from fieldguide.app.models import ModelsController
from fieldguide.app.parts import Parts, build_parts, open_files
from fieldguide.app.poison import PoisonController
from fieldguide.app.remedies import remedy_for
from fieldguide.app.settings import SettingsController
from fieldguide.app.train import TrainController
from fieldguide.app.undo import UndoController
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.services.lanes import Lanes
from fieldguide.services.notices import Severity
from fieldguide.storage.locations import Locations
from fieldguide.ui.kit.notices import NoticeKind
from fieldguide.ui.kit.pictures import image_of
from fieldguide.ui.kit.turns import Turns
from fieldguide.ui.shell.crash import catch_everything


class FieldGuide(QObject):
    """All objects of one running application. Build it on the GUI thread; closing its window ends it.

    Signal `begun`: the window was painted, and everything was asked for that a start asks for.
    """

    begun = Signal()

    def __init__(self, front: Front, parts: Parts) -> None:
        super().__init__()
        self.rested, self.reopens = True, False
        self.library: tuple[Path, bool] | None = None  # the folder to go on with, and whether the finds come along
        self.working: tuple[int, ...] = ()  # numbers of the jobs that ran when the window was closed to be reopened
        self.front, self.parts = front, parts
        self.theme, self.thumbnails, self.window = front.theme, front.thumbnails, front.window
        self.undo = UndoController(parts)
        self.identify = IdentifyController(parts, self.thumbnails, front.page)
        self.heat = HeatController(parts, front.page)
        self.history = HistoryController(parts, self.thumbnails)
        self.guide = GuideController(parts, self.thumbnails)
        self.models = ModelsController(parts)
        self.care = CareController(parts)
        self.train = TrainController(parts, self.thumbnails)
        self.settings = SettingsController(parts, self.theme, self.care)
        self.poison = PoisonController(parts)
        front.put_back()
        self._put_back = catch_everything(self.window.report_problem, self.window, parts.locations.log, self.care)
        self.compare = CompareController(parts, self.window)
        self._turns = Turns(self.window)
        self._offered = front.hand_over()
        self._connect()
        self.identify.connect_to(self.window)
        self._connect_pages()
        for controller in (self.history, self.guide, self.models, self.train, self.settings):
            self.window.furnish(controller.furnishing)
        if self.window.painted:
            QTimer.singleShot(0, self, self._begin)
        else:
            self.window.first_painted.connect(self._begin)

    @classmethod
    def at_once(cls, qt: QApplication, locations: Locations, model: Path | None = None) -> FieldGuide:
        """Window and application in one step, on this thread: for tests and checks. `show` it.

        Raises:
            FieldGuideError: what the database or the guide says when it cannot be used.
        """
        front = Front(qt, locations)
        return cls(front, build_parts(front.read, open_files(locations), Lanes(), model=model))

    def show(self) -> None:
        """Open the window; the model is loaded after its first paint."""
        self.front.show()

    def _begin(self) -> None:
        """After the first paint. The model before the photos: a batch waits for it in the same lane; then the views of
        a find, a part a turn.
        """
        parts = self.parts
        parts.load_model()
        self.identify.refresh_recent()
        parts.jobs.load()
        self.settings.back_up_by_schedule()
        parts.library.watch()
        self.train.trainer.tell_size()
        self.train.take_up()
        self._tell()
        # What reads the guide through comes when the views are there: two threads of Python hold each other up.
        self._turns.do(*self.identify.page.ahead, lambda: parts.library.use_guide(parts.guide), self._take_offered)

    def _take_offered(self) -> None:
        """What was brought before all was there."""
        photos, pictures = self._offered
        if photos:
            self.window.paths_offered.emit(photos)
        for picture in pictures:
            self.window.picture_pasted.emit(picture)
        self.begun.emit()

    def _connect(self) -> None:
        window, parts = self.window, self.parts
        window.paths_offered.connect(self.identify.take_paths)
        window.paths_offered.connect(self.models.take_paths)
        window.moved_wanted.connect(lambda folder: parts.library.find_again(folder))
        self.undo.connect_to(window)
        self.undo.find_wanted.connect(self._show_touched)
        window.waiting = lambda: sum(status.waiting for status in parts.jobs.running)
        parts.jobs.changed.connect(window.jobs.show_soon)
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
        self.train.trainer.sized.connect(self.settings.show_trainer)
        self.settings.remove_trainer_wanted.connect(self.train.remove_trainer)
        self.train.model_made.connect(self.models.use_file)
        self.models.tried.connect(lambda used: self.train.show_used(used=used))
        self.identify.page.help_wanted.connect(self.poison.open_find)
        self.identify.page.guide_wanted.connect(self.guide.open_taxon)
        self.identify.page.place_wanted.connect(lambda *_: self.settings.show_settings())
        self.identify.page.kind_wanted.connect(self.compare.compare_kind)
        self.history.kind_wanted.connect(self.compare.compare_kind)
        self.history.compare_wanted.connect(self.compare.compare_two)
        self.history.help_wanted.connect(self.poison.open_find)
        self.history.guide_wanted.connect(self.guide.open_taxon)
        self.history.closer_wanted.connect(self._look_closely)
        self.history.look_wanted.connect(self._look_closely)
        self.history.grow_wanted.connect(self.identify.add_photos)
        self.guide.help_wanted.connect(self.poison.open_taxon)
        self.guide.find_wanted.connect(self._show_find)
        self.guide.guide_chosen.connect(self._use_guide)
        self.settings.language_changed.connect(self._reopen)
        self.settings.library_chosen.connect(self._change_library)
        self.settings.restored.connect(self.identify.page.forget)
        self.settings.restored.connect(lambda: self.parts.jobs.begin_anew())
        self.settings.place_changed.connect(self.identify.take_place)
        self.settings.place_changed.connect(self.history.tell_hand)
        self.settings.help_wanted.connect(self.poison.open_empty)
        self.settings.moved_wanted.connect(self.window.find_moved)
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

    def _reopen(self) -> None:
        """Another language: the window closes, and `run` builds it again where it was; jobs go on."""
        self.reopens = True
        self.working = tuple(status.number for status in self.parts.jobs.running)
        self.window.close_now()

    def _change_library(self, folder: Path, taken: bool) -> None:
        """Another folder for the finds: `run` puts them there, or finds them there, between two windows."""
        self.library = (folder, taken)
        self._reopen()
        if not taken:
            self.working = ()  # numbers of another book

    def go_on_from(self, before: FieldGuide) -> None:
        """Show the page that was in front before, and let what was at work go on."""
        self.window.show_page(before.window.front)
        self.begun.connect(lambda: [self.parts.jobs.go_on(number) for number in before.working])

    def close(self) -> None:
        """Stop what can be stopped, store what is to be stored, and let go of every file."""
        place = bytes(self.window.saveGeometry().toBase64().data()).decode("ascii")
        if place != self.parts.settings.window:
            self.parts.change_settings(window=place)
        self._turns.drop()
        self.train.trainings.close()
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


def _raise_defect(error: Exception) -> None:
    """Defects of services go the same way as those of the window: log and crash dialog."""
    sys.excepthook(type(error), error, error.__traceback__)
