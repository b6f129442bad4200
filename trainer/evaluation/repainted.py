"""What a classifier makes of an autoencoder's pictures, how well its error notices other things, and sheets of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.decision.unknown import Score, unknown_model
from fieldguide.core.guide import Guide
from fieldguide.core.photo.preprocess import prepare
from fieldguide.inference.network import Network
from trainer.evaluation.predict import ask
from trainer.evaluation.unknown import compare

Squares = npt.NDArray[np.uint8]
Errors = npt.NDArray[np.float64]

ERROR = "reconstruction_error"


@dataclass(frozen=True, slots=True)
class BothAnswers:
    """A model's answers to originals and to repainted pictures side by side. Shares are 0 to 1, None of no photos.

    `agreement`: the same first label. `labelled` counts photos whose folder names a label of the model; of those
    `top1` is the accuracy.
    """

    photos: int
    labelled: int
    originals_top1: float | None
    repainted_top1: float | None
    agreement: float | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """How well one score tells other things from subjects: AUROC, and false alarms (0 to 1) where it notices 95 %."""

    auroc: float
    fpr95: float


def classify_both(runtime: Network, pixels: Squares, painted: Squares, files: list[Path], guide: Guide) -> BothAnswers:
    """Ask about both. They are shown at the autoencoder's size, so that only the painting differs."""
    labels = {taxon.name: place for place, taxon in enumerate(runtime.manifest.labels)}
    named = [guide.resolve(file.parent.name) for file in files]
    truth = np.array([labels.get(found.taxon.name, -1) if found else -1 for found in named], dtype=int)
    first, second = (_ask(runtime, each)[0].argmax(axis=1) for each in (pixels, painted))
    known = truth >= 0
    return BothAnswers(
        photos=len(files),
        labelled=int(known.sum()),
        originals_top1=float((first == truth)[known].mean()) if known.any() else None,
        repainted_top1=float((second == truth)[known].mean()) if known.any() else None,
        agreement=float((first == second).mean()) if len(files) else None,
    )


def compare_scores(
    subjects: tuple[Squares, Errors], others: tuple[Squares, Errors], runtime: Network | None
) -> dict[str, Noticed]:
    """How well the error tells other things from subjects, beside the scores of a model.

    Each argument is pictures uint8 [N,S,S,3] with their errors [N].
    """
    found = {ERROR: compare(subjects[1], others[1])}
    if runtime is not None:
        answers = [_ask(runtime, pixels) for pixels in (subjects[0], others[0])]
        arrays, temperature = runtime.bundle.arrays("statistics.npz"), runtime.manifest.temperature
        kinds = {str(runtime.manifest.unknown.get("score") or ""), Score.MAX_PROBABILITY, Score.ENERGY} - {""}
        for kind in sorted(kinds):
            score = unknown_model(kind, arrays, temperature).score
            found[str(kind)] = compare(*(score(*each) for each in answers))
    return {name: Noticed(each.auroc, each.fpr95) for name, each in found.items()}


def _ask(runtime: Network, pixels: Squares) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Logits [N,C] and embeddings [N,D] of uint8 [N,S,S,3], framed as the model wants its pictures."""
    return ask(runtime, (prepare(np.asarray(square), runtime.manifest.input) for square in pixels))


def sheet(rows: list[Squares], file: Path) -> None:
    """Write pictures as a PNG: one row for each array of uint8 [N,S,S,3], all of one length."""
    Image.fromarray(np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)).save(file)
