"""The one resize-and-crop."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from fieldguide.core.photo.preprocess import InputSpec, crop_box, prepare


def noise(height: int, width: int) -> np.ndarray:
    small = np.random.default_rng(1).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize(("height", "width"), [(300, 400), (400, 300), (64, 64), (7, 900), (900, 1), (1, 1)])
@pytest.mark.parametrize("whole", [True, False])
def test_any_shape_becomes_the_square(height: int, width: int, whole: bool) -> None:
    square = prepare(noise(height, width), InputSpec(64, 72, whole=whole))
    assert square.shape == (3, 64, 64)
    assert square.dtype == np.uint8
    assert square.flags.c_contiguous


def test_it_equals_resizing_first_and_cropping_then() -> None:
    pixels = noise(300, 400)
    resized = Image.fromarray(pixels).resize((160, 120), Image.Resampling.BICUBIC)
    expected = np.asarray(resized.crop((32, 12, 128, 108)), float)
    found = prepare(pixels, InputSpec(96, 120)).transpose(1, 2, 0).astype(float)
    assert np.abs(found - expected).max() <= 2


def test_the_whole_picture_is_squeezed() -> None:
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, :30] = 255
    square = prepare(pixels, InputSpec(64, 64, whole=True))
    assert square[0, 32, 2] == 255
    assert crop_box(300, 100, InputSpec(64, 64, whole=True)) == (0, 0, 300, 100)


def test_the_box_is_the_centre() -> None:
    assert crop_box(400, 200, InputSpec(64, 128)) == (150, 50, 250, 150)


@pytest.mark.parametrize(
    ("size", "resize", "interpolation"),
    [(0, 10, "bicubic"), (224, 200, "bicubic"), (224, 256, "nearest"), (9000, 9000, "bicubic"), (64, 99999, "bicubic")],
)
def test_a_contradictory_specification_is_refused(size: int, resize: int, interpolation: str) -> None:
    with pytest.raises(ValueError, match="is "):
        InputSpec(size, resize, interpolation)
