"""Where the model looked: heat maps of a few right and a few wrong names, over the picture as the network saw it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.preprocess import prepare
from fieldguide.inference.explain import explain
from fieldguide.inference.network import Network
from trainer.evaluation.records import Mistakes, PhotoResult
from trainer.report.parts import NOTHING, head, joined, part, section
from trainer.report.photos import embedded, true_name
from trainer.report.photos import said as described

FOR, AGAINST = (31, 111, 208), (232, 115, 12)  # a pair that colour-blind people can tell apart
DEEPEST = 0.75  # how much of the colour covers the strongest place
SHOWN = 4


def attention(found: Mistakes, runtime: Network) -> Markup:
    """Pairs of pictures: what was seen, and what spoke for (blue) and against (orange) the name that was given.

    Takes some 80 forward passes for each of at most eight photos.
    """
    right = joined(_pair(runtime, row) for row in found.surest[:SHOWN])
    wrong = joined(_pair(runtime, row) for row in found.top_losses[:SHOWN])
    parts = [
        head(f"attention_{name}") + part("box", "photos wide", figures)
        for name, figures in (("wrong", wrong), ("right", right))
        if figures
    ]
    return section("attention", *parts)


def _pair(runtime: Network, row: PhotoResult) -> Markup:
    """One photo, nothing when it is gone."""
    spec = runtime.manifest.input
    try:
        picture = prepare(read_photo(Path(row.file), spec.short_side).pixels, spec)
    except FieldGuideError:
        return NOTHING
    said = next(label for label in runtime.manifest.labels if label.name == row.said)
    seen = np.ascontiguousarray(picture.transpose(1, 2, 0))
    heat = explain(runtime, picture, said)
    pictures = joined(embedded(Image.fromarray(each)) for each in (seen, coloured(seen, heat)))
    return part("figure", part("box", "pair", pictures), [true_name(row), described(row)])


def coloured(seen: npt.NDArray[np.uint8], heat: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """The picture uint8 [S,S,3] in grey, with `heat` [S,S] (-1 to 1) in colour over it."""
    grey = seen.mean(axis=2, keepdims=True).repeat(3, axis=2)
    tint = np.where(heat[..., None] > 0, np.array(FOR), np.array(AGAINST))
    depth = DEEPEST * np.abs(heat)[..., None]
    return np.asarray((grey * (1 - depth) + tint * depth).round(), np.uint8)
