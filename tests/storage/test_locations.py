import os
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage.locations import create_locations, find_locations, sweep


def test_one_variable_moves_everything(own_home: Path) -> None:
    places = create_locations()
    for path in (places.database, places.thumbnails, places.settings, places.log, places.models):
        assert path.is_relative_to(own_home)
    assert places.models.is_dir()


def test_without_the_variable_the_system_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDGUIDE_HOME")
    places = find_locations()
    assert places.data.is_absolute()
    assert "fieldguide" in str(places.database)


def test_a_home_below_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FIELDGUIDE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(FieldGuideError) as refused:
        create_locations()
    assert refused.value.code is ErrorCode.NOT_WRITABLE


def test_what_was_left_half_written_is_swept_and_what_is_at_work_stays(tmp_path: Path) -> None:
    old, young = tmp_path / "photos" / ".a.jpg.12345678.part", tmp_path / ".b.csv.12345678.part"
    old.parent.mkdir()
    for part in (old, young, tmp_path / "whole.csv"):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))
    os.utime(tmp_path / "whole.csv", (1, 1))
    assert sweep(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [young.name, "whole.csv"]


def test_a_folder_that_was_left_half_written_is_swept_too(tmp_path: Path) -> None:
    """A guide is written into a folder of its own before it takes its place on the shelf."""
    folder = tmp_path / "guides" / ".12345678.part"
    folder.mkdir(parents=True)
    (folder / "species.csv").write_bytes(b"half")
    assert sweep(tmp_path) == 0
    os.utime(folder, (1, 1))
    assert sweep(tmp_path) == 1
    assert list((tmp_path / "guides").iterdir()) == []
