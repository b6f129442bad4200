"""The page Identify and the services behind it: photos in, answers out, what a person decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QImage

from fieldguide.app.parts import Parts
from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.core.decision.fusion import views_to_ask
from fieldguide.core.decision.standing import plausible_taxa
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.records import Observation, Seen
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import explain, text
from fieldguide.services.batch import Preview
from fieldguide.services.engine import Model
from fieldguide.services.jobs import JobEnd
from fieldguide.services.lanes import Lane
from fieldguide.services.library import ChangeKind, LibraryChange
from fieldguide.services.progress import Progress
from fieldguide.storage.change import Change
from fieldguide.storage.jobs import JobFind, JobPlace, JobStatus
from fieldguide.storage.moving import PASTED
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.drag_out import DragOut
from fieldguide.ui.kit.naming import day_words, know_brought_names
from fieldguide.ui.kit.pictures import image_of, photo_of
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.window import MainWindow

RECENT = 12


class IdentifyController(QObject):
    """Puts the services behind the page, which the window has shown from its beginning (`connect_to`)."""

    model_ready = Signal()

    def __init__(self, parts: Parts, thumbnails: Thumbnails, page: IdentifyPage) -> None:
        super().__init__()
        self._parts, self._thumbnails = parts, thumbnails
        self.page = page
        self._job = 0  # whose finds the page shows

    def connect_to(self, window: MainWindow) -> None:
        """Connect page, window and services."""
        self._window = window
        page, parts = self.page, self._parts
        window.picture_pasted.connect(self._keep_pasted)
        window.chosen_again.connect(self._start_anew)
        page.missing_views = self._missing_views
        page.use_guide(parts.guide)
        page.identify_wanted.connect(self._identify)
        page.cancel_wanted.connect(lambda: parts.jobs.cancel(self._job))
        page.photo_wanted.connect(parts.pictures.want_photo)
        page.verify_wanted.connect(self._verify)
        page.delete_wanted.connect(lambda number: parts.library.delete([number]))
        page.answered.connect(self._answer)
        page.place_wanted.connect(self._use_place_and_season)
        page.view_wanted.connect(lambda find, _: self.add_photos(find))
        page.start_shown.connect(self.refresh_recent)
        page.work_built.connect(lambda: DragOut(page.work.result.photo, self._ask_shown, parts.library.carry))
        parts.gatherer.gathered.connect(lambda gathered: page.offer(gathered.groups))
        parts.pictures.photo.connect(lambda decoded: page.take_photo(*photo_of(decoded)))
        parts.pictures.photo_failed.connect(lambda path, error: page.lose_photo(path, explain(error)))
        identifier = parts.identifier
        identifier.model_ready.connect(self._take_model)
        identifier.model_failed.connect(self._lose_model)
        identifier.previewed.connect(self._take_preview)
        parts.jobs.progressed.connect(self._take_progress)
        parts.jobs.not_stored.connect(self._take_result)
        parts.jobs.ended.connect(self._take_end)
        parts.library.changed.connect(self._take_change)
        parts.library.guide_used.connect(page.use_guide)
        self.take_place()

    def take_place(self) -> None:
        """Place and season, as they are chosen now."""
        settings = self._parts.settings
        self._parts.identifier.use_place_and_season(settings.use_place_and_season, settings.region)
        self.page.use_place_and_season(settings.use_place_and_season, settings.region)

    def take_paths(self, paths: Sequence[Path]) -> None:
        """Photos and folders that somebody dropped, opened or pasted; bundles are for another page."""
        photos = [path for path in paths if path.suffix.lower() != BUNDLE_SUFFIX]
        if photos:
            self._window.show_page("identify")
            self._parts.gatherer.gather(photos)

    def _start_anew(self, key: str) -> None:
        if key == "identify":
            self.page.show_start()

    def _keep_pasted(self, image: QImage) -> None:
        """A picture without a file gets one: what is identified must be found again."""
        folder = self._parts.locations.library / PASTED
        file = folder / f"{datetime.now():%Y-%m-%d %H-%M-%S-%f}.png"

        def keep(_: object) -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            if not image.save(str(file)):
                raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(file))
            return file

        job = self._parts.lanes.start(Lane.READING, keep)
        job.done.connect(lambda kept: self.take_paths([kept]))
        job.failed.connect(self._parts.notices.report)

    def _identify(self, groups: list[list[Path]]) -> None:
        self._job = 0
        job = self._parts.jobs.start(groups, _title(groups))
        job.done.connect(self._show_own)
        job.failed.connect(lambda _: self.page.finish())  # nothing was kept, so nothing comes

    def _show_own(self, status: JobStatus) -> None:
        """What was just dropped is what the page shows, whatever else runs."""
        self._job = status.number

    def show_job(self, number: int) -> None:
        """Show the finds of a job: those that are done, and those that still wait."""
        self._parts.jobs.finds(number).done.connect(lambda finds: self._show_finds(number, finds))

    def _show_finds(self, number: int, finds: list[JobFind]) -> None:
        self._window.show_page("identify")
        self._job = number
        self.page.begin([find.paths for find in finds])
        for find in finds:
            if find.observation_id is not None:
                place = JobPlace(number, find.position)
                job = self._parts.library.get(find.observation_id)
                job.done.connect(partial(self._take_stored, place))
        if number not in {status.number for status in self._parts.jobs.running}:
            self.page.work.batch.finish()

    def add_photos(self, observation: Observation) -> None:
        """Further photos of this very find: all are identified together, and its name, notes and answers stay."""
        added = self._window.ask_photos(text("identify.add_photo"))
        if added and observation.id:
            self._parts.again.grow(observation, added)

    def _take_model(self, model: Model) -> None:
        know_brought_names(model.manifest.common_names)
        self.page.use_guide(self._parts.guide)  # finds that are on the page may have got names
        self.page.show_model(model.manifest, model.note or "")
        self.model_ready.emit()

    def _lose_model(self, error: Exception) -> None:
        self.page.show_model(None, explain(error) if isinstance(error, FieldGuideError) else "")

    def _take_preview(self, preview: Preview) -> None:
        image = image_of(preview.jpeg)
        self._thumbnails.take(preview.photo.path, image)
        self._thumbnails.take(preview.photo, image)

    def _take_result(self, place: JobPlace, observation: Observation) -> None:
        if place.job == self._job:
            self.page.take_result(place.position, observation)

    def _take_stored(self, place: JobPlace, found: Observation | None) -> None:
        if found is not None:
            self._take_result(place, found)

    def _take_progress(self, number: int, progress: Progress) -> None:
        if number == self._job:
            self.page.take_progress(progress)

    def _take_end(self, end: JobEnd) -> None:
        if end.status.number == self._job:
            self.page.finish()
        self._tell_known(end)

    def _tell_known(self, end: JobEnd) -> None:
        """Photos that the book holds already were not identified again; whoever wants it can."""
        if not end.known:
            return
        if len(end.known) == 1:
            when = day_words(end.known[0].observed_at) if end.known[0].observed_at else text("history.no_date")
            words = text("identify.known_one", when=when)
        else:
            words = text("identify.known_many", count=len(end.known), total=end.status.total)
        again = (text("identify.known_again"), lambda: self._parts.again.ask(end.known))
        self._window.notices.tell(words, action=again)

    def _take_change(self, change: LibraryChange) -> None:
        if change.origin is not None:
            self._take_result(change.origin, change.observations[0])
            return
        if change.kind is ChangeKind.REMOVED:
            self.page.take_removed(change.ids)
            return
        for observation in change.observations:
            self.page.take_change(observation)
        shown = self.page.observation
        if change.kind is ChangeKind.UNDONE and shown is not None and shown.id in change.ids:
            self._parts.library.get(shown.id).done.connect(self._take_undone)

    def _take_undone(self, observation: Observation | None) -> None:
        if observation is not None:
            self.page.take_change(observation)

    def _verify(self, number: int, taxon: Taxon | None) -> None:
        if number:
            self._parts.library.verify([number], taxon)

    def _ask_shown(self, _: QPoint, then: Callable[[list[int]], object]) -> bool:
        """The find of the photo, to be dragged out; seen larger than the view, dragging moves the photo instead."""
        find = self.page.observation
        if find is None or not find.id or self.page.work.result.photo.zoomed:
            return False
        then([find.id])
        return True

    def _answer(self, seen: tuple[Seen, ...]) -> None:
        find = self.page.observation
        if find is not None and find.id:
            self._parts.library.edit([find.id], Change(seen=seen))

    def _use_place_and_season(self, observation: Observation, used: bool) -> None:
        self._parts.change_settings(use_place_and_season=used)
        self.take_place()
        if observation.id:
            self._parts.again.ask([observation])

    def _missing_views(self, observation: Observation) -> tuple[str, ...]:
        said = observation.identification
        if said is None:
            return ()
        return tuple(view.value for view in views_to_ask(plausible_taxa(said), self._parts.guide))

    def refresh_recent(self) -> None:
        """Ask for the newest finds, for the empty page."""
        self._parts.library.recently_added(RECENT).done.connect(self.page.show_recent)


def _title(groups: list[list[Path]]) -> str:
    """What a job is called: the one folder of its photos, else its first file."""
    folders = {path.parent for group in groups for path in group}
    first = next((path for group in groups for path in group), Path())
    return folders.pop().name if len(folders) == 1 and sum(map(len, groups)) > 1 else first.name
