"""What a bundle answers to photos: read ahead, prepared and run in batches, exactly as the application does it.

The one way in which the trainer asks a bundle anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.text import text
from fieldguide.inference.network import Network
from fieldguide.inference.reading import PreparedPhoto, read_ahead
from trainer.data.split import SplitPhoto
from trainer.evaluation.predictions import Predictions
from trainer.progress import Progress

BATCH = 32  # always so many at once: the last bits of an answer depend on it

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def predict(runtime: Network, rows: Sequence[SplitPhoto], progress: Progress) -> Predictions:
    """Logits and embeddings of photos; what cannot be read is named and skipped."""
    kept: list[SplitPhoto] = []

    def readable() -> Iterator[Picture]:
        pictures = read_pictures([row.file for row in rows], runtime.manifest.input)
        for number, (row, picture) in enumerate(zip(rows, pictures, strict=True), start=1):
            if picture is None:
                progress.note(text("train.photo_skipped", file=row.file))
            else:
                kept.append(row)
                yield picture
            if number % BATCH == 0 or number == len(rows):
                progress.advance(number, len(rows))

    logits, embeddings = ask(runtime, readable())
    return Predictions(
        logits=logits,
        embeddings=embeddings,
        targets=np.array([row.label for row in kept], dtype=np.int64),
        groups=np.array([row.group for row in kept], dtype=np.int64),
        sources=np.array([row.source for row in kept], dtype=str),
        files=np.array([row.file for row in kept], dtype=str),
    )


def read_pictures(files: Sequence[str], spec: InputSpec) -> Iterator[Picture | None]:
    """The picture uint8 [3,S,S] of each file in order, read ahead on all cores; None of one that cannot be read."""
    for batch in read_ahead(map(Path, files), spec, BATCH, lambda: False):
        for found in batch:
            yield found.picture if isinstance(found, PreparedPhoto) else None


def ask(runtime: Network, pictures: Iterable[Picture]) -> tuple[Floats, Floats]:
    """Logits [N,C] and embeddings [N,D] of prepared pictures, `BATCH` at a time."""
    answers = [runtime.run(np.stack(batch)) for batch in batches(pictures)]
    if not answers:
        size = runtime.manifest.input.size
        return runtime.run(np.zeros((0, 3, size, size), np.uint8))
    return np.concatenate([logits for logits, _ in answers]), np.concatenate([embedding for _, embedding in answers])


def batches(pictures: Iterable[Picture]) -> Iterator[list[Picture]]:
    """`BATCH` pictures at a time, the last ones fewer."""
    remaining = iter(pictures)
    for first in remaining:
        yield list(chain([first], islice(remaining, BATCH - 1)))
