"""Drawings made from test photos, shown to the finished bundle: is a drawing taken for the thing it shows?

The drawings come from the trainer's own generator, which may have taught the model: the share says that the lesson was
learned, not how people's drawings fare.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.preprocess import prepare
from fieldguide.core.taxonomy import BACKGROUND
from fieldguide.inference.runtime import Runtime
from trainer.config import RunConfig
from trainer.data.subjectless import draw
from trainer.evaluation import ranking
from trainer.evaluation.answers import answer
from trainer.evaluation.fitting import Judgement
from trainer.evaluation.predictions import NO_LABEL, Predictions
from trainer.evaluation.records import Drawings
from trainer.evaluation.verdicts import UNKNOWN

MOST = 200  # photos drawn over
SEED = 20
BATCH = 32


def drawings_unknown(
    runtime: Runtime, judgement: Judgement, guide: Guide, files: Sequence[str], config: RunConfig
) -> Drawings | None:
    """How many of the drawings made from these photos come out unknown; None when no photo can be read.

    The same photos give the same drawings.
    """
    chosen = [files[place] for place in np.linspace(0, len(files) - 1, min(MOST, len(files))).astype(int)]
    found = _ask(runtime, chosen)
    if not len(found):
        return None
    told = answer(found, runtime.manifest.labels, guide, judgement)
    taught = any(phase.drawings > 0 for phase in config.fit.phases)
    return Drawings(len(found), ranking.share(told.verdicts.kinds == UNKNOWN), taught)


def _ask(runtime: Runtime, files: Sequence[str]) -> Predictions:
    """The bundle's answers to the drawings, in batches."""
    generator = torch.Generator().manual_seed(SEED)
    logits, embeddings, kept = [], [], []
    for start in range(0, len(files), BATCH):
        pictures = {file: _picture(runtime, file) for file in files[start : start + BATCH]}
        read = {file: picture for file, picture in pictures.items() if picture is not None}
        if not read:
            continue
        photos = torch.from_numpy(np.stack(list(read.values()))).float()
        drawings = draw(photos, generator).clamp(0, 255).round().to(torch.uint8).numpy()
        found, embedding = runtime.run(drawings)
        logits.append(found)
        embeddings.append(embedding)
        kept += list(read)
    return Predictions(
        logits=np.concatenate(logits) if logits else np.zeros((0, len(runtime.manifest.labels)), np.float32),
        embeddings=np.concatenate(embeddings) if embeddings else np.zeros((0, 1), np.float32),
        targets=np.full(len(kept), NO_LABEL, dtype=np.int64),
        groups=np.arange(len(kept), dtype=np.int64),
        sources=np.full(len(kept), "drawn", dtype=str),
        files=np.array(kept, dtype=str),
        truth=(BACKGROUND,) * len(kept),
    )


def _picture(runtime: Runtime, file: str) -> npt.NDArray[np.uint8] | None:
    spec = runtime.manifest.input
    try:
        return prepare(read_photo(Path(file), spec.short_side).pixels, spec)
    except FieldGuideError:
        return None
