"""Photos that probably stand under a wrong label, or show no subject: out-of-fold predictions from embeddings.

Knows arrays only. A linear model predicts every photo that it did not learn from; near-duplicates always share a fold.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

FOLDS = 4
_COMPONENTS = 256  # of the embedding: keeps the predictions and makes them five times faster than 1,280
_FREEDOM = 200.0  # inverse regularisation times photos: with more freedom it learns noisy labels by heart


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """Per photo: `score` 0 to 1 (from 0.5: suspect), `suggested` label (the given one unless suspect)."""

    score: Floats
    suggested: Indices

    @property
    def suspect(self) -> NDArray[np.bool_]:
        """Whether confident learning counts the photo as mislabelled, bool [N]."""
        return self.score >= 0.5


def out_of_fold_probabilities(
    embeddings: Floats, labels: Indices, groups: Indices, folds: int = FOLDS, seed: int = 0
) -> Floats:
    """What a linear model says of each photo when neither it nor a copy of it was learnt from.

    Args:
        embeddings: float32 [N, D]. labels: int64 [N], 0 to C - 1. groups: int64 [N], copies share one.

    Returns:
        float32 [N, C]; a label that the other folds lack has probability 0 there.
    """
    fold_of = _folds(labels, groups, folds, seed)
    probabilities = np.zeros((len(labels), int(labels.max()) + 1), dtype=np.float32)
    for fold in range(folds):
        held_out = fold_of == fold
        if not held_out.any():
            continue
        known = np.unique(labels[~held_out])
        if len(known) < 2:  # every photo of the other labels is in this fold: nothing to tell apart
            probabilities[np.ix_(held_out, known)] = 1.0
            continue
        learnt = int((~held_out).sum())
        components = min(_COMPONENTS, embeddings.shape[1], learnt)
        model = make_pipeline(
            StandardScaler(),
            PCA(components, svd_solver="randomized", random_state=seed),  # not whitened: that would magnify noise
            LogisticRegression(C=_FREEDOM / learnt, max_iter=60, tol=1e-3),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # near enough to rank photos
            model.fit(embeddings[~held_out], labels[~held_out])
        probabilities[np.ix_(held_out, model.classes_)] = model.predict_proba(embeddings[held_out])
    return probabilities


def _folds(labels: Indices, groups: Indices, folds: int, seed: int) -> Indices:
    """A fold per photo: groups stay whole, and every label is dealt round so that each fold holds its share."""
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(first))
    dealt = shuffled[np.argsort(labels[first][shuffled], kind="stable")]
    fold_of_group = np.empty(len(first), dtype=np.int64)
    fold_of_group[dealt] = np.arange(len(first)) % folds
    of_photo: Indices = fold_of_group[member]
    return of_photo


def confident_learning(labels: Indices, probabilities: Floats, compatible: NDArray[np.bool_]) -> LabelErrors:
    """Photos in the off-diagonal of the confident joint.

    C. Northcutt, L. Jiang, I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels" (JAIR 2021),
    equations 1 and 2: a photo labelled i counts as j when its probability of j reaches the mean that photos labelled j
    have of j. Here it must also be the most probable label, as cleanlab asks.

    Args:
        labels: int64 [N]. probabilities: float32 [N, C], out of fold. compatible: bool [C, C], row i is True for
            the labels that do not contradict i (itself, its genus, its species): their probability speaks for i.
    """
    rows = np.arange(len(labels))
    own = np.where(compatible[labels], probabilities, 0).sum(axis=1)
    thresholds = np.array(
        [own[labels == label].mean() if (labels == label).any() else np.inf for label in range(probabilities.shape[1])]
    )
    others = np.where(compatible[labels], 0, probabilities)
    confident = np.where(others >= thresholds, others, 0)
    rival = others.argmax(axis=1)
    suspect = (confident.argmax(axis=1) == rival) & (confident[rows, rival] > own)
    score = (1 + others[rows, rival] - own) / 2
    score = np.where(suspect, np.maximum(score, 0.5), np.minimum(score, 0.49)).clip(0, 1)
    return LabelErrors(score.astype(np.float32), np.where(suspect, rival, labels).astype(np.int64))


def no_subject_scores(embeddings: Floats, is_background: NDArray[np.bool_], groups: Indices, seed: int = 0) -> Floats:
    """Probability, out of fold, that a photo is one of the background (other things): float32 [N], 0 to 1.

    Needs photos of both kinds; without background photos nobody can tell, and every score is 0.
    """
    if not is_background.any() or is_background.all():
        return np.zeros(len(is_background), dtype=np.float32)
    return out_of_fold_probabilities(embeddings, is_background.astype(np.int64), groups, seed=seed)[:, 1]
