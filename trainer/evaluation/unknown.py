"""Fits every unknown score, compares them on photos of other things and of novel genera, and keeps the best.

Novel genera are those without a label. Where photos from elsewhere show some, a score must notice both.

Statistics are fitted on one half of the groups and compared on the other, twice (two-fold), so that no score meets
photos that it has seen; the kept one is then fitted on everything. The functions themselves are
`fieldguide.core.decision.unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from fieldguide.core.decision.rollup import LabelTree
from fieldguide.core.decision.unknown import PARTS, Score, UnknownModel, parts, unit_length
from fieldguide.core.taxonomy import Rank
from trainer.evaluation.predictions import Predictions, join

DIRECTIONS = 128  # principal directions kept for Mahalanobis and neighbours: 1280 x 1280 would not fit a small bundle
SHRINKAGE = 0.1  # of the covariance towards a multiple of the identity
BANK = 1500  # photos remembered for the neighbour score
NEIGHBOUR = 5
FEWEST = 20  # photos of other things below which nothing can be compared
PRIOR = 10  # photos, see `_logits_of_labels`
COMBINING = 0.1  # inverse regularisation of the combined score on standardised parts
STRENGTH = 1e-2  # inverse regularisation of the logistic score on standardised embeddings


@dataclass(frozen=True, slots=True)
class Comparison:
    """How well one score tells other things from subjects: area under the ROC curve, false positives at 95 % recall.

    `fpr95` is the share of subjects called strange when 95 % of other things are. `novel_auroc` tells species held out
    of training from known ones, `novel_genus_auroc` genera without a label; nan without any.
    """

    auroc: float
    fpr95: float
    novel_auroc: float
    novel_genus_auroc: float = float("nan")

    @property
    def both(self) -> float:
        """The mean of the two areas that count, or the one that there is."""
        return self.auroc if np.isnan(self.novel_genus_auroc) else (self.auroc + self.novel_genus_auroc) / 2.0


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
    novel_genera: Predictions | None = None,
    reference: Predictions | None = None,
    seed: int = 0,
) -> FittedUnknown | None:
    """Compare and keep; None when there are fewer than `FEWEST` photos of other things or of subjects.

    novel: species held out of training, only to compare. novel_genera: photos of genera without a label, one group a
    genus; fewer than `FEWEST` are as good as none. reference: photos with labels that tell what embeddings and logits
    of known kinds look like; the subjects themselves without it. `COMBINED` needs it: statistics of the very photos
    that weigh it would make them look more familiar than any other.
    """
    if len(background) < FEWEST or len(subjects) < FEWEST:
        return None
    strange = None if novel_genera is None or len(novel_genera) < FEWEST else novel_genera
    rng = np.random.default_rng(seed)
    photos = [subjects, background, *([] if strange is None else [strange])]
    folds = [_two_folds(part.groups, rng) for part in photos]
    kinds = [kind for kind in Score if _can_be_fitted(kind, tree, strange, reference)]
    scores = {kind: [np.zeros(len(part)) for part in photos] for kind in kinds}
    for fold in (0, 1):
        seen = [part.select(folded != fold) for part, folded in zip(photos, folds, strict=True)]
        for kind in kinds:
            model = fit_score(kind, seen[0], seen[1], tree, temperature, seed, *seen[2:], reference=reference)
            for place, (part, folded) in enumerate(zip(photos, folds, strict=True)):
                chosen = part.select(folded == fold)
                scores[kind][place][folded == fold] = model.score(chosen.logits, chosen.embeddings)
    whole = {
        kind: fit_score(kind, subjects, background, tree, temperature, seed, strange, reference=reference)
        for kind in kinds
    }
    compared = {
        kind: compare(
            scores[kind][0],
            scores[kind][1],
            None if novel is None else whole[kind].score(novel.logits, novel.embeddings),
            scores[kind][2] if strange is not None else None,
        )
        for kind in kinds
    }
    best = max(kinds, key=lambda kind: (round(compared[kind].both, 3), -compared[kind].fpr95))
    return FittedUnknown(whole[best], {kind.value: compared[kind] for kind in kinds}, *scores[best][:2])


def _can_be_fitted(
    kind: Score, tree: LabelTree, novel_genera: Predictions | None, reference: Predictions | None
) -> bool:
    if kind is Score.COMBINED:
        return (
            novel_genera is not None
            and reference is not None
            and len(reference) >= FEWEST
            and bool(tree.is_background.any())
        )
    return kind is not Score.BACKGROUND or bool(tree.is_background.any())


def fit_score(
    kind: Score,
    subjects: Predictions,
    background: Predictions,
    tree: LabelTree,
    temperature: float,
    seed: int = 0,
    novel_genera: Predictions | None = None,
    *,
    reference: Predictions | None = None,
) -> UnknownModel:
    """The arrays of one score from photos of subjects (with labels), of other things, and of novel genera.

    reference: see `fit_unknown`.
    """
    known = subjects.select(subjects.targets >= 0)
    usual = known if reference is None else reference.select(reference.targets >= 0)
    arrays: dict[str, NDArray[np.generic]] = {}
    if kind is Score.BACKGROUND:
        arrays = {"background_index": np.array(int(np.flatnonzero(tree.is_background)[0]))}
    elif kind is Score.COSINE:
        arrays = {"means": unit_length(_class_means(unit_length(usual.embeddings), usual.targets)).astype(np.float16)}
    elif kind is Score.MAHALANOBIS:
        arrays = _whitened(usual)
    elif kind is Score.NEIGHBOURS:
        arrays = _whitened(usual)
        rows = np.random.default_rng(seed).permutation(len(usual))[:BANK]
        white = (usual.embeddings[rows] - np.asarray(arrays["centre"], float)) @ np.asarray(arrays["whitening"], float)
        del arrays["means"]
        arrays |= {"bank": unit_length(white).astype(np.float16), "k": np.array(NEIGHBOUR)}
    elif kind is Score.SUBJECT:
        arrays = _logistic(join([known, background]), len(known))
    elif kind in (Score.GENUS, Score.GENUS_ENTROPY):
        arrays = {"genus": _genera(tree)}
    elif kind is Score.STANDARD_LOGIT:
        arrays = _logits_of_labels(usual)
    elif kind is Score.RESIDUAL:
        arrays = _main_directions(usual)
    elif kind is Score.COMBINED:
        assert novel_genera is not None
        arrays = _combination(known, [background, novel_genera], usual, tree, temperature)
    return UnknownModel(kind, arrays, temperature)


def compare(
    subjects: NDArray[np.floating],
    background: NDArray[np.floating],
    novel: NDArray[np.floating] | None = None,
    novel_genera: NDArray[np.floating] | None = None,
) -> Comparison:
    """AUROC and FPR at 95 % recall of scores of subjects `[N]`, other things, and what else is strange (all `[M]`)."""
    return Comparison(
        auroc=_auroc(subjects, background),
        fpr95=float((subjects >= np.quantile(background, 0.05)).mean()),
        novel_auroc=_auroc(subjects, novel),
        novel_genus_auroc=_auroc(subjects, novel_genera),
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


def _auroc(low: NDArray[np.floating], high: NDArray[np.floating] | None) -> float:
    """Area under the curve; nan where there is nothing to compare with."""
    if high is None or len(high) == 0:
        return float("nan")
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


def _genera(tree: LabelTree) -> NDArray[np.intp]:
    """The number of each label's genus `[C]`; -1 for families and the background."""
    names = {taxon.name: place for place, taxon in enumerate(tree.taxa[Rank.GENUS])}
    return np.array([names.get(label.at(Rank.GENUS) or "", -1) for label in tree.labels], dtype=np.intp)


def _logits_of_labels(known: Predictions) -> dict[str, NDArray[np.generic]]:
    """Mean and spread of the highest logit where each label was answered, drawn to those of all photos.

    A label that was answered to few photos has its numbers drawn to everybody's as if by `PRIOR` photos more.
    """
    first, highest = known.logits.argmax(axis=1), known.logits.max(axis=1).astype(np.float64)
    count = np.bincount(first, minlength=known.logits.shape[1])
    total = np.bincount(first, highest, minlength=known.logits.shape[1])
    mean = (total + PRIOR * highest.mean()) / (count + PRIOR)
    squares = np.bincount(first, (highest - mean[first]) ** 2, minlength=known.logits.shape[1])
    spread = np.sqrt((squares + PRIOR * highest.var()) / (count + PRIOR))
    return {"logit_mean": mean.astype(np.float32), "logit_spread": np.maximum(spread, 1e-6).astype(np.float32)}


def _main_directions(known: Predictions) -> dict[str, NDArray[np.generic]]:
    rows = np.asarray(known.embeddings, np.float64)
    origin = rows.mean(axis=0)
    _, _, directions = np.linalg.svd(rows - origin, full_matrices=False)
    return {
        "origin": origin.astype(np.float32),
        "directions": directions[: min(DIRECTIONS, len(rows) - 1)].T.astype(np.float32),
    }


def _combination(
    known: Predictions, strange: list[Predictions], usual: Predictions, tree: LabelTree, temperature: float
) -> dict[str, NDArray[np.generic]]:
    """Weights of the parts: other things count as much as novel genera, and both together as much as subjects."""
    arrays: dict[str, NDArray[np.generic]] = {
        "genus": _genera(tree),
        "background_index": np.array(int(np.flatnonzero(tree.is_background)[0])),
        **_logits_of_labels(usual),
        **_main_directions(usual),
        **{name: np.zeros(len(PARTS)) for name in ("part_centre", "part_spread", "part_weight")},
    }
    photos = [known, *strange]
    columns = np.concatenate(
        [parts(UnknownModel(Score.COMBINED, arrays, temperature), part.logits, part.embeddings) for part in photos]
    )
    weights = np.concatenate(
        [np.full(len(part), share / len(part)) for part, share in zip(photos, (2, 1, 1), strict=True)]
    )
    centre, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-6
    fitted = LogisticRegression(C=COMBINING, max_iter=500)
    fitted.fit((columns - centre) / spread, np.arange(len(columns)) >= len(known), weights * len(columns))
    return arrays | {
        "part_centre": centre.astype(np.float32),
        "part_spread": spread.astype(np.float32),
        "part_weight": fitted.coef_[0].astype(np.float32),
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
