import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldguide.storage.thumbnails import LONG_SIDE, ThumbnailStore, make_thumbnail

SHA = "ab" * 32


@pytest.fixture
def thumbnails(tmp_path: Path) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(tmp_path / "thumbnails.db")
    yield store
    store.close()


@pytest.mark.parametrize(
    ("shape", "size"), [((600, 900, 3), (256, 171)), ((900, 600, 3), (171, 256)), ((10, 20, 3), (20, 10))]
)
def test_thumbnails_keep_the_shape_and_never_grow(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    pixels = np.full(shape, (200, 30, 20), np.uint8)
    picture = Image.open(io.BytesIO(make_thumbnail(pixels)))
    assert picture.format == "JPEG"
    assert picture.size == size
    assert max(picture.size) <= LONG_SIDE
    assert np.abs(np.asarray(picture)[0, 0].astype(int) - (200, 30, 20)).max() < 8


def test_what_was_kept_is_found_after_opening_again(thumbnails: ThumbnailStore) -> None:
    thumbnails.add({SHA: b"one", "cd" * 32: b"two"})
    thumbnails.add({SHA: b"newer"})
    thumbnails.close()
    again = ThumbnailStore(thumbnails.path)
    assert again.get([SHA, "ef" * 32]) == {SHA: b"newer"}
    assert again.get([]) == {}
    again.close()


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_cache_begins_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thumbnails.db"
    path.write_bytes(content)
    store = ThumbnailStore(path)
    store.add({SHA: b"one"})
    assert store.get([SHA]) == {SHA: b"one"}
    store.close()


def test_a_cache_that_another_program_holds_is_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It kept the whole history from opening, as if the finds were held."""
    monkeypatch.setattr("fieldguide.storage.thumbnails.BUSY_SECONDS", 0.01)
    file = tmp_path / "thumbnails.db"
    ThumbnailStore(file).close()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with closing(ThumbnailStore(file)) as thumbnails:
            thumbnails.add({"ab": b"picture"})
            assert thumbnails.get(["ab"]) == {"ab": b"picture"}
    with closing(ThumbnailStore(file)) as thumbnails:
        assert thumbnails.get(["ab"]) == {}
