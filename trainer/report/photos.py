"""Small pictures inside the report, as data: nothing is linked that might be gone tomorrow."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from trainer.report.parts import chip, name_of, percent, say

SIDE = 200  # pixels of the long side
SMALL = 72
TILE = 56
QUALITY = 68
LEAST = 0.001  # a probability below is told as less than this


def picture(file: str, side: int = SIDE) -> str:
    """An <img> of a photo, or a word that it is no longer there."""
    try:
        pixels = read_photo(Path(file), side).pixels
    except FieldGuideError:
        return f'<div class="gone">{say("photo_gone")}</div>'
    return embedded(Image.fromarray(pixels), side)


def embedded(image: Image.Image, side: int = SIDE) -> str:
    """An <img> that holds its own JPEG."""
    small = image.copy()
    small.thumbnail((side, side))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=QUALITY, optimize=True)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'<img src="data:image/jpeg;base64,{data}" alt="" loading="lazy">'


def tile(image: Image.Image, kind: str = "channel") -> str:
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
    return f'<img class="{kind}" src="data:image/{"png" if coarse else "jpeg"};base64,{data}" alt="" loading="lazy">'


def from_cache(square: npt.NDArray[np.uint8], aspect: float, side: int = SMALL) -> str:
    """An <img> of one squeezed square of the run's pixel cache, in its own aspect again."""
    size = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    return embedded(Image.fromarray(square).resize((max(size[0], 1), max(size[1], 1)), Image.Resampling.BICUBIC), side)


def mistake_figures(rows: Sequence[dict[str, Any]], limit: int) -> str:
    """Photos with what they show, what was said of them, and what the alarm did."""
    figures = "".join(_figure(row) for row in rows[:limit])
    return f'<div class="photos">{figures}</div>' if figures else ""


def true_name(row: Mapping[str, Any]) -> str:
    """What a photo shows, with its danger."""
    return f"{say('it_was')} <b>{name_of(row['true'])}</b> {chip(row['danger'])}"


def _figure(row: dict[str, Any]) -> str:
    alarm = say("alarm_rang", level=row["alarm"]) if row["alarm_raised"] else say(f"alarm_silent_{row['alarm']}")
    lines = [true_name(row), say("said_of", probability=percent(row["probability"])) + " " + name_of(row["said"])]
    if row["loss"] is not None:
        of_true = row["probability_of_true"]
        told = percent(of_true, 1) if of_true >= LEAST else say("less_than", share=percent(LEAST, 1))
        lines.append(say("given_to_true", probability=told, loss=f"{row['loss']:.1f}"))
    file = escape("/".join(Path(row["file"]).parts[-2:]))
    lines += [alarm, f"<small>{file}</small>"]
    return f"<figure>{picture(row['file'])}<figcaption>{'<br>'.join(lines)}</figcaption></figure>"
