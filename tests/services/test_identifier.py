"""The whole way of a drop below the window: real bundle, real database, real threads."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.services.batch import Batch, Identified, Preview
from fieldguide.services.identifier import Identifier, Model, Summary
from fieldguide.services.lanes import Lanes
from fieldguide.services.library import ChangeKind, Library, LibraryChange
from fieldguide.services.notices import Notices
from fieldguide.services.progress import Progress
from fieldguide.storage.database import Database
from fieldguide.storage.observations import Change, ObservationStore
from fieldguide.storage.thumbnails import ThumbnailStore
from tests.helpers.bundles import write_photo

T = TypeVar("T")


@dataclass
class Heard:
    """Everything that an identifier told, in order."""

    said: list[object]

    def of(self, kind: type[T]) -> list[T]:
        return [each for each in self.said if isinstance(each, kind)]


@pytest.fixture
def identifier(
    store: ObservationStore, thumbnails: ThumbnailStore, library: Library, lanes: Lanes, notices: Notices
) -> Identifier:
    return Identifier(store, thumbnails, library, lanes, notices)


@pytest.fixture
def heard(identifier: Identifier, library: Library) -> Heard:
    heard = Heard([])
    signals = (identifier.began, identifier.previewed, identifier.progressed, identifier.identified, identifier.ended)
    for signal in (*signals, identifier.model_ready, identifier.model_failed, library.changed):
        signal.connect(heard.said.append)
    return heard


def load(identifier: Identifier, bundle: Path) -> None:
    identifier.load(bundle, "cpu")


def test_a_batch_is_previewed_judged_stored_and_told(
    identifier: Identifier,
    heard: Heard,
    bundle_path: Path,
    store: ObservationStore,
    thumbnails: ThumbnailStore,
    notices: Notices,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    deadly, bolete = (write_photo(tmp_path / f"{label}.jpg", label) for label in (0, 1))
    (tmp_path / "empty.jpg").touch()
    load(identifier, bundle_path)
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        batch = identifier.identify([[deadly, tmp_path / "empty.jpg"], [bolete], [tmp_path / "absent.jpg"]])

    (model,) = heard.of(Model)
    assert (model.device, model.manifest.id) == ("cpu", "three-drawings")
    previews = heard.of(Preview)
    assert {preview.photo.path for preview in previews} == {deadly, bolete}
    pixels = [preview.pixels for preview in previews if preview.pixels is not None]
    assert len(pixels) == 1
    assert pixels[0].dtype == np.uint8
    first, second, third = heard.of(Identified)
    assert [each.place for each in (first, second, third)] == [0, 1, 2]
    assert first.observation.id > 0
    assert third.observation.id == 0
    assert [find.identification for find in store.page().observations] == [
        second.observation.identification,
        first.observation.identification,
    ]
    assert store.count() == 2
    kept = thumbnails.get(preview.photo.sha256 for preview in previews)
    assert kept == {preview.photo.sha256: preview.jpeg for preview in previews}
    assert heard.said.index(previews[0]) < heard.said.index(first)
    assert [progress.percent for progress in heard.of(Progress)] == [50, 75, 100]
    (summary,) = heard.of(Summary)
    assert (summary.batch, summary.judged, summary.cancelled) == (batch.number, 3, False)
    assert [file.error.code for file in summary.unreadable] == [ErrorCode.PHOTO_EMPTY, ErrorCode.PHOTO_MISSING]
    assert [change.kind for change in heard.of(LibraryChange)] == [ChangeKind.ADDED] * 2
    (notice,) = notices.take()
    assert len(notice.details) == 2


def test_a_stored_find_is_asked_about_again(
    identifier: Identifier, heard: Heard, bundle_path: Path, store: ObservationStore, qtbot: QtBot, tmp_path: Path
) -> None:
    load(identifier, bundle_path)
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        identifier.identify([[write_photo(tmp_path / "a.jpg", 0)]])
    (find,) = store.page().observations
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        identifier.identify_again([find, Observation(photos=())])
    assert store.count() == 1
    assert len(store.identifications(find.id)) == 2
    assert [change.kind for change in heard.of(LibraryChange)] == [ChangeKind.ADDED, ChangeKind.CHANGED]
    assert heard.of(Batch)[1].again == (find,)


def test_asked_again_the_date_and_place_of_the_find_count_and_not_those_of_its_photos(
    identifier: Identifier, bundle_path: Path, store: ObservationStore, qtbot: QtBot, tmp_path: Path
) -> None:
    load(identifier, bundle_path)
    identifier.use_place_and_season(True)
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        identifier.identify([[write_photo(tmp_path / "a.jpg", 0)]])
    (find,) = store.page().observations
    assert find.identification is not None
    assert not find.identification.weighed, "the photo tells neither"
    corrected = Change(observed_at=datetime(2026, 10, 3, 10), place=(48.1, 11.5))
    store.edit([find.id], corrected)
    (find,) = store.page().observations
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        identifier.identify_again([find])
    again = store.get(find.id)
    assert again is not None
    assert again.identification is not None
    assert again.identification.weighed
    assert (again.observed_at, again.latitude, again.longitude) == (datetime(2026, 10, 3, 10), 48.1, 11.5)


def test_without_a_model_the_batch_says_so(
    identifier: Identifier, heard: Heard, notices: Notices, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.fieldguide").write_bytes(b"no bundle")
    load(identifier, tmp_path / "bad.fieldguide")
    with qtbot.waitSignals([identifier.model_failed, identifier.ended], timeout=60_000):
        identifier.identify([[write_photo(tmp_path / "a.jpg")]])
    (summary,) = heard.of(Summary)
    assert summary.error is not None
    assert summary.error.code is ErrorCode.BUNDLE_MISSING
    assert len(notices.take()) == 2


def test_a_cancelled_batch_keeps_what_it_stored(
    identifier: Identifier, heard: Heard, bundle_path: Path, store: ObservationStore, qtbot: QtBot, tmp_path: Path
) -> None:
    photos = [[write_photo(tmp_path / f"{n}.jpg", n % 3, n)] for n in range(40)]
    load(identifier, bundle_path)
    identifier.identified.connect(lambda _: identifier.cancel())
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        identifier.identify(photos)
    told = heard.of(Identified)
    (summary,) = heard.of(Summary)
    assert summary.judged == len(told) == store.count() == len(heard.of(LibraryChange))
    assert [each.observation.photos[0].path for each in told] == [group[0] for group in photos[: len(told)]]
    if len(told) < len(photos):  # a fast machine may have judged them all
        assert summary.cancelled


def fill_up(database: Database) -> None:
    """Use up the free space inside the file."""
    while True:
        try:
            with database.transaction() as connection:
                connection.execute("INSERT INTO step (kind) VALUES (?)", ("x" * 200,))
        except FieldGuideError:
            return


def test_a_full_disk_hides_no_verdict(
    library: Library,
    lanes: Lanes,
    notices: Notices,
    thumbnails: ThumbnailStore,
    guide: Guide,
    bundle_path: Path,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    Database(tmp_path / "full.db").close()
    with Database(tmp_path / "full.db", max_pages=1) as database:  # SQLite takes the size that is there
        fill_up(database)
        identifier = Identifier(ObservationStore(database, guide), thumbnails, library, lanes, notices)
        identifier.load(bundle_path, "cpu")
        told: list[Identified] = []
        identifier.identified.connect(told.append)
        with qtbot.waitSignal(identifier.ended, timeout=60_000):
            identifier.identify([[write_photo(tmp_path / f"{n}.jpg", 0, n)] for n in range(6)])
        assert lanes.drain()
        numbers = [each.observation.id for each in told]  # a table or two may have had a gap for a first find
        assert ObservationStore(database).count() == sum(number > 0 for number in numbers)
    assert len(numbers) == 6
    assert numbers[-1] == 0
    assert all(each.observation.identification for each in told)
    assert [notice.error and notice.error.code for notice in notices.take()] == [ErrorCode.DISK_FULL]


def test_place_and_season_are_used_when_asked(
    identifier: Identifier, heard: Heard, bundle_path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    photo = write_photo(tmp_path / "a.jpg", 2)
    load(identifier, bundle_path)
    for used in (False, True):
        identifier.use_place_and_season(used, "europe")
        with qtbot.waitSignal(identifier.ended, timeout=60_000):
            identifier.identify([[photo]])
    plain, again = (each.observation.identification for each in heard.of(Identified))
    assert plain is not None
    assert again is not None
    assert (plain.weighed, again.weighed) == (False, True)


def test_other_work_uses_the_same_model(identifier: Identifier, bundle_path: Path, qtbot: QtBot) -> None:
    load(identifier, bundle_path)
    job = identifier.with_model(lambda runtime, handle: len(runtime.manifest.labels))
    with qtbot.waitSignal(job.done, timeout=60_000) as told:
        pass
    assert told.args == [3]
