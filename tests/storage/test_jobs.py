"""Jobs are kept find by find: what was stored left its job in the same transaction, and nothing is stored twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation, UnreadablePhoto
from fieldguide.storage.database import Database
from fieldguide.storage.jobs import FindState, JobPlace, JobState, JobStore
from fieldguide.storage.observations import ObservationStore
from tests.helpers.stored_finds import EDULIS, make_find, make_photo

GROUPS = [[Path("/card/a.jpg"), Path("/card/b.jpg")], [Path("/card/c.jpg")], [Path("/card/d.jpg")]]


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


def find(guide: Guide, *names: str) -> Observation:
    return make_find(guide, EDULIS, photos=tuple(make_photo(name) for name in names))


def test_a_job_counts_what_became_of_its_finds_and_is_done_when_none_waits(
    jobs: JobStore, store: ObservationStore, guide: Guide, tmp_path: Path
) -> None:
    number = jobs.begin([*GROUPS, []], "card").number
    unread = Observation((), (UnreadablePhoto(tmp_path / "d.jpg", FieldGuideError(ErrorCode.PHOTO_EMPTY, file="d")),))
    for position, (observation, state) in enumerate(
        [
            (find(guide, "a.jpg", "b.jpg"), FindState.STORED),
            (find(guide, "b.jpg"), FindState.KNOWN),
            (unread, FindState.UNREAD),
        ]
    ):
        settled = store.settle(JobPlace(number, position), observation)
        assert settled is not None
        assert settled.state is state
    status = jobs.status(number)
    assert status is not None
    assert (status.state, status.total, status.waiting) == (JobState.DONE, 3, 0)
    assert (status.stored, status.known, status.unread) == (1, 1, 1)
    assert jobs.unfinished() == []
    assert [each.observation_id for each in jobs.finds(number)] == [1, 1, None]
    assert store.count() == 1


def test_a_find_that_left_its_job_is_not_stored_again(jobs: JobStore, store: ObservationStore, guide: Guide) -> None:
    place = JobPlace(jobs.begin(GROUPS, "card").number, 0)
    assert store.settle(place, find(guide, "a.jpg")) is not None
    assert store.settle(place, find(guide, "other.jpg")) is None
    assert store.count() == 1


def test_one_content_under_three_names_is_one_photo(jobs: JobStore, store: ObservationStore, guide: Guide) -> None:
    photo = make_photo("a.jpg")
    three = tuple(replace(photo, path=Path(f"/card/{name}.jpg")) for name in "abc")
    settled = store.settle(JobPlace(jobs.begin(GROUPS, "").number, 0), replace(find(guide), photos=three))
    assert settled is not None
    assert [photo.path.name for photo in settled.observation.photos] == ["a.jpg"]


def test_a_job_rests_is_cancelled_and_forgotten(jobs: JobStore) -> None:
    first, second = (jobs.begin(GROUPS, name).number for name in ("one", "two"))
    jobs.change(first, JobState.PAUSED)
    assert [status.state for status in jobs.unfinished()] == [JobState.OPEN, JobState.PAUSED]
    assert [each.position for each in jobs.finds(first, waiting_only=True)] == [0, 1, 2]
    jobs.change(second, JobState.CANCELLED)
    jobs.change(second, JobState.OPEN)
    assert [status.number for status in jobs.unfinished()] == [first]
    assert jobs.forget() == 1
    assert [status.number for status in jobs.every()] == [first]


def test_only_a_file_of_a_known_size_can_be_known(store: ObservationStore, guide: Guide) -> None:
    photo = replace(make_photo("a.jpg"), bytes=4321)
    store.add(make_find(guide, photos=(photo,)))
    assert store.known_sizes([4321, 5]) == {4321}
    store.add(make_find(guide, photos=(make_photo("old.jpg"),)))  # stored before sizes were kept: any could be it
    assert store.known_sizes([4321, 5]) == {4321, 5}
