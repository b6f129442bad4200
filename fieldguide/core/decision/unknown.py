"""How strange a photo is to a model: several scores over logits and embedding, larger is stranger.

The trainer fits and compares them and ships the arrays of the best in the bundle's `statistics.npz`; the application
computes it with numpy alone. Knows nothing of thresholds: `core.decision` compares the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.calibration import Floats, softmax
from fieldguide.core.errors import ErrorCode, FieldGuideError


class Score(StrEnum):
    """The scores that a bundle may name. The first two need no arrays."""

    MAX_PROBABILITY = "max_probability"  # 1 - max softmax (Hendrycks and Gimpel 2017)
    ENERGY = "energy"  # -T logsumexp(z / T) (Liu et al. 2020)
    BACKGROUND = "background"  # probability of the background label
    MAHALANOBIS = "mahalanobis"  # to the nearest class mean, shared covariance (Lee et al. 2018)
    COSINE = "cosine"  # 1 - cosine to the nearest class mean
    NEIGHBOURS = "neighbours"  # distance to the k-th nearest training photo, unit length (Sun et al. 2022)
    SUBJECT = "subject"  # logistic regression on the embedding: photos of other things against subjects
    MAX_LOGIT = "max_logit"  # minus the highest logit (Hendrycks et al. 2022)
    STANDARD_LOGIT = "standard_logit"  # the same in standard deviations of that label (Jung et al. 2021)
    GENUS = "genus"  # minus the log-odds of the most probable genus, its labels summed
    GENUS_ENTROPY = "genus_entropy"  # entropy over genera and what belongs to none
    RESIDUAL = "residual"  # share of the embedding outside the training photos' main directions (ViM, Wang et al. 2022)
    COMBINED = "combined"  # logistic regression over `PARTS`


ARRAYS: dict[Score, tuple[str, ...]] = {
    Score.MAX_PROBABILITY: (),
    Score.ENERGY: (),
    Score.BACKGROUND: ("background_index",),
    Score.MAHALANOBIS: ("centre", "whitening", "means"),
    Score.COSINE: ("means",),
    Score.NEIGHBOURS: ("centre", "whitening", "bank", "k"),
    Score.SUBJECT: ("weight", "bias"),
    Score.MAX_LOGIT: (),
    Score.STANDARD_LOGIT: ("logit_mean", "logit_spread"),
    Score.GENUS: ("genus",),
    Score.GENUS_ENTROPY: ("genus",),
    Score.RESIDUAL: ("origin", "directions"),
    Score.COMBINED: (
        "part_centre",
        "part_spread",
        "part_weight",
        "genus",
        "background_index",
        "logit_mean",
        "logit_spread",
        "origin",
        "directions",
    ),
}

PARTS = (Score.GENUS, Score.GENUS_ENTROPY, Score.STANDARD_LOGIT, Score.ENERGY, Score.RESIDUAL, Score.BACKGROUND)
"""What `COMBINED` weighs, in this order."""


@dataclass(frozen=True)
class UnknownModel:
    """One fitted score.

    Arrays by score: `background_index` scalar int; `centre` [D], `whitening` [D,K], `means` [M,K] (whitened) for
    mahalanobis; `means` [M,D] of unit length for cosine; `bank` [B,K] of unit length and scalar `k` for neighbours;
    `weight` [D] and scalar `bias` for subject; `genus` [C] number of each label's genus, -1 for a label of none;
    `logit_mean`, `logit_spread` [C] of the photos that a label was answered to; `origin` [D] and `directions` [D,K]
    (orthonormal); `part_centre`, `part_spread`, `part_weight` [P] over `PARTS`. Stored in half precision where that
    changes nothing that matters.
    """

    kind: Score
    arrays: Mapping[str, NDArray[np.generic]]
    temperature: float = 1.0

    def __post_init__(self) -> None:
        """Raises FieldGuideError BUNDLE_CONTRADICTORY when an array is missing."""
        missing = [name for name in ARRAYS[self.kind] if name not in self.arrays]
        if missing:
            raise self._contradiction(f"lacks {', '.join(missing)}")

    def score(self, logits: Floats, embedding: Floats) -> NDArray[np.float64]:
        """Scores `[N]` of logits `[N,C]` and embeddings `[N,D]`; larger is stranger, the scale is the score's own.

        Raises:
            FieldGuideError: BUNDLE_CONTRADICTORY when the arrays do not fit, or give no finite number: one that is none
                is above no threshold, so a stranger would pass for known.
        """
        values = np.asarray(logits, np.float64), np.asarray(embedding, np.float64)
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(_FUNCTIONS[self.kind](self, *values), np.float64)
        except (ValueError, LookupError, TypeError, ArithmeticError, MemoryError) as problem:
            raise self._contradiction("has arrays that do not fit") from problem
        if found.shape != (len(logits),) or not np.isfinite(found).all():
            raise self._contradiction("gives no numbers")
        return found

    def _contradiction(self, problem: str) -> FieldGuideError:
        return FieldGuideError(ErrorCode.BUNDLE_CONTRADICTORY, problem=f"unknown score {self.kind} {problem}")

    def _array(self, name: str) -> NDArray[np.float64]:
        return np.asarray(self.arrays[name], np.float64)


def unknown_model(name: str, arrays: Mapping[str, NDArray[np.generic]], temperature: float = 1.0) -> UnknownModel:
    """The score that a manifest names in `unknown.score`, with the arrays of `statistics.npz`.

    Raises:
        FieldGuideError: BUNDLE_CONTRADICTORY with `problem` for a name that nobody knows or a missing array.
    """
    try:
        kind = Score(name)
    except ValueError:
        raise FieldGuideError(ErrorCode.BUNDLE_CONTRADICTORY, problem=f"unknown score {name!r}") from None
    return UnknownModel(kind, arrays, temperature)


def _max_probability(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    return np.asarray(1.0 - softmax(logits, model.temperature).max(axis=1))


def _energy(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    scaled = logits / model.temperature
    highest = scaled.max(axis=1)
    return np.asarray(-model.temperature * (highest + np.log(np.exp(scaled - highest[:, None]).sum(axis=1))))


def _background(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    return np.asarray(softmax(logits, model.temperature)[:, int(model._array("background_index"))])


def _mahalanobis(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    white = (embedding - model._array("centre")) @ model._array("whitening")
    return np.asarray(np.sqrt(squared_distances(white, model._array("means")).min(axis=1)))


def _cosine(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    return np.asarray(1.0 - (unit_length(embedding) @ model._array("means").T).max(axis=1))


def _neighbours(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    white = unit_length((embedding - model._array("centre")) @ model._array("whitening"))
    distances = squared_distances(white, model._array("bank"))
    k = min(int(model._array("k")), distances.shape[1]) - 1
    return np.asarray(np.sqrt(np.partition(distances, k, axis=1)[:, k]))


def _subject(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    return np.asarray(embedding @ model._array("weight") + float(model._array("bias")))


def _max_logit(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    return np.asarray(-logits.max(axis=1))


def _standard_logit(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    first = logits.argmax(axis=1)
    deviation = (logits.max(axis=1) - model._array("logit_mean")[first]) / model._array("logit_spread")[first]
    return np.asarray(-deviation)


def _of_genera(model: UnknownModel, logits: Floats) -> NDArray[np.float64]:
    """Probabilities `[N,G+1]` of the genera, and of what belongs to none at the end."""
    genus = np.asarray(model.arrays["genus"]).astype(np.intp)
    if genus.shape != logits.shape[1:] or genus.min(initial=0) < -1 or genus.max(initial=0) >= len(genus):
        raise ValueError(f"{len(genus)} genera for {logits.shape[1]} labels")
    probabilities = softmax(logits, model.temperature)
    sums = np.zeros((len(probabilities), int(genus.max(initial=-1)) + 2))
    np.add.at(sums.T, genus, probabilities.T)  # -1 is the last
    return sums


def _genus(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    highest = np.clip(_of_genera(model, logits)[:, :-1].max(axis=1, initial=0.0), 1e-9, 1.0 - 1e-9)
    return np.asarray(np.log1p(-highest) - np.log(highest))


def _genus_entropy(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    sums = _of_genera(model, logits)
    return np.asarray(-(sums * np.log(np.maximum(sums, 1e-300))).sum(axis=1))


def _residual(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    rows = embedding - model._array("origin")
    directions = model._array("directions")
    outside = rows - (rows @ directions) @ directions.T
    return np.asarray(np.linalg.norm(outside, axis=1) / np.maximum(np.linalg.norm(rows, axis=1), 1e-12))


def parts(model: UnknownModel, logits: Floats, embedding: Floats) -> NDArray[np.float64]:
    """What `COMBINED` weighs `[N,P]`, unscaled; the background's probability as log-odds."""
    columns = [_FUNCTIONS[kind](model, logits, embedding) for kind in PARTS]
    background = np.clip(columns[-1], 1e-9, 1.0 - 1e-9)
    columns[-1] = np.log(background) - np.log1p(-background)
    return np.stack(columns, axis=1)


def _combined(model: UnknownModel, logits: Floats, embedding: Floats) -> Floats:
    scaled = (parts(model, logits, embedding) - model._array("part_centre")) / model._array("part_spread")
    return np.asarray(scaled @ model._array("part_weight"))


_FUNCTIONS = {
    Score.MAX_PROBABILITY: _max_probability,
    Score.ENERGY: _energy,
    Score.BACKGROUND: _background,
    Score.MAHALANOBIS: _mahalanobis,
    Score.COSINE: _cosine,
    Score.NEIGHBOURS: _neighbours,
    Score.SUBJECT: _subject,
    Score.MAX_LOGIT: _max_logit,
    Score.STANDARD_LOGIT: _standard_logit,
    Score.GENUS: _genus,
    Score.GENUS_ENTROPY: _genus_entropy,
    Score.RESIDUAL: _residual,
    Score.COMBINED: _combined,
}


def unit_length(rows: Floats) -> NDArray[np.float64]:
    """Rows `[N,D]` divided by their length; a row of zeros stays zero."""
    rows = np.asarray(rows, np.float64)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def squared_distances(rows: Floats, others: Floats) -> NDArray[np.float64]:
    """Squared Euclidean distances `[N,M]` between `[N,K]` and `[M,K]`, never negative."""
    found = (rows**2).sum(axis=1)[:, None] - 2.0 * rows @ others.T + (others**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(found, 0.0))
