"""Shades that are wrong from one block of a JPEG on, and sound pictures that look a little like it."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.jpeg import WatchedJpeg
from fieldguide.core.photo.stairs import JUMP, stair_of
from tests.hostile.test_damaged_photos import encoded, scene


def moved(image: Image.Image, block: tuple[int, int], shades: int, size: int = 16) -> Image.Image:
    """The picture whose every block from `block` (column, row) on, in their order, is that much brighter."""
    values, (column, row) = np.asarray(image).astype(np.int16), block
    values[row * size : (row + 1) * size, column * size :] += shades
    values[(row + 1) * size :] += shades
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def strength(image: Image.Image, **options: object) -> float:
    opened = WatchedJpeg(encoded("jpg", image, **options))
    opened.load()
    return stair_of(opened)


def busy(width: int = 640, height: int = 480) -> Image.Image:
    """Ground of all scales, as in a wood."""
    chance, whole = np.random.default_rng(3), np.zeros((height, width, 3), np.float32)
    for scale in (4, 16, 64):
        few = chance.integers(0, 256, (height // scale + 1, width // scale + 1, 3), np.uint8)
        whole += np.asarray(Image.fromarray(few).resize((width, height), Image.Resampling.BICUBIC)) / 3
    return Image.fromarray(whole.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("options", [{}, {"quality": 60}, {"progressive": True}])
@pytest.mark.parametrize("block", [(5, 4), (30, 20), (20, 1)])
@pytest.mark.parametrize("shades", [40, -25])
def test_a_jump_of_all_later_blocks_is_seen(options: dict[str, object], block: tuple[int, int], shades: int) -> None:
    assert strength(busy(), **options) < JUMP / 2
    assert strength(moved(busy(), block, shades), **options) > JUMP


@pytest.mark.parametrize("side", [64, 300, 2000])
@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_it_is_seen_at_every_scale_of_decoding(tmp_path: Path, side: int, grey: bool, subsampling: int) -> None:
    image = moved(busy(), (16, 12), 40, 8 if grey or subsampling == 0 else 16)
    for picture, code in ((busy(), None), (image, ErrorCode.PHOTO_UNREADABLE)):
        (tmp_path / "a.jpg").write_bytes(
            encoded("jpg", picture.convert("L") if grey else picture, quality=88, subsampling=subsampling)
        )
        if code is None:
            read_photo(tmp_path / "a.jpg", side)
            continue
        with pytest.raises(FieldGuideError) as caught:
            read_photo(tmp_path / "a.jpg", side)
        assert caught.value.code is code


def test_flipped_bits_that_move_half_a_picture_are_mostly_told(tmp_path: Path) -> None:
    """What they leave is told in docs/formats.md."""
    data, chance, told, wrong = encoded("jpg", busy(), quality=80), random.Random(2), 0, 0
    clean = np.asarray(Image.open(io.BytesIO(data))).astype(int)
    for _ in range(80):
        flipped = bytearray(data)
        flipped[chance.randrange(len(data) // 20, len(data) * 3 // 4)] ^= 1 << chance.randrange(8)
        (tmp_path / "a.jpg").write_bytes(flipped)
        try:
            read_photo(tmp_path / "a.jpg", 224)
        except FieldGuideError:
            told += 1
            continue
        pixels = np.asarray(Image.open(tmp_path / "a.jpg")).astype(int)
        wrong += int((np.abs(pixels - clean).max(axis=2) > 16).mean() > 0.25)
    assert told > 5 * max(1, wrong)


def tilted(slope: float) -> Image.Image:
    down, across = np.mgrid[:480, :640]
    return Image.fromarray(np.stack([100 + slope * down + across * slope / 40] * 3, 2).astype(np.uint8))


@pytest.mark.parametrize("quality", [5, 20, 50, 90])
def test_smooth_ground_in_coarse_steps_is_no_damage(quality: int) -> None:
    """Its bands end at blocks, and run along them."""
    for image in (*(tilted(slope) for slope in (0.01, 0.05, 0.2)), scene(640, 480).filter(ImageFilter.GaussianBlur(9))):
        assert strength(image, quality=quality) < JUMP


@pytest.mark.parametrize("gap", [0, 16, 24])
def test_bars_and_pictures_beside_each_other_are_no_damage(gap: int) -> None:
    page = Image.new("RGB", (640, 480), "white")
    for place, other in enumerate(((0, 0), (320, 0), (0, 240), (320, 240))):
        piece = busy().resize((320 - gap, 240 - gap)).rotate(90 * place)
        page.paste(piece, other)
    assert strength(page) < JUMP
    ImageDraw.Draw(page).rectangle((0, 0, 640, 63), "black")
    assert strength(page) < JUMP


@pytest.mark.parametrize("offset", [0, 4, 8, 12])
@pytest.mark.parametrize("degrees", [0.02, 0.1, 0.3])
def test_the_edge_of_a_table_that_leans_a_little_is_no_damage(tmp_path: Path, offset: int, degrees: float) -> None:
    """Over the whole width it moves by a row of blocks or less; read at a smaller scale, too."""
    down, across = np.mgrid[0:1200, 0:1600]
    wall = 190 - 110 * np.clip(down - (592 + offset + (across - 800) * np.tan(np.radians(degrees))), 0, 1)
    image = Image.fromarray(
        (np.stack([wall] * 3, 2) + np.random.default_rng(0).normal(0, 2, (1200, 1600, 1))).astype("u1")
    )
    assert strength(image, quality=92) < JUMP
    (tmp_path / "table.jpg").write_bytes(encoded("jpg", image, quality=92))
    read_photo(tmp_path / "table.jpg", 192)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (95, 640), (97, 97), (640, 95)])
def test_small_pictures_have_no_stair(size: tuple[int, int]) -> None:
    assert strength(busy().resize(size)) < JUMP
