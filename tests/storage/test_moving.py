"""The library in another folder: all of it comes along, what stood before stays, and a missing drive is said."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from fieldguide.cli import main
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.records import Photo
from fieldguide.storage.database import Database
from fieldguide.storage.locations import LIBRARY_VARIABLE, choose_library, create_locations, find_locations
from fieldguide.storage.moving import PASTED, copy_files, is_library, take_along
from fieldguide.storage.observations import ObservationStore
from tests.helpers.bundles import write_photo
from tests.helpers.stored_finds import EDULIS, make_find


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


@pytest.fixture
def finds(guide: Guide, tmp_path: Path) -> list[Path]:
    """Photos of three finds: copied into the library, pasted into it, and referenced where it lies."""
    places = create_locations()
    files = [write_photo(tmp_path / "card" / "a.jpg", 0), write_photo(places.library / PASTED / "b.png", 1)]
    files.append(write_photo(tmp_path / "card" / "c.jpg", 2))
    with Database(places.database) as database:
        for number, file in enumerate(files):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            store = ObservationStore(database, guide, copies=number == 0)
            store.add(make_find(guide, EDULIS, photos=(Photo(file, digest, 320, 240),)))
    return files


def paths() -> list[Path]:
    with Database(create_locations().database) as database:
        return [photo.path for find in ObservationStore(database).every() for photo in find.photos]


def test_finds_and_their_photos_come_along_and_go_to_another_computer(finds: list[Path], tmp_path: Path) -> None:
    places, stick = create_locations(), tmp_path / "stick"
    before = paths()
    assert copy_files(places.library, stick) == 2
    assert not is_library(stick)
    take_along(places, stick)
    assert is_library(stick)
    assert find_locations().database == stick / "observations.db"
    assert sorted(paths()) == sorted([finds[2], *(stick / path.relative_to(places.data) for path in before[1:])])
    assert all(path.is_file() for path in (*paths(), *before, places.database)), "nothing of before is touched"
    shutil.rmtree(places.data)
    elsewhere = stick.rename(tmp_path / "other")
    choose_library(find_locations(), elsewhere)
    assert all(path.is_file() for path in paths())


def test_a_library_whose_drive_is_out_is_no_empty_book(finds: list[Path], tmp_path: Path) -> None:
    take_along(create_locations(), tmp_path / "stick")
    (tmp_path / "stick").rename(tmp_path / "out")
    with pytest.raises(FieldGuideError) as refused:
        create_locations()
    assert refused.value.code is ErrorCode.LIBRARY_MISSING
    assert not (tmp_path / "stick").exists()
    (tmp_path / "out").rename(tmp_path / "stick")
    assert len(paths()) == 3
    choose_library(find_locations(), find_locations().data)
    assert find_locations().library == find_locations().data


def test_a_disk_that_is_full_leaves_the_library_of_before_in_use(
    finds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FieldGuideError):
        take_along(create_locations(), tmp_path / "file" / "stick")
    assert create_locations().library == create_locations().data
    assert len(paths()) == 3


def test_a_word_before_all_others_names_the_library(
    finds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(LIBRARY_VARIABLE, "")  # put back afterwards
    take_along(create_locations(), tmp_path / "stick")
    choose_library(find_locations(), find_locations().data)
    assert main(["--library", str(tmp_path / "new"), "history", "list"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["--library", str(tmp_path / "stick"), "history", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
