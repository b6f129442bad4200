"""Small pictures inside the report, as data: nothing is linked that might be gone tomorrow."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.text import percent
from trainer.evaluation.records import PhotoResult
from trainer.report.parts import NOTHING, joined, part, say

SIDE = 200  # pixels of the long side
SMALL = 72
TILE = 56
QUALITY = 68
LEAST = 0.001  # a probability below is shown as less than this


def picture(file: str, side: int = SIDE) -> Markup:
    """An <img> of a photo, or a word that it is no longer there."""
    try:
        pixels = read_photo(Path(file), side).pixels
    except FieldGuideError:
        return part("gone")
    return embedded(Image.fromarray(pixels), side)


def embedded(image: Image.Image, side: int = SIDE) -> Markup:
    """An <img> that holds its own JPEG."""
    small = image.copy()
    small.thumbnail((side, side))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=QUALITY, optimize=True)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return part("image", "jpeg", data, "")


def tile(image: Image.Image, kind: str = "channel") -> Markup:
    """An <img> of a map of a few places, as large as it is, at most `TILE` pixels: the page enlarges it."""
    small = image.copy()
    small.thumbnail((TILE, TILE))
    coarse = max(small.size) <= TILE // 2
    stream = io.BytesIO()
    if coarse:
        small.save(stream, "PNG", optimize=True)
    else:
        small.save(stream, "JPEG", quality=QUALITY, optimize=True)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return part("image", "png" if coarse else "jpeg", data, kind)


def from_cache(square: npt.NDArray[np.uint8], aspect: float, side: int = SMALL) -> Markup:
    """An <img> of one squeezed square of the run's pixel cache, in its own aspect again."""
    size = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    return embedded(Image.fromarray(square).resize((max(size[0], 1), max(size[1], 1)), Image.Resampling.BICUBIC), side)


def mistake_figures(rows: Sequence[PhotoResult], limit: int) -> Markup:
    """Photos with what they show, what was said of them, and what the alarm did."""
    return part("box", "photos", joined(_figure(row) for row in rows[:limit])) if rows else NOTHING


def true_name(row: PhotoResult) -> Markup:
    """What a photo shows, with its danger."""
    return part("true_name", row)


def said(row: PhotoResult) -> Markup:
    """What was said of it first."""
    return part("said", row, percent(row.probability))


def _figure(row: PhotoResult) -> Markup:
    alarm = say("alarm_rang", level=row.alarm) if row.alarm_raised else say(f"alarm_silent_{row.alarm}")
    lines: list[str] = [true_name(row), said(row)]
    of_true = row.probability_of_true
    if row.loss is not None and of_true is not None:
        chance = percent(of_true, 1) if of_true >= LEAST else say("less_than", share=percent(LEAST, 1))
        lines.append(say("given_to_true", probability=chance, loss=f"{row.loss:.1f}"))
    file = " · ".join(filter(None, ("/".join(Path(row.file).parts[-2:]), row.source)))
    return part("figure", picture(row.file), [*lines, alarm, part("small", file)])
