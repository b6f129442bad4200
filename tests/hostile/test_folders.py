"""Folders as they are found in the wild: bins, thumbnails, what one may not enter, drives that are gone."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import find_photos, read_header, read_photo
from fieldguide.core.text import explain
from trainer.config import DataConfig
from trainer.data.scan import list_photos

LEFT_BEHIND = ["@eaDir", ".thumbnails", "#recycle", "$RECYCLE.BIN", "lost+found", "__MACOSX", ".Trash-1000", "@Recycle"]


def photo(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 24), (90, 60, 30)).save(file)
    return file


@pytest.mark.parametrize("name", LEFT_BEHIND)
def test_what_systems_leave_behind_is_no_find_and_no_label(tmp_path: Path, name: str) -> None:
    kept = photo(tmp_path / "Boletus_edulis" / "a.jpg")
    photo(tmp_path / "Boletus_edulis" / name / "a.jpg")
    photo(tmp_path / name / "b.jpg")
    (tmp_path / "Boletus_edulis" / "._a.jpg").write_bytes(b"AppleDouble")
    assert find_photos([tmp_path]) == [kept]
    assert [listed.raw_label for listed in list_photos(DataConfig(folders=(str(tmp_path),)))] == ["Boletus_edulis"]


def test_too_long_a_name_is_named(tmp_path: Path) -> None:
    long = tmp_path / ("a" * 300 + ".jpg")
    assert find_photos([long]) == [long]
    for read in (read_header, lambda file: read_photo(file, 64)):
        with pytest.raises(FieldGuideError) as told:
            read(long)
        assert told.value.code in {ErrorCode.PHOTO_UNREADABLE, ErrorCode.PHOTO_MISSING}


@pytest.mark.parametrize("dead", [errno.EACCES, errno.ENOTCONN, errno.EIO, errno.ESTALE])
def test_a_folder_that_cannot_be_entered_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: int
) -> None:
    """The system's own calls answer as for a folder without permission, or a mount that is gone: root may enter all."""
    good, shut = photo(tmp_path / "a.jpg"), tmp_path / "shut"
    photo(shut / "b.jpg")
    for call in ("scandir", "listdir", "stat"):
        real = getattr(os, call)

        def fails(path=".", *rest, real=real, call=call, **options):
            inside = str(path).startswith(str(shut)) and (call != "stat" or dead != errno.EACCES)
            if inside:
                raise OSError(dead, os.strerror(dead), str(path))
            return real(path, *rest, **options)

        monkeypatch.setattr(os, call, fails)
    assert find_photos([tmp_path]) == [good, shut]
    assert find_photos([shut, good]) == [shut, good]
    with pytest.raises(FieldGuideError) as told:
        read_photo(shut, 64)
    assert told.value.code is ErrorCode.FOLDER_UNREADABLE
    assert "shut" in explain(told.value)
