"""Photos that are copied into the library, carried to another computer, moved, or out of reach."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation, Photo, UnreadablePhoto
from fieldguide.storage.database import Database
from fieldguide.storage.jobs import FindState, JobPlace, JobStore
from fieldguide.storage.observations import ObservationStore
from tests.helpers.stored_finds import make_find


def photo_at(path: Path, content: bytes = b"pixels") -> Photo:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Photo(path, hashlib.sha256(content).hexdigest(), 40, 30, bytes=len(content))


def test_a_library_with_copies_is_taken_to_another_computer(tmp_path: Path, guide: Guide) -> None:
    original = photo_at(tmp_path / "card" / "Käppchen 1.JPG")
    with Database(tmp_path / "here" / "o.db") as database:
        kept = ObservationStore(database, guide, copies=True).add(make_find(guide, photos=(original,)))
    assert kept.photos[0].path.parent.parent == tmp_path / "here" / "photos"
    assert original.path.read_bytes() == b"pixels"
    shutil.rmtree(tmp_path / "card")
    (tmp_path / "here").rename(tmp_path / "there")
    with Database(tmp_path / "there" / "o.db") as database:
        (photo,) = next(ObservationStore(database, guide).every()).photos
    assert photo.path.is_relative_to(tmp_path / "there")
    assert photo.path.read_bytes() == b"pixels"


def test_a_copy_stays_while_it_can_come_back_and_goes_with_the_bin(tmp_path: Path, guide: Guide) -> None:
    with Database(tmp_path / "home" / "o.db") as database:
        store = ObservationStore(database, guide, copies=True)
        kept = store.add(make_find(guide, photos=(photo_at(tmp_path / "card" / "a.jpg"),)))
        grown = store.grow(kept.id, make_find(guide, photos=(photo_at(tmp_path / "card" / "b.jpg", b"under"),)))
        assert grown is not None
        store.undo()
        store.delete([kept.id])
        assert all(photo.path.exists() for photo in grown.photos)
        store.empty_bin()
        assert not any(photo.path.exists() for photo in grown.photos)
        assert (tmp_path / "card" / "a.jpg").exists()


def test_an_original_that_changed_meanwhile_is_not_kept_for_it(tmp_path: Path, guide: Guide) -> None:
    photo = photo_at(tmp_path / "card" / "a.jpg")
    photo.path.write_bytes(b"another picture")
    with Database(tmp_path / "home" / "o.db") as database:
        store = ObservationStore(database, guide, copies=True)
        with pytest.raises(FieldGuideError) as refused:
            store.add(make_find(guide, photos=(photo,)))
        assert refused.value.code is ErrorCode.PHOTO_MISSING
        assert store.count() == 0
    assert [path for path in (tmp_path / "home" / "photos").rglob("*") if path.is_file()] == []


def test_moved_photos_are_found_again_by_their_content(tmp_path: Path, guide: Guide) -> None:
    with Database(tmp_path / "home" / "o.db") as database:
        store = ObservationStore(database, guide)
        photos = [photo_at(tmp_path / "old" / f"{number}.jpg", bytes([number]) * 9) for number in range(3)]
        finds = [store.add(make_find(guide, photos=(photo,))) for photo in photos]
        shutil.move(tmp_path / "old" / "1.jpg", tmp_path / "renamed.jpg")
        (tmp_path / "old" / "2.jpg").unlink()
        (tmp_path / "decoy.jpg").write_bytes(b"\x09" * 9)
        done = store.find_again(tmp_path)
        assert (done.found, done.missing) == (1, (tmp_path / "old" / "2.jpg",))
        now = [find.photos[0].path for find in store.several([find.id for find in finds])]
        assert now == [photos[0].path, tmp_path / "renamed.jpg", photos[2].path]


@pytest.mark.parametrize("left", ["nothing", "an empty folder", "one photo that was read"])
def test_a_card_that_is_pulled_leaves_its_finds_waiting(tmp_path: Path, guide: Guide, left: str) -> None:
    with Database(tmp_path / "home" / "o.db") as database:
        store, jobs = ObservationStore(database, guide), JobStore(database)
        number = jobs.begin([[tmp_path / "card" / "a.jpg"], [tmp_path / "b.jpg"]], "card").number
        if left == "an empty folder":  # where it was mounted
            (tmp_path / "card").mkdir()
        gone = UnreadablePhoto(tmp_path / "card" / "a.jpg", FieldGuideError(ErrorCode.PHOTO_TRUNCATED, file="a.jpg"))
        read = (photo_at(tmp_path / "home" / "c.jpg", b"read"),) if left == "one photo that was read" else ()
        found = make_find(guide, photos=read) if read else Observation(())
        told = store.settle(JobPlace(number, 0), replace(found, unreadable=(gone,)))
        assert told is not None
        assert told.state is FindState.WAITING
        broken = replace(gone, path=tmp_path / "b.jpg")  # its folder is there: this one file was deleted
        told = store.settle(JobPlace(number, 1), Observation((), (broken,)))
        assert told is not None
        assert told.state is FindState.UNREAD
        status = jobs.status(number)
        assert status is not None
        assert (status.waiting, status.unread, store.count()) == (1, 1, 0)
