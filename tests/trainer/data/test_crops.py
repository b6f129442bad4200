"""Pictures cut out of others: found wherever the cut was made, and nothing else is."""

import numpy as np
import pytest
from PIL import Image

from tests.helpers.bundles import draw
from tests.helpers.photo_folders import draw_kind
from trainer.data.crops import OVERLAID, Picture, cropped_pairs, overlay


def _picture(kind: int, seed: int, cut: tuple[float, float, float, float] = (0, 0, 1, 1), *, mirrored: bool = False):
    """Drawn at 240 pixels; `cut` tells left, top, right and bottom as shares."""
    drawn = draw_kind(kind, seed, 240).convert("L")
    left, top, right, bottom = (round(240 * share) for share in cut)
    part = drawn.crop((left, top, right, bottom))
    part.thumbnail((96, 96))
    return Picture(np.asarray(part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else part))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("cut", [(0.05, 0, 1, 1), (0.08, 0, 1, 0.96), (0.1, 0.1, 0.9, 0.9), (0.25, 0.25, 1, 1)])
def test_a_cut_lies_over_its_picture(cut: tuple[float, float, float, float], mirrored: bool) -> None:
    whole, part = _picture(0, 3), _picture(0, 3, cut, mirrored=mirrored)
    assert overlay(whole, part) >= OVERLAID
    assert overlay(part, whole) >= OVERLAID


def test_another_picture_of_the_same_kind_does_not() -> None:
    assert max(overlay(_picture(0, 3), _picture(0, other)) for other in range(4, 12)) < OVERLAID


def test_two_simple_drawings_of_one_thing_are_no_copies() -> None:
    """Their caps lie over each other at some size; what is round the caps does not."""
    for label in range(3):
        first, *others = (Picture(np.asarray(draw(label, seed, (96, 72)).convert("L"))) for seed in range(5))
        assert max(overlay(first, other) for other in others) < OVERLAID


def test_two_screenshots_of_other_pictures_are_no_copies() -> None:
    def patches(seed: int, width: int, height: int, low: int, high: int) -> Image.Image:
        drawn = np.random.default_rng(seed).integers(low, high, (height // 6, width // 6), dtype=np.uint8)
        return Image.fromarray(drawn).resize((width, height))

    def screen(seed: int) -> Picture:
        """A dark picture above bright lines that are the same on every screen."""
        frame = patches(0, 64, 96, 150, 255)
        frame.paste(patches(seed, 64, 54, 0, 80), (0, 8))
        return Picture(np.asarray(frame))

    assert overlay(screen(3), screen(3)) >= OVERLAID
    assert max(overlay(screen(3), screen(other)) for other in range(4, 12)) < OVERLAID


def test_a_picture_of_one_colour_lies_over_nothing() -> None:
    blank = Picture(np.full((96, 96), 128, dtype=np.uint8))
    assert overlay(blank, _picture(0, 3)) < OVERLAID
    assert overlay(blank, blank) < OVERLAID


def test_only_neighbours_of_other_groups_are_compared() -> None:
    pictures = [_picture(0, 3), _picture(0, 3, (0.1, 0, 1, 1)), _picture(1, 5), _picture(0, 3)]
    embeddings = np.array([[1, 0], [0.9, 0.1], [-1, 0], [1, 0]], dtype=np.float32)
    assert cropped_pairs(embeddings, [0, 1, 2, 0], pictures.__getitem__) == [(0, 1), (1, 3)]
    assert cropped_pairs(embeddings, [0, 0, 0, 0], pictures.__getitem__) == []
    assert cropped_pairs(embeddings * 0, [0, 1, 2, 3], pictures.__getitem__) == []
