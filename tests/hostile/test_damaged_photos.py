"""A damaged photo is never handed on, a padded or swollen one costs nothing, and what only lacks its end is read."""

from __future__ import annotations

import io
import os
import random
import resource
import struct
import zlib
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image, ImageCms

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import read_header, read_photo


def scene(width: int = 640, height: int = 480) -> Image.Image:
    """Soft shapes with some grain, as photos have it."""
    grain = np.random.default_rng(3)
    coarse = Image.fromarray(grain.integers(0, 255, (9, 12, 3), dtype=np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    return Image.fromarray(
        np.clip(np.asarray(coarse) + grain.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8)
    )


def encoded(suffix: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or scene()).save(out, {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix.upper()), **options)
    return out.getvalue()


def code_of(file: Path, data: bytes) -> ErrorCode | None:
    file.write_bytes(data)
    try:
        read_photo(file, 64)
    except FieldGuideError as error:
        return error.code
    return None


BROKEN = {ErrorCode.PHOTO_TRUNCATED, ErrorCode.PHOTO_UNREADABLE}


@pytest.mark.parametrize("exif", [False, True])
def test_no_flipped_bit_of_a_png_is_read_as_whole(tmp_path: Path, exif: bool) -> None:
    header = Image.Exif()
    header[0x010F] = "Camera"
    data, chance = encoded("png", **({"exif": header} if exif else {})), random.Random(1)
    for _ in range(40):
        place = chance.randrange(8, len(data))
        damaged = bytearray(data)
        damaged[place] ^= 1 << chance.randrange(8)
        assert code_of(tmp_path / "a.png", bytes(damaged)) in BROKEN | {ErrorCode.PHOTO_TOO_LARGE}, place


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif", "tif", "bmp", "avif"])
def test_no_format_is_read_without_its_last_part(tmp_path: Path, suffix: str) -> None:
    data = encoded(suffix)
    for kept in (0.3, 0.7, 0.97):
        assert code_of(tmp_path / f"a.{suffix}", data[: int(len(data) * kept)]) in BROKEN, kept


def test_a_jpeg_that_loses_its_step_is_told(tmp_path: Path) -> None:
    """What libjpeg only warns of. A flip that keeps the step shades the rest and is not told: docs/formats.md."""
    data, chance = encoded("jpg"), random.Random(2)
    clean, told, wrong = np.asarray(read_photo_of(tmp_path, data)), 0, 0
    for _ in range(60):
        damaged = bytearray(data)
        damaged[chance.randrange(len(data) // 5, len(data) - 20)] ^= 1 << chance.randrange(8)
        if code_of(tmp_path / "a.jpg", bytes(damaged)) in BROKEN:
            told += 1
        else:
            wrong += int(
                (np.abs(read_photo_of(tmp_path, bytes(damaged)).astype(int) - clean).max(axis=2) > 16).mean() > 0.5
            )
    assert told >= 5
    assert wrong <= 25


def read_photo_of(folder: Path, data: bytes) -> np.ndarray:
    (folder / "b.jpg").write_bytes(data)
    return read_photo(folder / "b.jpg", 64).pixels


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}, {"quality": 100}]
)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_whole_jpeg_gives_the_same_pixels_as_pillow(tmp_path: Path, options: dict[str, object], mode: str) -> None:
    for image in (scene(333, 217).convert(mode), Image.new(mode, (333, 217)), Image.new(mode, (17, 1), "white")):
        data = encoded("jpg", image, **options)
        opened = Image.open(io.BytesIO(data))
        opened.draft(None, (128, 128))
        factor = max(1, min(opened.size) // 128)
        assert np.array_equal(read_photo_of(tmp_path, data), np.asarray(opened.reduce(factor).convert("RGB")))


@pytest.mark.parametrize("filling", [b"", b"\x00" * 40, b"\xff" * 9])
def test_a_jpeg_that_lacks_only_its_end_marker_or_is_filled_up_is_read(tmp_path: Path, filling: bytes) -> None:
    data = encoded("jpg")
    whole = read_photo_of(tmp_path, data)
    assert np.array_equal(read_photo_of(tmp_path, data[:-2] + filling), whole)
    assert np.array_equal(read_photo_of(tmp_path, data[:-2] + filling + b"\xff\xd9" + bytes(5000)), whole)


@pytest.mark.parametrize("filling", [b"\x00", b"\xff"])
@pytest.mark.parametrize("suffix", ["jpg", "progressive", "png", "webp", "lossless", "avif"])
def test_a_page_that_was_never_written_is_told(tmp_path: Path, suffix: str, filling: bytes) -> None:
    options: dict[str, dict[str, object]] = {
        **{"jpg": {"quality": 95}, "progressive": {"progressive": True, "quality": 95}, "webp": {"quality": 98}},
        **{"lossless": {"lossless": True}, "avif": {"quality": 95, "speed": 10}},
    }
    kind = {"progressive": "jpg", "lossless": "webp"}.get(suffix, suffix)
    whole = encoded(kind, **options.get(suffix, {}))
    assert code_of(tmp_path / f"a.{kind}", whole) is None
    place = len(whole) * 2 // 3
    assert place + 4200 < len(whole)
    assert code_of(tmp_path / f"a.{kind}", whole[:place] + filling * 4096 + whole[place + 4096 :]) in BROKEN


@pytest.mark.parametrize("colour", ["white", "black", "grey"])
@pytest.mark.parametrize("suffix", ["jpg", "progressive", "png", "webp", "lossless", "avif", "tif"])
def test_flat_ground_is_no_damage(tmp_path: Path, suffix: str, colour: str) -> None:
    kind = {"progressive": "jpg", "lossless": "webp"}.get(suffix, suffix)
    options = {"progressive": suffix == "progressive", "lossless": suffix == "lossless", "speed": 10}
    flat = Image.new("RGB", (3000, 2000), colour)
    assert code_of(tmp_path / f"a.{kind}", encoded(kind, flat, **options)) is None


@pytest.mark.parametrize("interlaced", [0, 1])
def test_a_png_whose_rows_end_too_early_is_told(tmp_path: Path, interlaced: int) -> None:
    """All its checksums fit; Pillow leaves the rest black."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for rows, code in ((48, None), (20, ErrorCode.PHOTO_TRUNCATED)):
        packed = zlib.compress((b"\0" + bytes(3 * 64)) * rows * (2 if interlaced and rows == 48 else 1))
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", 64, 48, 8, 2, 0, 0, interlaced))
        assert code_of(tmp_path / "a.png", data + chunk(b"IDAT", packed) + chunk(b"IEND", b"")) is code


def test_a_jpeg_of_thousands_of_scans_or_of_arithmetic_coding_is_refused(tmp_path: Path) -> None:
    """The one costs another way through all blocks for each scan, the other decodes anything to some picture."""
    data = encoded("jpg", progressive=True)
    last = data.rfind(b"\xff\xda")
    assert code_of(tmp_path / "a.jpg", data) is None
    assert code_of(tmp_path / "a.jpg", data[:-2] + data[last:-2] * 2000 + b"\xff\xd9") in BROKEN
    assert code_of(tmp_path / "a.jpg", encoded("jpg").replace(b"\xff\xc0", b"\xff\xc9", 1)) in BROKEN


def test_a_shuffled_restart_marker_is_told(tmp_path: Path) -> None:
    data = encoded("jpg", restart_marker_rows=1)
    assert code_of(tmp_path / "a.jpg", data.replace(b"\xff\xd3", b"\xff\xd5", 1)) in BROKEN


def padded(size: int, head: bytes, file: Path) -> Path:
    file.write_bytes(head)
    os.truncate(file, size)
    return file


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe1\x00\x02",
        b"\xff\xd8\xff" + b"\xff" * 8,
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x10\x00\x10\x00\x00\x00\x00!\xfe",
        b"RIFF\x00\x00\x00\x08WEBPVP8X",
        b"II*\x00\x08\x00\x00\x00",
        b"BM" + bytes(20),
        b"\x00\x00\x00\x1cftypavif",
    ],
)
@pytest.mark.parametrize("read", [read_header, lambda file: read_photo(file, 64)])
def test_a_file_padded_with_nothing_stops_at_a_bound(tmp_path: Path, head: bytes, read) -> None:
    file = padded(300 * 2**20, head, tmp_path / "a.jpg")
    before = psutil.Process().io_counters().read_chars
    try:
        read(file)
    except FieldGuideError as error:
        assert error.code in BROKEN | {ErrorCode.PHOTO_TOO_LARGE, ErrorCode.PHOTO_NOT_AN_IMAGE}  # noqa: PT017
    assert psutil.Process().io_counters().read_chars - before < 65 * 2**20


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(file: Path, side: int = 25_000) -> Path:
    """A PNG of side x side white pixels, a few hundred kilobytes."""
    line = zlib.compressobj(9)
    packed = b"".join(line.compress(bytes(side // 8 + 1)) for _ in range(side)) + line.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    return file


def test_the_header_of_a_bomb_is_read_and_nothing_is_decoded(tmp_path: Path) -> None:
    file = bomb(tmp_path / "a.png")
    read_header(file)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_header(file).taken_at is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB
    assert code_of(file, file.read_bytes()) is ErrorCode.PHOTO_TOO_LARGE


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
def test_a_header_tells_the_same_as_the_photo_and_reads_little(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8769)[0x9003] = "2024:10:05 11:12:13"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 0.0), 3: "E", 4: (14.0, 15.0, 0.0)})
    file = tmp_path / f"a.{suffix}"
    file.write_bytes(encoded(suffix, exif=exif.tobytes()))
    header, photo = read_header(file), read_photo(file, 64).photo
    assert header.taken_at is not None
    assert (header.taken_at, header.latitude, header.longitude) == (photo.taken_at, photo.latitude, photo.longitude)
    assert (photo.latitude, photo.longitude) == (50.5, 14.25)


def test_an_avif_is_read(tmp_path: Path) -> None:
    image = scene(320, 240)
    (tmp_path / "a.avif").write_bytes(encoded("avif", image, quality=95))
    pixels = read_photo(tmp_path / "a.avif", 224).pixels
    assert np.abs(pixels.astype(int) - np.asarray(image)).mean() < 6


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def wide_profile() -> bytes:
    """The sRGB profile with its red and green moved outwards: what a wider gamut is."""
    data = bytearray(srgb_profile())
    for index in range(struct.unpack(">I", data[128:132])[0]):
        entry = 132 + 12 * index
        tag, offset = data[entry : entry + 4], struct.unpack(">I", data[entry + 4 : entry + 8])[0]
        colour = {
            b"rXYZ": (0.6097, 0.3111, 0.0195),
            b"gXYZ": (0.2053, 0.6257, 0.0609),
            b"bXYZ": (0.1492, 0.0632, 0.7446),
        }.get(bytes(tag))
        if colour:
            data[offset + 8 : offset + 20] = b"".join(struct.pack(">i", round(part * 65536)) for part in colour)
    return bytes(data)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
def test_a_wide_profile_is_honoured_and_an_ordinary_one_changes_no_bit(tmp_path: Path, suffix: str) -> None:
    image = Image.new("RGB", (96, 96), (60, 180, 70))

    def pixel(profile: bytes | None) -> np.ndarray:
        (tmp_path / f"a.{suffix}").write_bytes(encoded(suffix, image, **({"icc_profile": profile} if profile else {})))
        return read_photo(tmp_path / f"a.{suffix}", 64).pixels[40, 40].astype(int)

    plain = pixel(None)
    assert np.array_equal(pixel(srgb_profile()), plain)
    assert np.array_equal(pixel(b"no profile at all" * 20), plain)
    wide = pixel(wide_profile())
    assert wide[0] < plain[0] - 20  # the same numbers mean a purer green there
    assert wide[1] >= plain[1]
