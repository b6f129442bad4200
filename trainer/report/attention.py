"""Where the model looked: heat maps of a few right and a few wrong names, over the picture as the network saw it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.preprocess import prepare
from fieldguide.inference.explain import explain
from fieldguide.inference.runtime import Runtime
from trainer.report.parts import head, name_of, percent, say, section
from trainer.report.photos import embedded, true_name

Metrics = Mapping[str, Any]
FOR, AGAINST = (31, 111, 208), (232, 115, 12)  # a pair that colour-blind people can tell apart
DEEPEST = 0.75  # how much of the colour covers the strongest place
SHOWN = 4


def attention(metrics: Metrics, runtime: Runtime) -> str:
    """Pairs of pictures: what was seen, and what spoke for (blue) and against (orange) the name that was given.

    Takes some 80 forward passes for each of at most eight photos.
    """
    report = metrics["report"]
    right = "".join(_pair(runtime, row) for row in report["surest"][:SHOWN])
    wrong = "".join(_pair(runtime, row) for row in report["top_losses"][:SHOWN])
    parts = [
        head(f"attention_{name}") + f'<div class="photos wide">{figures}</div>'
        for name, figures in (("wrong", wrong), ("right", right))
        if figures
    ]
    return section("attention", *parts)


def _pair(runtime: Runtime, row: Metrics) -> str:
    """One photo, nothing when it is gone."""
    spec = runtime.manifest.input
    try:
        picture = prepare(read_photo(Path(row["file"]), spec.short_side).pixels, spec)
    except FieldGuideError:
        return ""
    said = next(label for label in runtime.manifest.labels if label.name == row["said"])
    seen = np.ascontiguousarray(picture.transpose(1, 2, 0))
    heat = explain(runtime, picture, said)
    lines = [
        true_name(row),
        say("said_of", probability=percent(row["probability"])) + " " + name_of(row["said"]),
    ]
    pictures = "".join(embedded(Image.fromarray(each)) for each in (seen, coloured(seen, heat)))
    return f'<figure><div class="pair">{pictures}</div><figcaption>{"<br>".join(lines)}</figcaption></figure>'


def coloured(seen: npt.NDArray[np.uint8], heat: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """The picture uint8 [S,S,3] in grey, with `heat` [S,S] (-1 to 1) in colour over it."""
    grey = seen.mean(axis=2, keepdims=True).repeat(3, axis=2)
    tint = np.where(heat[..., None] > 0, np.array(FOR), np.array(AGAINST))
    depth = DEEPEST * np.abs(heat)[..., None]
    return np.asarray((grey * (1 - depth) + tint * depth).round(), np.uint8)
