"""Reading photos: scale, orientation, date, place, digest, and every mode that Pillow knows."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import find_photos, read_header, read_photo
from fieldguide.core.photo.exif import read_exif
from tests.helpers.swapped import swapped

MAX_PIXELS_OF_PILLOW = Image.MAX_IMAGE_PIXELS


def picture(width: int = 80, height: int = 60) -> Image.Image:
    """Red in its upper left quarter, a blue gradient elsewhere."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 2] = np.linspace(60, 200, width, dtype=np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    return Image.fromarray(pixels)


def is_red(pixel: np.ndarray) -> bool:
    return pixel[0] > 170 and pixel[2] < 90


def test_a_photo_has_its_digest_and_its_full_size(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    picture(800, 600).save(file)
    decoded = read_photo(file, 64)
    assert decoded.photo.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (decoded.photo.width, decoded.photo.height) == (800, 600)
    assert decoded.pixels.dtype == np.uint8
    assert 128 <= min(decoded.pixels.shape[:2]) < 256


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "webp"])
def test_other_formats_are_reduced_too(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    picture(800, 600).save(file)
    decoded = read_photo(file, 64)
    assert (decoded.photo.width, decoded.photo.height) == (800, 600)
    assert 128 <= min(decoded.pixels.shape[:2]) < 256
    assert is_red(decoded.pixels[10, 10])


def test_a_small_photo_keeps_every_pixel(tmp_path: Path) -> None:
    picture(30, 20).save(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png", 224).pixels.shape == (20, 30, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_every_orientation_stands_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that a camera held so has applied
    stored = picture() if orientation == 1 else picture().transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    file = tmp_path / f"a.{suffix}"
    stored.save(file, exif=exif.tobytes())
    decoded = read_photo(file, 64)
    assert (decoded.photo.width, decoded.photo.height) == (80, 60)
    assert decoded.pixels.shape == (60, 80, 3)
    assert is_red(decoded.pixels[10, 10])
    assert not is_red(decoded.pixels[50, 70])


def with_exif(file: Path, taken: str | None = None, gps: dict[int, object] | None = None) -> Path:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2001:01:01 01:01:01"
    if taken is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if gps is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    picture().save(file, exif=exif)
    return file


def test_date_and_place_come_from_the_header(tmp_path: Path) -> None:
    gps = {1: "S", 2: (47.0, 30.0, 36.0), 3: "W", 4: (8.0, 15.0, 0.0)}
    photo = read_photo(with_exif(tmp_path / "a.jpg", "2024:10:03 14:05:06", gps), 64).photo
    assert photo.taken_at == datetime(2024, 10, 3, 14, 5, 6)
    assert photo.latitude == pytest.approx(-47.51)
    assert photo.longitude == pytest.approx(-8.25)


@pytest.mark.parametrize(
    "taken", [None, "", "0000:00:00 00:00:00", "yesterday", "2024:13:45 99:99:99", "1066:10:14 09:00:00"]
)
def test_a_missing_or_broken_date_is_never_invented(tmp_path: Path, taken: str | None) -> None:
    assert read_photo(with_exif(tmp_path / "a.jpg", taken), 64).photo.taken_at is None


def test_a_date_in_the_future_is_dropped(tmp_path: Path) -> None:
    ahead = (datetime.now() + timedelta(days=3)).strftime("%Y:%m:%d %H:%M:%S")
    assert read_photo(with_exif(tmp_path / "a.jpg", ahead), 64).photo.taken_at is None


@pytest.mark.parametrize(
    "gps",
    [
        {2: (47.0, 30.0, 36.0), 4: (8.0, 15.0, 0.0)},  # no hemisphere: the sign is unknown
        {1: "N", 2: (147.0, 0.0, 0.0), 3: "E", 4: (8.0, 0.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (47.0, 0.0, 0.0)},
    ],
)
def test_half_a_place_is_no_place(tmp_path: Path, gps: dict[int, object]) -> None:
    photo = read_photo(with_exif(tmp_path / "a.jpg", None, gps), 64).photo
    assert photo.latitude is None
    assert photo.longitude is None


def test_a_place_without_a_fraction_is_dropped(tmp_path: Path) -> None:
    from PIL.TiffImagePlugin import IFDRational

    nowhere = {1: "N", 2: (IFDRational(0, 0),) * 3, 3: "E", 4: (8.0, 0.0, 0.0)}
    assert read_photo(with_exif(tmp_path / "a.jpg", None, nowhere), 64).photo.latitude is None


def test_a_damaged_header_costs_only_itself_and_warns_nobody(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    picture().save(file, exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x05\x00\x12\x01\x03\x00\xff\xff\xff\x7f\x06\x00")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_photo(file, 64).photo.taken_at is None


def test_an_image_without_header_has_neutral_values() -> None:
    assert read_exif(picture()).orientation == 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    grey = np.tile(np.linspace(0, 65535, 80).astype(np.uint16), (60, 1))
    image = {
        "I;16": Image.fromarray(grey),
        "I": Image.fromarray(grey.astype(np.int32)),
        "F": Image.fromarray(grey.astype(np.float32) / 65535),
    }.get(mode) or picture().convert(mode)
    image.save(tmp_path / "a.tif")
    pixels = read_photo(tmp_path / "a.tif", 64).pixels
    assert pixels.shape == (60, 80, 3)
    if mode in {"I;16", "I", "F"}:
        assert abs(int(pixels[0, 40, 0]) - 128) < 6


def test_a_cmyk_jpeg_is_read_in_its_colours(tmp_path: Path) -> None:
    picture(400, 300).convert("CMYK").save(tmp_path / "a.jpg")
    assert is_red(read_photo(tmp_path / "a.jpg", 32).pixels[10, 10])


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png", 64).pixels.min() == 255
    palette = picture().convert("P")
    palette.save(tmp_path / "b.png", transparency=bytes([0] * 256))
    assert read_photo(tmp_path / "b.png", 64).pixels.min() == 255


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "tif"])
def test_an_animation_gives_its_first_frame(tmp_path: Path, suffix: str) -> None:
    second = Image.new("RGB", (80, 60), "green")
    picture().save(tmp_path / f"a.{suffix}", save_all=True, append_images=[second])
    assert is_red(read_photo(tmp_path / f"a.{suffix}", 64).pixels[10, 10])


def test_a_wrong_suffix_is_no_matter(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png", format="JPEG")
    assert is_red(read_photo(tmp_path / "a.png", 64).pixels[10, 10])


def test_the_reduced_decode_is_close_to_the_full_one(tmp_path: Path) -> None:
    random = np.random.default_rng(0).integers(0, 255, (38, 50, 3), dtype=np.uint8)
    smooth = Image.fromarray(random).resize((1600, 1200), Image.Resampling.BICUBIC)
    smooth.save(tmp_path / "a.jpg", quality=90)
    reduced = Image.fromarray(read_photo(tmp_path / "a.jpg", 128).pixels).resize((160, 120), Image.Resampling.BICUBIC)
    with Image.open(tmp_path / "a.jpg") as full:
        reference = full.resize((160, 120), Image.Resampling.BICUBIC)
    assert np.abs(np.asarray(reduced, float) - np.asarray(reference, float)).mean() < 1.0


def test_pillow_is_left_as_it_was(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.jpg")
    read_photo(tmp_path / "a.jpg", 64)
    assert Image.MAX_IMAGE_PIXELS == MAX_PIXELS_OF_PILLOW
    assert "HEIF" not in Image.OPEN


def test_folders_are_expanded_and_named_files_are_kept(tmp_path: Path) -> None:
    for name in ("b/z.JPG", "b/a.heic", "b/.hidden.jpg", "b/notes.txt", ".secret/a.jpg", "c.webp"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x")
    named = tmp_path / "b/notes.txt"
    missing = tmp_path / "missing.jpg"
    names = [path.relative_to(tmp_path).as_posix() for path in find_photos([tmp_path, named, missing])]
    assert names == ["b/a.heic", "b/z.JPG", "c.webp", "b/notes.txt", "missing.jpg"]


@pytest.mark.parametrize("read", [lambda path: read_photo(path, 64), read_header], ids=["whole", "header"])
def test_a_photo_that_goes_while_it_is_looked_at_is_missing_and_not_called_no_image(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    photo = tmp_path / "a.jpg"
    Image.new("RGB", (64, 64)).save(photo)
    with swapped(photo, lambda: None), pytest.raises(FieldGuideError) as told:
        read(photo)
    assert told.value.code is ErrorCode.PHOTO_MISSING
