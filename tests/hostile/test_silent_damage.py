"""Damage in the middle of a picture that its decoder reads over in silence, and sound pictures that look like it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.boxes import tiles_of
from tests.helpers.heif_grids import grid_of
from tests.hostile.test_damaged_photos import encoded, scene

DRAWN = Path(__file__).parents[1] / "helpers" / "drawn.heic"  # 192 x 128 made-up pixels; nothing here writes HEIC
WRITERS: dict[str, tuple[str, dict[str, object]]] = {
    "progressive": ("jpg", {"progressive": True, "quality": 88}),
    "webp": ("webp", {"quality": 80}),
    "deflate": ("tif", {"compression": "tiff_deflate"}),
    "packbits": ("tif", {"compression": "packbits"}),
    "jpeg in tiff": ("tif", {"compression": "jpeg"}),
    "avif": ("avif", {"quality": 75, "speed": 10}),
    "heic": ("heic", {}),
}


def written(writer: str, image: Image.Image | None = None) -> bytes:
    suffix, options = WRITERS[writer]
    return DRAWN.read_bytes() if suffix == "heic" else encoded(suffix, image or scene(320, 240), **options)


def is_read(file: Path, data: bytes) -> bool:
    file.write_bytes(data)
    try:
        read_photo(file, 64)
    except FieldGuideError:
        return False
    return True


def damaged(data: bytes, way: str, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) // 8, len(data) - 600)
    piece = {
        "flip": bytes([data[place] ^ 1 << chance.randrange(8)]),
        "noise": chance.randbytes(256),
        "zeros": bytes(256),
    }
    return data[:place] + piece[way] + data[place + len(piece[way]) :]


@pytest.mark.parametrize(
    ("writer", "way", "least"),
    [
        ("progressive", "noise", 19),
        ("progressive", "zeros", 13),
        *(("webp", way, 19) for way in ("flip", "noise", "zeros")),
        *(("deflate", way, 19) for way in ("flip", "noise", "zeros")),
        *(("packbits", way, 16) for way in ("noise", "zeros")),
        *(("jpeg in tiff", way, 17) for way in ("noise", "zeros")),
        *(("avif", way, 12) for way in ("flip", "noise", "zeros")),
        *(("heic", way, 10) for way in ("flip", "noise", "zeros")),
    ],
)
def test_damage_inside_a_picture_is_told(tmp_path: Path, writer: str, way: str, least: int) -> None:
    """Of twenty; what is missed is told in docs/formats.md."""
    data, chance = written(writer), random.Random(4)
    suffix = WRITERS[writer][0]
    assert is_read(tmp_path / f"a.{suffix}", data)
    told = sum(not is_read(tmp_path / f"a.{suffix}", damaged(data, way, chance)) for _ in range(20))
    assert told >= least


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_damage_in_the_first_picture_of_an_animation_is_told(tmp_path: Path, mode: str) -> None:
    first = scene(320, 240)
    if mode == "RGBA":
        first.putalpha(200)
    data = encoded("webp", first, save_all=True, append_images=[first.rotate(180)], quality=80)
    assert is_read(tmp_path / "a.webp", data)
    place = data.index(b"VP8 ", data.index(b"ANMF"))
    length, chance, told = int.from_bytes(data[place + 4 : place + 8], "little"), random.Random(3), 0
    for _ in range(20):
        wound = chance.randrange(place + 40, place + length)
        told += not is_read(tmp_path / "a.webp", data[:wound] + bytes([data[wound] ^ 16]) + data[wound + 1 :])
    assert told >= 19


def test_a_fax_is_not_read_and_no_decoder_speaks_for_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is wrong in its lines is only written to the terminal, a line each."""
    data = bytearray(encoded("tif", scene(320, 240).convert("1"), compression="group4"))
    data[1000:1040] = bytes(40)
    assert not is_read(tmp_path / "a.tif", bytes(data))
    for place in range(200, 20_000, 500):  # of LZW, which libtiff complains of too
        packed = bytearray(encoded("tif", scene(320, 240), compression="tiff_lzw"))
        packed[place : place + 40] = b"\xff" * 40
        is_read(tmp_path / "b.tif", bytes(packed))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{"quality": 5}, {"quality": 100, "subsampling": 0}, {"restart_marker_rows": 1}])
def test_a_sound_progressive_jpeg_is_read_with_and_without_its_end(tmp_path: Path, mode: str, options: dict) -> None:
    data = encoded("jpg", scene(333, 217).convert(mode), progressive=True, **options)
    assert is_read(tmp_path / "a.jpg", data)
    assert is_read(tmp_path / "a.jpg", data[:-2])


def half_white() -> Image.Image:
    image = scene(320, 240)
    ImageDraw.Draw(image).rectangle((0, 120, 320, 240), "white")
    return image


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("webp", {"quality": 0}),
        ("webp", {"quality": 100, "method": 0}),
        ("webp", {"lossless": True, "method": 0}),
        ("webp", {"lossless": True, "method": 6}),
        ("avif", {"quality": 5, "speed": 10}),
        ("avif", {"quality": 100, "speed": 10, "subsampling": "4:4:4"}),
        ("avif", {"quality": 60, "speed": 10, "tile_rows": 1, "tile_cols": 1, "autotiling": False}),
        ("tif", {"compression": "tiff_lzw"}),
        ("tif", {"compression": "tiff_adobe_deflate"}),
        ("tif", {"compression": "packbits"}),
    ],
)
def test_sound_pictures_are_read_whatever_they_show(tmp_path: Path, suffix: str, options: dict) -> None:
    shown = [scene(320, 240), half_white(), Image.new("RGB", (900, 600), "white"), scene(17, 3), scene(65, 64)]
    for image in shown:
        assert is_read(tmp_path / f"a.{suffix}", encoded(suffix, image, **options))
    if suffix != "tif":
        transparent = half_white()
        transparent.putalpha(128)
        assert is_read(tmp_path / f"a.{suffix}", encoded(suffix, transparent, **options))


def test_a_picture_in_motion_is_read(tmp_path: Path) -> None:
    frames = [scene(160, 120), half_white().resize((160, 120))]
    for suffix in ("webp", "gif", "avif"):
        data = encoded(suffix, frames[0], save_all=True, append_images=frames[1:])
        assert is_read(tmp_path / f"a.{suffix}", data)


def one_tile(data: bytes, settings: bytes) -> tuple[bytes, bytes]:
    """The coded data of the only item, and the whole box of its settings."""
    start = data.index(settings) - 4
    return data[data.index(b"mdat") + 4 :], data[start : start + int.from_bytes(data[start : start + 4], "big")]


@pytest.mark.parametrize("turned", [None, 0, 1, 3])
@pytest.mark.parametrize("kind", [b"hvc1", b"av01"])
def test_a_grid_of_tiles_is_read_and_its_damage_told(tmp_path: Path, kind: bytes, turned: int | None) -> None:
    """The tiles at its right and lower edge are cut: what is wrong at their ends is not seen."""
    if kind == b"hvc1":
        tile, settings, size, suffix = *one_tile(DRAWN.read_bytes(), b"hvcC"), (192, 128), "heic"
    else:
        tile, settings = one_tile(encoded("avif", scene(256, 128), quality=75, speed=10, range="full"), b"av1C")
        size, suffix = (256, 128), "avif"
    seen = (2 * size[0] - 20, 3 * size[1] - 20)

    def grid(*data: bytes) -> bytes:
        return grid_of([*data], settings, kind, size, seen, turned)

    whole, file = grid(*[tile] * 6), tmp_path / f"a.{suffix}"
    assert is_read(file, whole)
    assert np.asarray(read_photo(file, 64).pixels).std() > 10
    tiles = tiles_of(whole)
    assert tiles is not None
    assert [each.box for each in tiles.tiles] == [
        (0, row * size[1], size[0], (row + 1) * size[1]) for row in range(2)
    ]  # of six, four are cut
    chance, told = random.Random(2), 0
    for _ in range(20):
        told += not is_read(file, grid(damaged(tile, "noise", chance), *[tile] * 5))
    assert told >= 10
