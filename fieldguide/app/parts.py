"""Everything below the window, built once: settings, guide, history, lanes and services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.towns import place_name
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.services.again import Again
from fieldguide.services.engine import Engine
from fieldguide.services.gathering import Gatherer
from fieldguide.services.identifier import Identifier
from fieldguide.services.jobs import Jobs
from fieldguide.services.lanes import Lanes
from fieldguide.services.library import Library
from fieldguide.services.notices import Notices
from fieldguide.services.pictures import Pictures
from fieldguide.storage.database import Database
from fieldguide.storage.guides import GuideRead, GuideShelf
from fieldguide.storage.jobs import JobStore
from fieldguide.storage.locations import Locations
from fieldguide.storage.models import ModelShelf
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.settings import Settings, SettingsRead, save_settings
from fieldguide.storage.thumbnails import ThumbnailStore

if TYPE_CHECKING:
    from fieldguide.core.records import Observation
    from fieldguide.storage.export import Exported
    from fieldguide.storage.export.places import Places

CLOSE_MS = 1500  # a closed window must not leave a process behind for longer than a blink


@dataclass
class Parts:
    """The services of one running application, and the few things that a person can change about them.

    `model` is the bundle that was asked for on the command line; it goes before the one of the settings.
    """

    locations: Locations
    settings: Settings
    guide: Guide
    guides: GuideShelf
    models: ModelShelf
    lanes: Lanes
    notices: Notices
    library: Library
    identifier: Identifier
    jobs: Jobs
    again: Again
    pictures: Pictures
    gatherer: Gatherer
    files: Files
    model: Path | None = None

    @property
    def model_path(self) -> Path:
        """The bundle to load."""
        return self.models.first_of(self.model, self.settings.model_path)

    def change_settings(self, **changes: Any) -> None:
        """Use other settings from now on, and keep them; a failure to keep them becomes a notice."""
        self.settings = replace(self.settings, **changes)
        try:
            save_settings(self.locations.settings, self.settings)
        except FieldGuideError as refused:
            self.notices.report(refused)

    def load_model(self) -> None:
        """Load the chosen model, in its lane."""
        self.identifier.load(self.model_path, self.settings.device, self.settings.threads)

    def close(self) -> bool:
        """Stop what can be stopped, store what is to be stored, and let go of every file.

        Returns whether everything came to rest in `CLOSE_MS`; where it did not, files stay open.
        """
        self.identifier.end()
        rested = self.lanes.drain(CLOSE_MS)
        if rested:
            self.files.close()
        return rested


@dataclass(frozen=True, slots=True)
class Files:
    """What is read before anything can be asked: the guide, the finds and their small pictures."""

    locations: Locations
    guides: GuideShelf
    chosen: GuideRead
    database: Database
    thumbnails: ThumbnailStore

    def close(self) -> None:
        """Let go of them."""
        self.database.close()
        self.thumbnails.close()


def open_files(locations: Locations) -> Files:
    """Read and open them, on any thread.

    Raises:
        FieldGuideError: what the database or the guide says when it cannot be used.
    """
    guides = GuideShelf(locations.data / "guides")
    chosen = guides.read_chosen()
    database = Database(locations.database)
    return Files(locations, guides, chosen, database, ThumbnailStore(locations.thumbnails))


def build_parts(
    read: SettingsRead, files: Files, lanes: Lanes, engine: Engine | None = None, model: Path | None = None
) -> Parts:
    """Build them on the GUI thread. `engine`: one that may be loading the model already."""
    locations, chosen, database, thumbnails = files.locations, files.chosen, files.database, files.thumbnails
    copies = read.settings.copy_photos
    store = ObservationStore(database, chosen.guide, name_place=place_name, copies=copies)
    notices = Notices()
    library = Library(store, chosen.guide, lanes, notices)
    library.recorded_by, library.report = read.settings.recorded_by, _write_report
    loading = engine or Engine(FrozenModels(locations.frozen), Children())
    identifier = Identifier(store, thumbnails, lambda: library.guide, lanes, notices, loading)
    if engine is None:
        identifier.prepare()
    jobs = Jobs(JobStore(database), identifier, library, lanes, notices)
    for problem in (read.problem, chosen.problem):
        if problem is not None:
            notices.report(problem)
    return Parts(
        locations,
        read.settings,
        chosen.guide,
        files.guides,
        ModelShelf(locations.models),
        lanes,
        notices,
        library,
        identifier,
        jobs,
        Again(identifier, library, notices),
        Pictures(thumbnails, lanes),
        Gatherer(lanes, notices),
        files,
        model,
    )


def _write_report(finds: Iterable[Observation], guide: Guide, path: Path, recorded_by: str, places: Places) -> Exported:
    from fieldguide.ui.history.report import write_report  # nobody wants a report before the first photo

    return write_report(finds, guide, path, recorded_by, places)
