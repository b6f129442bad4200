"""What the exported bundle answers to photos, read from their files exactly as the application reads them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.preprocess import InputSpec, prepare
from fieldguide.core.text import text
from fieldguide.inference.runtime import Runtime
from trainer.data.split import SplitPhoto
from trainer.evaluation.predictions import Predictions
from trainer.progress import Progress

BATCH = 32


def predict(runtime: Runtime, rows: Sequence[SplitPhoto], progress: Progress) -> Predictions:
    """Logits and embeddings of photos through `fieldguide.inference`; what cannot be read is named and skipped."""
    kept: list[SplitPhoto] = []
    logits: list[npt.NDArray[np.float32]] = []
    embeddings: list[npt.NDArray[np.float32]] = []
    spec = runtime.manifest.input
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for start in range(0, len(rows), BATCH):
            chosen = rows[start : start + BATCH]
            pictures = list(pool.map(lambda row: _picture(row, spec), chosen))
            kept += [row for row, picture in zip(chosen, pictures, strict=True) if picture is not None]
            for row, picture in zip(chosen, pictures, strict=True):
                if picture is None:
                    progress.note(text("train.photo_skipped", file=row.file))
            readable = [picture for picture in pictures if picture is not None]
            if readable:
                found, embedding = runtime.run(np.stack(readable))
                logits.append(found)
                embeddings.append(embedding)
            progress.advance(start + len(chosen), len(rows))
    return Predictions(
        logits=np.concatenate(logits) if logits else np.zeros((0, len(runtime.manifest.labels)), np.float32),
        embeddings=np.concatenate(embeddings) if embeddings else np.zeros((0, 1), np.float32),
        targets=np.array([row.label for row in kept], dtype=np.int64),
        groups=np.array([row.group for row in kept], dtype=np.int64),
        sources=np.array([row.source for row in kept], dtype=str),
        files=np.array([row.file for row in kept], dtype=str),
    )


def _picture(row: SplitPhoto, spec: InputSpec) -> npt.NDArray[np.uint8] | None:
    try:
        return prepare(read_photo(Path(row.file), spec.short_side).pixels, spec)
    except FieldGuideError:
        return None
