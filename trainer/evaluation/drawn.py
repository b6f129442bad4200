"""Drawings made from test photos, shown to the finished bundle: is a drawing taken for the thing it shows?

The drawings come from the trainer's own generator, and the model may have been trained on such drawings: the
share says that it learned to leave those unnamed, not how it answers to drawings by people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch

from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import BACKGROUND
from fieldguide.inference.network import Network
from trainer.config import RunConfig
from trainer.data.subjectless import draw
from trainer.evaluation import ranking
from trainer.evaluation.answers import answer
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.predict import Picture, ask, batches, read_pictures
from trainer.evaluation.predictions import NO_LABEL, Predictions
from trainer.evaluation.records import Drawings
from trainer.evaluation.verdicts import UNKNOWN

MOST = 200  # photos drawn over
SEED = 20


def drawings_unknown(
    runtime: Network, policy: DecisionPolicy, guide: Guide, files: Sequence[str], config: RunConfig
) -> Drawings | None:
    """How many of the drawings made from these photos come out unknown; None when no photo can be read.

    The same photos give the same drawings.
    """
    chosen = [files[place] for place in np.linspace(0, len(files) - 1, min(MOST, len(files))).astype(int)]
    found = _ask(runtime, chosen)
    if not len(found):
        return None
    answers = answer(found, runtime.manifest.labels, guide, policy)
    taught = any(phase.drawings > 0 for phase in config.fit.phases)
    return Drawings(len(found), ranking.share(answers.verdicts.kinds == UNKNOWN), taught)


def _ask(runtime: Network, files: Sequence[str]) -> Predictions:
    """The bundle's answers to the drawings."""
    kept: list[str] = []

    def readable() -> Iterator[Picture]:
        for file, picture in zip(files, read_pictures(files, runtime.manifest.input), strict=True):
            if picture is not None:
                kept.append(file)
                yield picture

    logits, embeddings = ask(runtime, _drawings(readable()))
    return Predictions(
        logits=logits,
        embeddings=embeddings,
        targets=np.full(len(kept), NO_LABEL, dtype=np.int64),
        groups=np.arange(len(kept), dtype=np.int64),
        sources=np.full(len(kept), "drawn", dtype=str),
        files=np.array(kept, dtype=str),
        truth=(BACKGROUND,) * len(kept),
    )


def _drawings(pictures: Iterable[Picture]) -> Iterator[Picture]:
    """Drawn over the pictures, a batch at a time: the same pictures give the same drawings."""
    generator = torch.Generator().manual_seed(SEED)
    for batch in batches(pictures):
        drawn = draw(torch.from_numpy(np.stack(batch)).float(), generator)
        yield from drawn.clamp(0, 255).round().to(torch.uint8).numpy()
