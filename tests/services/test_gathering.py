"""What was dropped is grouped by the time in the headers, folders opened, and nothing that cannot be read is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ExifTags, Image

from fieldguide.core.text import text
from fieldguide.services.gathering import Gatherer
from fieldguide.services.lanes import Lanes
from fieldguide.services.notices import Notices


def photo(path: Path, taken: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    Image.new("RGB", (32, 24), "#8b4513").save(path, exif=exif)
    return path


@pytest.fixture
def gatherer(qapp):
    lanes, notices = Lanes(), Notices()
    made = Gatherer(lanes, notices)
    made.notices = notices
    yield made
    assert lanes.drain()


def test_photos_of_one_moment_are_offered_as_one_find(qtbot, gatherer: Gatherer, tmp_path: Path) -> None:
    first = photo(tmp_path / "a.jpg", "2026:10:03 11:30:00")
    later = photo(tmp_path / "b.jpg", "2026:10:03 15:00:00")
    again = photo(tmp_path / "sub" / "c.jpg", "2026:10:03 11:31:00")
    broken = tmp_path / "d.jpg"
    broken.write_text("no picture")
    with qtbot.waitSignal(gatherer.gathered) as told:
        gatherer.gather([tmp_path, first])  # named twice: taken once
    assert {frozenset(group) for group in told.args[0].groups} == {
        frozenset({first, again}),
        frozenset({later}),
        frozenset({broken}),
    }


def test_one_photo_is_not_even_opened(qtbot, gatherer: Gatherer, tmp_path: Path) -> None:
    with qtbot.waitSignal(gatherer.gathered) as told:
        gatherer.gather([tmp_path / "gone.jpg"])
    assert told.args[0].groups == ((tmp_path / "gone.jpg",),)


def test_a_folder_without_photos_is_told(qtbot, gatherer: Gatherer, tmp_path: Path) -> None:
    with qtbot.waitSignal(gatherer.notices.posted):
        gatherer.gather([tmp_path])
    assert tmp_path.name in gatherer.notices.take()[0].words


def test_a_folder_of_thousands_is_announced_and_offered(qtbot, gatherer: Gatherer, tmp_path: Path) -> None:
    first = photo(tmp_path / "IMG_0000.jpg").read_bytes()[:20]
    for number in range(2000):
        (tmp_path / f"IMG_{number:04}.jpg").write_bytes(first)
    with qtbot.waitSignal(gatherer.gathered, timeout=120_000) as told:
        gatherer.gather([tmp_path])
    assert len(told.args[0].groups) == 2000
    assert gatherer.notices.take()[0].words == text("storage.gathering", count=2000)
