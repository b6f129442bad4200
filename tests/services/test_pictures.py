import io
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from fieldguide.core.errors import ErrorCode
from fieldguide.core.photo import read_photo
from fieldguide.services.lanes import Lanes
from fieldguide.services.pictures import Pictures
from fieldguide.storage.thumbnails import ThumbnailStore
from tests.helpers.stored_finds import make_photo


@pytest.fixture
def pictures(thumbnails: ThumbnailStore, lanes: Lanes) -> Pictures:
    return Pictures(thumbnails, lanes)


def picture(path: Path, size: tuple[int, int] = (900, 600)) -> Path:
    Image.new("RGB", size, "#a0522d").save(path)
    return path


def test_thumbnails_come_from_the_cache_else_from_the_file(
    pictures: Pictures, thumbnails: ThumbnailStore, qtbot: QtBot, tmp_path: Path
) -> None:
    stored = read_photo(picture(tmp_path / "a.png"), 100).photo
    kept = make_photo("gone.jpg")
    thumbnails.add({kept.sha256: b"kept"})
    told: dict[object, bytes] = {}
    pictures.thumbnail.connect(told.__setitem__)
    sources = [kept, stored, make_photo("never.jpg"), picture(tmp_path / "b.png"), tmp_path / "none.jpg"]
    with qtbot.waitSignals([pictures.thumbnail] * len(sources)):
        for source in sources:
            pictures.want_thumbnail(source)
    assert told[kept] == b"kept"
    for source in (stored, sources[3]):
        assert Image.open(io.BytesIO(told[source])).size == (256, 171)
    assert told[sources[2]] == told[sources[4]] == b""
    assert set(thumbnails.get([stored.sha256])) == {stored.sha256}


def test_a_file_that_was_replaced_lends_no_picture(pictures: Pictures, qtbot: QtBot, tmp_path: Path) -> None:
    stored = read_photo(picture(tmp_path / "a.png"), 100).photo
    picture(tmp_path / "a.png", (500, 500))
    with qtbot.waitSignal(pictures.thumbnail) as told:
        pictures.want_thumbnail(stored)
    assert told.args == [stored, b""]


def test_the_large_photo_comes_upright_and_whole(pictures: Pictures, qtbot: QtBot, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200), "#a0522d").save(tmp_path / "a.jpg", exif=exif)
    with qtbot.waitSignal(pictures.photo) as told:
        pictures.want_photo(tmp_path / "a.jpg")
    assert told.args[0].pixels.shape == (400, 200, 3)


def test_only_the_photo_wanted_last_comes(pictures: Pictures, lanes: Lanes, qtbot: QtBot, tmp_path: Path) -> None:
    told: list[Path] = []
    pictures.photo.connect(lambda decoded: told.append(decoded.photo.path))
    paths = [picture(tmp_path / f"{n}.png") for n in range(5)]
    for path in paths:
        pictures.want_photo(path, 100)
    qtbot.waitUntil(lambda: lanes.busy == 0)
    assert told == paths[-1:]


def test_a_photo_that_cannot_be_read_is_named(pictures: Pictures, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(pictures.photo_failed) as told:
        pictures.want_photo(tmp_path / "none.jpg")
    path, error = told.args
    assert (path, error.code) == (tmp_path / "none.jpg", ErrorCode.PHOTO_MISSING)
