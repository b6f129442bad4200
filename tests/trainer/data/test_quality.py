"""Each score against a picture that has the fault and one that has not."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from trainer.data.audit.quality import QualityScores, quality_scores, small_score
from trainer.data.audit.scale import LISTED

SIZE = (200, 150)


def _field_photo(seed: int = 0) -> Image.Image:
    """Litter of several scales in several colours, as a forest floor has it."""
    generator = np.random.default_rng(seed)
    layers = [generator.normal(0, 1, (SIZE[1] // scale, SIZE[0] // scale, 3)) for scale in (1, 2, 5, 25)]
    total = np.full((SIZE[1], SIZE[0], 3), 115.0)
    for layer, weight in zip(layers, (9, 15, 24, 62), strict=True):
        planes = [
            np.asarray(Image.fromarray(layer[..., c].astype(np.float32)).resize(SIZE, Image.Resampling.BICUBIC))
            for c in range(3)
        ]
        total += weight * np.stack(planes, axis=-1)
    return Image.fromarray(total.clip(0, 255).astype(np.uint8))


def _scores(picture: Image.Image) -> QualityScores:
    pixels: NDArray[np.uint8] = np.asarray(picture.convert("RGB"))
    return quality_scores(pixels)


def _on_paper(count: int, ground: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    picture = Image.new("RGB", SIZE, ground)
    pen = ImageDraw.Draw(picture)
    for number in range(count):
        left = 15 + number * 45
        pen.ellipse((left, 40, left + 32, 110), fill=(150, 90, 50), outline=(40, 20, 10))
    return picture


def test_a_field_photo_has_no_fault() -> None:
    scores = _scores(_field_photo())
    assert {name for name in QualityScores.__slots__ if getattr(scores, name) >= LISTED} == set()


def _collage() -> Image.Image:
    picture = _field_photo(1)
    picture.paste(_field_photo(2).point(lambda level: 100 + 3 * level // 5).crop((0, 0, 100, 150)), (0, 0))
    return picture


def _captioned() -> Image.Image:
    picture = _field_photo(3).filter(ImageFilter.GaussianBlur(2))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 128, 200, 150), fill=(10, 10, 10))
    pen.text((10, 133), "I l l u s t r a t e d N a m e", fill=(255, 255, 255))
    return picture


def _line_art() -> Image.Image:
    picture = Image.new("RGB", SIZE, (252, 252, 250))
    ImageDraw.Draw(picture).ellipse((50, 30, 150, 120), outline=(20, 20, 20), width=3)
    return picture


FAULTY = {
    "blurred": _field_photo().filter(ImageFilter.GaussianBlur(3)),
    "low_contrast": _field_photo().point(lambda level: 100 + level // 5),
    "dark": _field_photo().point(lambda level: level // 5),
    "light": _field_photo().point(lambda level: 205 + level // 6),
    "grayscale": _field_photo().convert("L").convert("RGB"),
    "odd_aspect": _field_photo().crop((0, 0, 200, 40)),
    "drawing": _line_art(),
    "text": _captioned(),
    "collage": _collage(),
    "several_subjects": _on_paper(4),
}


@pytest.mark.parametrize("seeds", [(1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12)])
def test_photos_of_one_brightness_that_meet_are_a_collage(seeds: tuple[int, ...]) -> None:
    """Four of them, edge to edge: the seams step in most places, not in all."""
    picture = Image.new("RGB", SIZE)
    for place, seed in enumerate(seeds):
        quarter = _field_photo(seed).resize((SIZE[0] // 2, SIZE[1] // 2), Image.Resampling.LANCZOS)
        picture.paste(quarter, (place % 2 * SIZE[0] // 2, place // 2 * SIZE[1] // 2))
    assert _scores(picture).collage >= LISTED


@pytest.mark.parametrize("fault", FAULTY)
def test_the_fault_is_scored(fault: str) -> None:
    assert getattr(_scores(FAULTY[fault]), fault) >= LISTED


@pytest.mark.parametrize("beside", ["bars", "caption", "stem"])
def test_what_is_straight_and_no_second_picture_is_no_collage(beside: str) -> None:
    """Black bars of another format, a strip with letters, the edge of a stem that ends within the picture."""
    picture = _field_photo(4)
    pen = ImageDraw.Draw(picture)
    if beside == "bars":
        pen.rectangle((0, 0, 40, SIZE[1]), fill=(0, 0, 0))
        pen.rectangle((160, 0, SIZE[0], SIZE[1]), fill=(0, 0, 0))
    elif beside == "caption":
        pen.rectangle((0, 120, *SIZE), fill=(20, 90, 90))
        pen.text((10, 128), "Pleurocybella porrigens", fill=(255, 255, 255))
    else:
        pen.rectangle((80, 45, 120, SIZE[1]), fill=(235, 230, 215))
    assert _scores(picture).collage < LISTED


def test_marks_beside_the_subject_tell_a_plate_from_cut_outs() -> None:
    cut_outs, plate = _on_paper(3), _on_paper(3)
    for picture in (cut_outs, plate):
        pen = ImageDraw.Draw(picture)
        pen.rectangle((20, 90, 140, 125), fill=(150, 90, 50))
        pen.rectangle((60, 98, 92, 114), fill=(255, 255, 255))
    pen = ImageDraw.Draw(plate)
    for number in range(12):
        pen.ellipse((12 * number + 20, 10, 12 * number + 26, 17), outline=(60, 60, 60))
    assert _scores(plate).drawing >= LISTED
    assert _scores(cut_outs).drawing < LISTED


def test_a_cut_out_on_white_is_neither_a_drawing_nor_several() -> None:
    scores = _scores(_on_paper(1))
    assert scores.drawing < LISTED
    assert scores.several_subjects < LISTED


def test_tinted_paper_is_a_drawing() -> None:
    assert _scores(_on_paper(1, (240, 225, 190))).drawing >= LISTED


@pytest.mark.parametrize(("size", "score"), [((4000, 3000), 0.0), ((150, 112), 0.5), ((56, 80), 1.0)])
def test_small_pictures(size: tuple[int, int], score: float) -> None:
    assert small_score(*size) == pytest.approx(score)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (9, 9)])
def test_tiny_pictures_are_scored_too(shape: tuple[int, int]) -> None:
    scores = asdict(quality_scores(np.full((*shape, 3), 90, dtype=np.uint8)))
    assert {name: score for name, score in scores.items() if not 0.0 <= score <= 1.0} == {}
    assert scores["low_contrast"] >= LISTED, "one plain grey"
