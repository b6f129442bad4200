"""The page Identify and the services behind it: photos in, answers out, what a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from fieldguide.app.parts import Parts
from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.core.decision.fusion import views_to_ask
from fieldguide.core.decision.standing import plausible_taxa
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import explain, text
from fieldguide.services.batch import Batch, Identified, Preview
from fieldguide.services.identifier import Model, Summary
from fieldguide.services.lanes import Lane
from fieldguide.services.library import ChangeKind, LibraryChange
from fieldguide.ui.identify.keys import key_help
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.naming import know_brought_names, name_of
from fieldguide.ui.kit.pictures import image_of, photo_of
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.pages import KeyHelp, Page
from fieldguide.ui.shell.window import MainWindow

RECENT = 12


class IdentifyDesk(QObject):
    """Builds the page, then connects it once the window is there (`connect_to`)."""

    model_ready = Signal()

    def __init__(self, parts: Parts, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._parts, self._thumbnails = parts, thumbnails
        self.page = IdentifyPage(parts.guide, thumbnails, self._missing_views)
        self._batch: Batch | None = None
        self._replaced: dict[int, Observation] = {}

    @property
    def place(self) -> Page:
        """Its place in the sidebar."""
        keys = tuple(KeyHelp(keys, does) for keys, does in key_help())
        return Page("identify", text("shell.page_identify"), "identify", self.page, keys)

    def connect_to(self, window: MainWindow) -> None:
        """Connect page, window and services."""
        self._window = window
        page, parts = self.page, self._parts
        window.picture_pasted.connect(self._keep_pasted)
        window.chosen_again.connect(self._start_anew)
        page.start.area.photos_wanted.connect(window.choose_photos)
        page.start.area.folder_wanted.connect(window.choose_folder)
        page.start.area.paste_wanted.connect(window.paste)
        page.identify_wanted.connect(self._identify)
        page.cancel_wanted.connect(parts.identifier.cancel)
        page.photo_wanted.connect(parts.pictures.want_photo)
        page.verify_wanted.connect(self._verify)
        page.place_wanted.connect(self._use_place_and_season)
        page.view_wanted.connect(self._add_view)
        page.start_shown.connect(self.refresh_recent)
        parts.gatherer.gathered.connect(lambda gathered: page.offer(gathered.groups))
        parts.pictures.photo.connect(lambda decoded: page.take_photo(*photo_of(decoded)))
        parts.pictures.photo_failed.connect(lambda path, error: page.lose_photo(path, explain(error)))
        identifier = parts.identifier
        identifier.model_ready.connect(self._take_model)
        identifier.model_failed.connect(self._lose_model)
        identifier.previewed.connect(self._take_preview)
        identifier.progressed.connect(page.take_progress)
        identifier.identified.connect(self._take_identified)
        identifier.ended.connect(self._take_end)
        parts.library.changed.connect(self._take_change)
        page.say_loading()
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
        folder = self._parts.locations.data / "pasted"
        file = folder / f"{datetime.now():%Y-%m-%d %H-%M-%S}.png"

        def keep(_: object) -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            if not image.save(str(file), "PNG"):
                raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(file))
            return file

        job = self._parts.lanes.start(Lane.READING, keep)
        job.done.connect(lambda kept: self.take_paths([kept]))
        job.failed.connect(self._parts.notices.report)

    def _identify(self, groups: list[list[Path]]) -> None:
        self._batch = self._parts.identifier.identify(groups)

    def _add_view(self, observation: Observation, view: str) -> None:
        """Further photos of a find: all are judged together, and the new find takes the place of the old one."""
        added = self._window.ask_photos(text("identify.add_view", view=text(f"identify.view_{view}")))
        if not added:
            return
        groups = [[*(photo.path for photo in observation.photos), *added]]
        self.page.begin(groups)
        self._identify(groups)
        if self._batch is not None and observation.verified is None and not observation.notes:
            self._replaced[self._batch.number] = observation

    def _take_model(self, model: Model) -> None:
        know_brought_names(model.manifest.provenance.get("common_names"))
        self.page.use_guide(self._parts.guide)  # finds that are on the page may have got names
        self.page.show_model(model.manifest, model.note or "")
        self.model_ready.emit()

    def _lose_model(self, error: Exception) -> None:
        known = isinstance(error, FieldGuideError)
        self.page.show_model(None, explain(error) if known else "")

    def _take_preview(self, preview: Preview) -> None:
        image = image_of(preview.jpeg)
        self._thumbnails.take(preview.photo.path, image)
        self._thumbnails.take(preview.photo, image)

    def _take_identified(self, told: Identified) -> None:
        if self._batch is not None and told.batch == self._batch.number:
            self.page.take_result(told.place, told.observation)
        before = self._replaced.pop(told.batch, None)
        if before is not None and told.observation.id:
            self._parts.library.delete([before.id])

    def _take_end(self, summary: Summary) -> None:
        if self._batch is not None and summary.batch == self._batch.number:
            self.page.finish()

    def _take_change(self, change: LibraryChange) -> None:
        for observation in change.observations:
            self.page.take_change(observation)
        shown = self.page.observation
        if change.kind is ChangeKind.UNDONE and shown is not None and shown.id in change.ids:
            self._parts.library.get(shown.id).done.connect(self._take_undone)

    def _take_undone(self, observation: Observation | None) -> None:
        if observation is not None:
            self.page.take_change(observation)

    def _verify(self, number: int, taxon: Taxon | None) -> None:
        if not number:
            return
        if taxon is None:
            self._parts.library.unverify([number])
            words = text("identify.unnamed")
        else:
            self._parts.library.verify([number], taxon)
            words = text("identify.named", name=name_of(taxon, self._parts.guide).first)
        self._window.notices.tell(words, action=(text("identify.undo"), lambda: self._parts.library.undo()))

    def _use_place_and_season(self, observation: Observation, used: bool) -> None:
        self._parts.change_settings(use_place_and_season=used)
        self.take_place()
        if observation.id:
            self._parts.identifier.identify_again([observation])

    def _missing_views(self, observation: Observation) -> tuple[str, ...]:
        said = observation.identification
        if said is None:
            return ()
        return tuple(view.value for view in views_to_ask(plausible_taxa(said), self._parts.guide))

    def refresh_recent(self) -> None:
        """Ask for the newest finds, for the empty page."""
        self._parts.library.recently_added(RECENT).done.connect(self.page.show_recent)
