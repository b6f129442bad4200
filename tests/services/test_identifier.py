"""The whole way of a drop below the window: real bundle, real database, real threads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.services.again import Again
from fieldguide.services.batch import Identified, Preview
from fieldguide.services.engine import Model
from fieldguide.services.identifier import Identifier
from fieldguide.services.jobs import JobEnd, Jobs
from fieldguide.services.lanes import Lanes
from fieldguide.services.library import ChangeKind, Library, LibraryChange
from fieldguide.services.notices import Notices
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.jobs import JobStore
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.thumbnails import ThumbnailStore
from tests.helpers.bundles import write_photo

T = TypeVar("T")


@dataclass
class NotStored:
    place: int
    find: Observation


@dataclass
class Heard:
    """Everything that an identifier told, in order."""

    said: list[object]

    def of(self, kind: type[T]) -> list[T]:
        return [each for each in self.said if isinstance(each, kind)]


@pytest.fixture
def identifier(
    store: ObservationStore, thumbnails: ThumbnailStore, library: Library, lanes: Lanes, notices: Notices
) -> Iterator[Identifier]:
    made = Identifier(store, thumbnails, lambda: library.guide, lanes, notices)
    yield made
    made.end()


@pytest.fixture
def jobs(store: ObservationStore, identifier: Identifier, library: Library, lanes: Lanes, notices: Notices) -> Jobs:
    return Jobs(JobStore(store._database), identifier, library, lanes, notices)


@pytest.fixture
def again(identifier: Identifier, library: Library, notices: Notices) -> Again:
    return Again(identifier, library, notices)


@pytest.fixture
def heard(identifier: Identifier, library: Library, jobs: Jobs) -> Heard:
    heard = Heard([])
    signals = (identifier.previewed, identifier.identified, jobs.ended, identifier.model_ready, identifier.model_failed)
    for signal in (*signals, library.changed):
        signal.connect(heard.said.append)
    jobs.progressed.connect(lambda _, progress: heard.said.append(progress))
    jobs.not_stored.connect(lambda place, find: heard.said.append(NotStored(place.position, find)))
    return heard


def load(identifier: Identifier, bundle: Path) -> None:
    identifier.load(bundle, "cpu")


def test_a_job_is_previewed_judged_stored_and_told_once(
    identifier: Identifier,
    jobs: Jobs,
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
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.start([[deadly, tmp_path / "empty.jpg"], [bolete], [tmp_path / "absent.jpg"]])

    (model,) = heard.of(Model)
    assert (model.device, model.manifest.id) == ("cpu", "three-drawings")
    previews = heard.of(Preview)
    assert {preview.photo.path for preview in previews} == {deadly, bolete}
    stored = heard.of(LibraryChange)
    assert [change.kind for change in stored] == [ChangeKind.ADDED] * 2
    assert [change.origin.position for change in stored if change.origin] == [0, 1]
    (unread,) = heard.of(NotStored)
    assert (unread.place, unread.find.id) == (2, 0)
    told = {find.id: find.identification for change in stored for find in change.observations}
    assert told == {find.id: find.identification for find in store.page().observations}
    kept = thumbnails.get(preview.photo.sha256 for preview in previews)
    assert kept == {preview.photo.sha256: preview.jpeg for preview in previews}
    (end,) = heard.of(JobEnd)
    assert (end.status.total, end.status.waiting, end.status.stored, end.status.unread) == (3, 0, 2, 1)
    assert jobs.unfinished == ()
    (notice,) = notices.take()
    assert len(notice.details) == 2


def test_a_second_drop_shows_the_find_that_is_there_and_judges_nothing(
    identifier: Identifier,
    jobs: Jobs,
    heard: Heard,
    bundle_path: Path,
    store: ObservationStore,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    photos = [write_photo(tmp_path / f"{n}.jpg", n % 3, n) for n in range(3)]
    copy = tmp_path / "another name.jpg"
    copy.write_bytes(photos[0].read_bytes())
    load(identifier, bundle_path)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.start([[photos[0]], [copy], [photos[1]]])
    assert store.count() == 2
    assert [(each.place, each.find.id) for each in heard.of(NotStored)] == [(1, 1)]
    previews = len(heard.of(Preview))
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as told:
        jobs.start([[photos[0], copy], [photos[2], photos[1]]])
    assert [find.id for find in told.args[0].known] == [1]
    assert [preview.photo.path for preview in heard.of(Preview)[previews:]] == [photos[2]]
    assert sorted(len(find.photos) for find in store.every()) == [1, 1, 1]


def test_a_new_job_goes_first_and_the_other_goes_on(
    identifier: Identifier, jobs: Jobs, heard: Heard, bundle_path: Path, store: ObservationStore, qtbot: QtBot, tmp_path
) -> None:
    long, short = (
        [[write_photo(tmp_path / f"{name}{n}.jpg", n % 3, 100 * k + n)] for n in range(count)]
        for k, (name, count) in enumerate((("long", 40), ("short", 2)))
    )
    load(identifier, bundle_path)
    ends: list[int] = []
    jobs.ended.connect(lambda end: ends.append(end.status.number))
    seen: list[tuple[int, ...]] = []
    jobs.changed.connect(lambda lines: seen.append(tuple(line.status.number for line in lines if line.running)))
    first = jobs.start(long, "long")
    with qtbot.waitSignal(first.done, timeout=60_000):
        pass
    with qtbot.waitSignals([jobs.ended, jobs.ended], timeout=60_000):
        jobs.start(short, "short")
        identifier.with_model(lambda runtime, handle: None)
    assert ends == [2, 1]
    assert (1, 2) in [tuple(sorted(each)) for each in seen], "both stand in the strip while both are open"
    assert store.count() == 42


def test_a_job_pauses_and_goes_on_where_it_was(
    identifier: Identifier,
    jobs: Jobs,
    bundle_path: Path,
    store: ObservationStore,
    library: Library,
    lanes: Lanes,
    notices: Notices,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    photos = [[write_photo(tmp_path / f"{n}.jpg", n % 3, n)] for n in range(30)]
    load(identifier, bundle_path)
    library.changed.connect(lambda _: jobs.pause(1))
    with qtbot.waitSignal(identifier.ended, timeout=60_000):
        jobs.start(photos)
    left = Jobs(JobStore(store._database), identifier, library, lanes, notices)  # as after a restart
    with qtbot.waitSignal(left.changed, timeout=60_000) as told:
        left.load()
    for line in told.args[0]:
        assert not line.running
        assert line.status.waiting == 30 - store.count()
    with qtbot.waitSignal(left.ended, timeout=60_000):
        left.go_on(1)
    assert store.count() == 30


def test_a_card_that_is_pulled_in_the_middle_is_gone_on_with_when_it_is_back(
    identifier: Identifier,
    jobs: Jobs,
    bundle_path: Path,
    store: ObservationStore,
    library: Library,
    notices: Notices,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    card, away = tmp_path / "card", tmp_path / "away"
    photos = [[write_photo(card / "DCIM" / f"{n}.jpg", n % 3, n)] for n in range(30)]
    load(identifier, bundle_path)
    library.changed.connect(lambda _: card.exists() and card.rename(away))
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as ended:
        jobs.start(photos)
    status = ended.args[0].status
    assert 1 <= store.count() < 30
    assert (status.waiting, status.unread) == (30 - store.count(), 0)
    assert [line.number for line in jobs.unfinished] == [1], "it is offered"
    assert [notice.errors[0].code for notice in notices.take()] == [ErrorCode.PHOTO_MISSING]
    library.changed.disconnect()
    away.rename(card)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.go_on(1)
    assert {photo.path for find in store.every() for photo in find.photos} == {path for (path,) in photos}
    assert store.count() == 30
    assert jobs.unfinished == ()


def test_one_photo_under_three_names_is_one_find(
    identifier: Identifier, jobs: Jobs, bundle_path: Path, store: ObservationStore, qtbot: QtBot, tmp_path: Path
) -> None:
    first = write_photo(tmp_path / "IMG_1.jpg", 0)
    copies = [tmp_path / name for name in ("IMG_1 (copy).JPG", "death cap.jpeg")]
    for copy in copies:
        copy.write_bytes(first.read_bytes())
    load(identifier, bundle_path)
    with qtbot.waitSignal(jobs.ended, timeout=60_000) as ended:
        jobs.start([[path] for path in (first, *copies)])
    (find,) = store.every()
    assert [photo.path for photo in find.photos] == [first]
    assert len(store.identifications(find.id)) == 1, "it is looked at once"
    assert [known.id for known in ended.args[0].known] == [find.id] * 2
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.start([[first, *copies]])
    assert store.count() == 1


def test_a_stored_find_is_asked_about_again(
    identifier: Identifier,
    jobs: Jobs,
    again: Again,
    library: Library,
    heard: Heard,
    bundle_path: Path,
    store: ObservationStore,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    load(identifier, bundle_path)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.start([[write_photo(tmp_path / "a.jpg", 0)]])
    (find,) = store.page().observations
    with qtbot.waitSignal(library.changed, timeout=60_000):
        again.ask([find, Observation(photos=())])
    assert store.count() == 1
    assert len(store.identifications(find.id)) == 2
    assert [change.kind for change in heard.of(LibraryChange)] == [ChangeKind.ADDED, ChangeKind.CHANGED]


def test_a_stored_find_grows(
    identifier: Identifier,
    jobs: Jobs,
    again: Again,
    library: Library,
    bundle_path: Path,
    store: ObservationStore,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    load(identifier, bundle_path)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.start([[write_photo(tmp_path / "cap.jpg", 0)]])
    (find,) = store.page().observations
    store.edit([find.id], Change(notes="mine"))
    with qtbot.waitSignal(library.changed, timeout=60_000):
        again.grow(find, [write_photo(tmp_path / "base.jpg", 0, 1)])
    (grown,) = store.page().observations
    assert (grown.id, grown.notes, len(grown.photos)) == (find.id, "mine", 2)
    assert len(store.identifications(find.id)) == 2


def test_asked_again_the_date_and_place_of_the_find_count_and_not_those_of_its_photos(
    identifier: Identifier,
    jobs: Jobs,
    again: Again,
    library: Library,
    bundle_path: Path,
    store: ObservationStore,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    load(identifier, bundle_path)
    identifier.use_place_and_season(True)
    with qtbot.waitSignal(jobs.ended, timeout=60_000):
        jobs.start([[write_photo(tmp_path / "a.jpg", 0)]])
    (find,) = store.page().observations
    assert find.identification is not None
    assert not find.identification.weighed, "the photo tells neither"
    corrected = Change(observed_at=datetime(2026, 10, 3, 10), place=(48.1, 11.5))
    store.edit([find.id], corrected)
    (find,) = store.page().observations
    with qtbot.waitSignal(library.changed, timeout=60_000):  # stored: `again.ended` comes before that
        again.ask([find])
    kept = store.get(find.id)
    assert kept is not None
    assert kept.identification is not None
    assert kept.identification.weighed
    assert (kept.observed_at, kept.latitude, kept.longitude) == (datetime(2026, 10, 3, 10), 48.1, 11.5)


def test_without_a_model_the_batch_says_so(
    identifier: Identifier, jobs: Jobs, heard: Heard, notices: Notices, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.fieldguide").write_bytes(b"no bundle")
    load(identifier, tmp_path / "bad.fieldguide")
    with qtbot.waitSignals([identifier.model_failed, jobs.ended], timeout=60_000):
        jobs.start([[write_photo(tmp_path / "a.jpg")]])
    (end,) = heard.of(JobEnd)
    assert end.status.waiting == 1
    assert [status.number for status in jobs.unfinished] == [1], "it can be gone on with once there is a model"
    assert len(notices.take()) == 2


def test_a_cancelled_job_keeps_what_it_stored(
    identifier: Identifier,
    jobs: Jobs,
    heard: Heard,
    bundle_path: Path,
    store: ObservationStore,
    library: Library,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    photos = [[write_photo(tmp_path / f"{n}.jpg", n % 3, n)] for n in range(40)]
    load(identifier, bundle_path)
    library.changed.connect(lambda _: jobs.cancel(1))
    with qtbot.waitSignals([identifier.ended, jobs.ended], timeout=60_000):
        jobs.start(photos)
    assert len(heard.of(JobEnd)) == 1
    qtbot.waitUntil(lambda: store.count() == len(heard.of(LibraryChange)))  # one may have been on its way
    assert 1 <= store.count() < 40
    assert jobs.unfinished == ()


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
    with Database(tmp_path / "full.db") as fresh, fresh.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with Database(tmp_path / "full.db", max_pages=pages + 4) as database:
        identifier = Identifier(ObservationStore(database, guide), thumbnails, lambda: guide, lanes, notices)
        store = ObservationStore(database, guide)
        full = Library(store, guide, lanes, notices)
        jobs = Jobs(JobStore(database), identifier, full, lanes, notices)
        identifier.load(bundle_path, "cpu")
        told: list[Observation] = []
        jobs.not_stored.connect(lambda _, find: told.append(find))
        with qtbot.waitSignal(jobs.ended, timeout=60_000):
            begun = jobs.start([[write_photo(tmp_path / f"{n}.jpg", 0, n)] for n in range(6)])
            with qtbot.waitSignal(begun.done, timeout=60_000):
                pass
            fill_up(database)
        identifier.end()
        assert lanes.drain()
        stored = store.count()
    assert stored + len(told) == 6
    assert told
    assert all(find.identification and not find.id for find in told)
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
