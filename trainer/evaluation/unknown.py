"""Fits every unknown score, compares them on photos of other things, and keeps the best.

Statistics are fitted on one half of the groups and compared on the other, twice (two-fold), so that no score is judged
on photos that it has seen; the kept one is then fitted on everything. The functions themselves are
`fieldguide.core.decision.unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from fieldguide.core.decision.rollup import LabelTree
from fieldguide.core.decision.unknown import Score, UnknownModel, unit_length
from trainer.evaluation.predictions import Predictions, join

DIRECTIONS = 128  # principal directions kept for Mahalanobis and neighbours: 1280 x 1280 would not fit a small bundle
SHRINKAGE = 0.1  # of the covariance towards a multiple of the identity
BANK = 1500  # photos remembered for the neighbour score
NEIGHBOUR = 5
FEWEST = 20  # photos of other things below which nothing can be compared
STRENGTH = 1e-2  # inverse regularisation of the logistic score on standardised embeddings


@dataclass(frozen=True, slots=True)
class Comparison:
    """How well one score tells other things from subjects: area under the ROC curve, false positives at 95 % recall.

    `fpr95` is the share of subjects called strange when 95 % of other things are. `novel_auroc` tells species held out
    of training from known ones; nan without any.
    """

    auroc: float
    fpr95: float
    novel_auroc: float


@dataclass(frozen=True)
class FittedUnknown:
    """The kept score, how all compared, and out-of-fold scores `[N]` of subjects and other things."""

    model: UnknownModel
    compared: dict[str, Comparison]
    subject_scores: NDArray[np.float64]
    background_scores: NDArray[np.float64]


def fit_unknown(
    subjects: Predictions,
    background: Predictions,
    tree: LabelTree,
    temperature: float,
    *,
    novel: Predictions | None = None,
    seed: int = 0,
) -> FittedUnknown | None:
    """Compare and keep; None when there are fewer than `FEWEST` photos of other things or of subjects."""
    if len(background) < FEWEST or len(subjects) < FEWEST:
        return None
    rng = np.random.default_rng(seed)
    folds, folds_background = _two_folds(subjects.groups, rng), _two_folds(background.groups, rng)
    kinds = [kind for kind in Score if kind is not Score.BACKGROUND or tree.is_background.any()]
    scores = {kind: (np.zeros(len(subjects)), np.zeros(len(background))) for kind in kinds}
    for fold in (0, 1):
        seen = subjects.select(folds != fold), background.select(folds_background != fold)
        for kind in kinds:
            model = fit_score(kind, *seen, tree, temperature, seed)
            for place, (part, inside) in enumerate(((subjects, folds == fold), (background, folds_background == fold))):
                chosen = part.select(inside)
                scores[kind][place][inside] = model.score(chosen.logits, chosen.embeddings)
    whole = {kind: fit_score(kind, subjects, background, tree, temperature, seed) for kind in kinds}
    compared = {
        kind: compare(*scores[kind], None if novel is None else whole[kind].score(novel.logits, novel.embeddings))
        for kind in kinds
    }
    best = max(kinds, key=lambda kind: (round(compared[kind].auroc, 3), -compared[kind].fpr95))
    return FittedUnknown(whole[best], {kind.value: compared[kind] for kind in kinds}, *scores[best])


def fit_score(
    kind: Score, subjects: Predictions, background: Predictions, tree: LabelTree, temperature: float, seed: int = 0
) -> UnknownModel:
    """The arrays of one score from photos of subjects (with labels) and of other things."""
    known = subjects.select(subjects.targets >= 0)
    arrays: dict[str, NDArray[np.generic]] = {}
    if kind is Score.BACKGROUND:
        arrays = {"background_index": np.array(int(np.flatnonzero(tree.is_background)[0]))}
    elif kind is Score.COSINE:
        arrays = {"means": unit_length(_class_means(unit_length(known.embeddings), known.targets)).astype(np.float16)}
    elif kind is Score.MAHALANOBIS:
        arrays = _whitened(known)
    elif kind is Score.NEIGHBOURS:
        arrays = _whitened(known)
        rows = np.random.default_rng(seed).permutation(len(known))[:BANK]
        white = (known.embeddings[rows] - np.asarray(arrays["centre"], float)) @ np.asarray(arrays["whitening"], float)
        del arrays["means"]
        arrays |= {"bank": unit_length(white).astype(np.float16), "k": np.array(NEIGHBOUR)}
    elif kind is Score.SUBJECT:
        arrays = _logistic(join([known, background]), len(known))
    return UnknownModel(kind, arrays, temperature)


def compare(
    subjects: NDArray[np.floating], background: NDArray[np.floating], novel: NDArray[np.floating] | None = None
) -> Comparison:
    """AUROC and FPR at 95 % recall of scores `[N]` of subjects and `[M]` of other things (larger is stranger)."""
    return Comparison(
        auroc=_auroc(subjects, background),
        fpr95=float((subjects >= np.quantile(background, 0.05)).mean()),
        novel_auroc=float("nan") if novel is None or len(novel) == 0 else _auroc(subjects, novel),
    )


def fit_threshold(
    subject_scores: NDArray[np.floating],
    background_scores: NDArray[np.floating],
    groups: NDArray[np.integer],
    *,
    recall: float,
    most_subjects: float,
) -> float:
    """The threshold above which `recall` (0 to 1) of other things lie, by split conformal over their groups `[M]`.

    Where the score leaves a gap between subjects and that threshold, the middle of the gap is taken: both sides drift
    when photos come from elsewhere. Where it would call more than `most_subjects` of the subjects strange, the
    threshold that calls just so many is taken instead, and the report shows what it catches.
    """
    hardest = np.array([background_scores[groups == group].min() for group in np.unique(groups)])
    rank = int(np.floor((len(hardest) + 1) * (1.0 - recall)))
    wanted = float(np.nextafter(np.sort(hardest)[max(rank, 1) - 1], -np.inf))  # a score above the threshold is strange
    usual = float(np.quantile(subject_scores, 0.99))
    if wanted > usual:
        wanted = (wanted + usual) / 2.0
    return max(wanted, float(np.quantile(subject_scores, 1.0 - most_subjects)))


def _auroc(low: NDArray[np.floating], high: NDArray[np.floating]) -> float:
    truth = np.concatenate([np.zeros(len(low)), np.ones(len(high))])
    return float(roc_auc_score(truth, np.concatenate([low, high])))


def _two_folds(groups: NDArray[np.integer], rng: np.random.Generator) -> NDArray[np.intp]:
    units, place = np.unique(groups, return_inverse=True)
    return np.asarray((rng.permutation(len(units)) % 2)[place], dtype=np.intp)


def _class_means(rows: NDArray[np.floating], targets: NDArray[np.integer]) -> NDArray[np.float64]:
    return np.stack([rows[targets == target].mean(axis=0) for target in np.unique(targets)]).astype(np.float64)


def _whitened(known: Predictions) -> dict[str, NDArray[np.generic]]:
    """Shared within-class covariance, shrunk (Friedman 1989), and its leading directions of the whole spread."""
    rows = np.asarray(known.embeddings, np.float64)
    centre = rows.mean(axis=0)
    _, _, directions = np.linalg.svd(rows - centre, full_matrices=False)
    basis = directions[: min(DIRECTIONS, len(rows) - 1)].T
    low = (rows - centre) @ basis
    _, place = np.unique(known.targets, return_inverse=True)
    means = _class_means(low, known.targets)
    within = np.cov((low - means[place]).T) + 1e-9 * np.eye(low.shape[1])
    within = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    whitening = vectors / np.sqrt(values)
    return {
        "centre": centre.astype(np.float32),
        "whitening": (basis @ whitening).astype(np.float32),
        "means": (means @ whitening).astype(np.float32),
    }


def _logistic(everything: Predictions, subjects: int) -> dict[str, NDArray[np.generic]]:
    rows = np.asarray(everything.embeddings, np.float64)
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    strange = np.arange(len(rows)) >= subjects
    fitted = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300)
    fitted.fit((rows - centre) / spread, strange)
    weight = fitted.coef_[0] / spread
    return {
        "weight": weight.astype(np.float32),
        "bias": np.array(fitted.intercept_[0] - centre @ weight, dtype=np.float32),
    }
