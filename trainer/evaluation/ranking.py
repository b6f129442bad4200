"""How good the names are: top-1 and top-5 by rank, calibration, prediction sets, abstention, and every class by itself.

Sees answers, knows nothing of danger.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.rollup import RANKS
from fieldguide.core.taxonomy import Rank
from trainer.evaluation.answers import Answers
from trainer.evaluation.calibrate import label_covers
from trainer.evaluation.certainty import expected_calibration_error, reliability_bins
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.records import (
    CalibrationMeasures,
    ClassMeasures,
    Confusion,
    MatrixCell,
    Names,
    RankNames,
    RiskPoint,
    Said,
    SetMeasures,
    Share,
    VerdictMeasures,
)
from trainer.evaluation.verdicts import UNKNOWN, right

CONFUSIONS = 200  # pairs listed, the most frequent first
SIMULATED = 50  # test sets, for the calibration error that chance alone makes


def share(hits: NDArray[np.bool_] | NDArray[np.floating]) -> Share:
    """A share (0 to 1) of `hits` `[N]` with its 95 % Clopper-Pearson interval."""
    count = len(hits)
    low, high = clopper_pearson(float(np.sum(hits)), count)
    return Share(float(np.mean(hits)) if count else None, low, high, count)


def top_names(answers: Answers) -> Names:
    """Top-1 and top-5 among the candidates, compared by name at each rank.

    Species: photos whose species is a label. Genus and family: photos whose genus, or family, holds a label; candidates
    of any rank count with their genus, or family.
    """
    return Names(*(_names_at(answers, place, rank) for place, rank in enumerate(RANKS)))


def _names_at(answers: Answers, place: int, rank: Rank) -> RankNames:
    at_rank = np.array([label.at(rank) or "" for label in answers.labels], dtype=object)
    named = set(at_rank) - {""}
    truth = answers.truth.names[:, place]
    rows = np.flatnonzero([name is not None and name in named for name in truth])
    hits = at_rank[answers.order[rows, :5]] == truth[rows, None]
    return RankNames(share(hits[:, 0]), share(hits.any(axis=1)), len(named))


def calibration(answers: Answers) -> CalibrationMeasures:
    """ECE, what chance alone makes of it, and reliability bins of what is said first, on photos with a label.

    Each photo counts at the rank that its name tells: a photo named to a species by the first candidate's
    probability, one named to a genus or family by the summed probability of the first genus or family.
    """
    rows = np.flatnonzero(answers.photos.targets >= 0)
    confidence, correct = answers.shared[rows, answers.order[rows, 0]], first_is_right(answers)[rows]
    for place, rank in enumerate(RANKS[1:], start=1):
        wide = answers.truth.place[rows] == place
        best = answers.tree.best(answers.shared[rows[wide]], rank)
        names = np.array([taxon.name for taxon in answers.tree.taxa[rank]] or [""], dtype=object)
        confidence[wide] = best.probability
        correct[wide] = names[best.place] == answers.truth.names[rows[wide], place]
    return CalibrationMeasures(
        ece=expected_calibration_error(confidence, correct) if len(rows) else None,
        ece_by_chance=_by_chance(confidence),
        bins=reliability_bins(confidence, correct),
        photos=len(rows),
    )


def _by_chance(confidence: NDArray[np.floating]) -> float | None:
    """The ECE (0 to 1) that perfectly honest percentages would show on so many photos, by simulation."""
    if len(confidence) == 0:
        return None
    drawn = np.random.default_rng(1).random((SIMULATED, len(confidence))) < confidence
    return float(np.mean([expected_calibration_error(confidence, right) for right in drawn]))


def prediction_sets(answers: Answers) -> SetMeasures | None:
    """How often the set holds the true label, and how large it is, on photos with a label; None without a promise."""
    if answers.inside is None:
        return None
    rows = np.flatnonzero(answers.photos.targets >= 0)
    held = np.array(
        [(answers.inside[row] & label_covers(answers.tree, int(answers.photos.targets[row]))).any() for row in rows],
        dtype=bool,
    )
    sizes = answers.inside[rows].sum(axis=1)
    return SetMeasures(
        coverage=share(held),
        mean_size=float(sizes.mean()) if len(rows) else None,
        median_size=float(np.median(sizes)) if len(rows) else None,
    )


def abstention(answers: Answers, points: int = 20) -> tuple[RiskPoint, ...]:
    """Risk-coverage curve (El-Yaniv, Wiener 2010): error of the first candidate among the surest share of photos."""
    rows = np.flatnonzero(answers.photos.targets >= 0)
    if len(rows) == 0:
        return ()
    sure = np.argsort(-answers.shared[rows, answers.order[rows, 0]], kind="stable")
    wrong = np.cumsum(~first_is_right(answers)[rows][sure]) / np.arange(1, len(rows) + 1)
    ends = np.unique(np.ceil(np.linspace(1, points, points) / points * len(rows)).astype(int))
    return tuple(RiskPoint(float(end / len(rows)), float(wrong[end - 1])) for end in ends)


def verdicts(answers: Answers) -> VerdictMeasures:
    """For each rank: how often it is said and how often that is right; and how often nothing is said."""
    hits = right(answers.verdicts, answers.truth)
    kinds = answers.verdicts.kinds
    genera = {label.genus for label in answers.labels if label.genus}
    known = np.array([name in genera for name in answers.truth.names[:, 1]], dtype=bool)

    def said(place: int) -> Said:
        counted = hits[(kinds == place) & ~np.isnan(hits)]
        return Said(float((kinds == place).mean()) if len(kinds) else None, share(counted))

    reasons = Counter(decision.verdict.reason.value for decision in answers.decisions)
    return VerdictMeasures(
        species=said(0),
        genus=said(1),
        family=said(2),
        unknown=share(kinds == UNKNOWN),
        unknown_of_known_genera=share(kinds[known] == UNKNOWN),
        reasons=dict(sorted(reasons.items())),
    )


def classes(answers: Answers) -> tuple[ClassMeasures, ...]:
    """Precision, recall and F1 of each label's first place, worst F1 first; labels without photos are left out.

    A species said of a photo that is filed under its genus counts for the genus, and neither for nor against the
    species: nobody knows which one it is.
    """
    rows = np.flatnonzero(answers.photos.targets >= 0)
    truth, said = answers.photos.targets[rows], first_names(answers)[rows]
    found = []
    for target in np.unique(truth):
        hits = int(((truth == target) & (said == target)).sum())
        photos, named = int((truth == target).sum()), int((said == target).sum())
        found.append(
            ClassMeasures(
                label=answers.labels[target].name,
                photos=photos,
                named=named,
                right=hits,
                precision=hits / named if named else 0.0,
                recall=hits / photos,
                f1=2 * hits / (photos + named),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.f1, each.label)))


def confusions(answers: Answers) -> tuple[Confusion, ...]:
    """Which label was taken for which, the most frequent first; a label inside the true one is no mix-up."""
    rows = np.flatnonzero(answers.photos.targets >= 0)
    wrong = rows[~first_is_right(answers)[rows]]
    pairs, counts = np.unique(
        np.stack([answers.photos.targets[wrong], answers.order[wrong, 0]], axis=1), axis=0, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")[:CONFUSIONS]
    return tuple(
        Confusion(answers.labels[pairs[i, 0]].name, answers.labels[pairs[i, 1]].name, int(counts[i])) for i in order
    )


def matrix(answers: Answers) -> tuple[MatrixCell, ...]:
    """The cells of the confusion matrix that are not empty; a species within the true genus is right."""
    known = answers.photos.targets >= 0
    pairs = np.stack([answers.photos.targets[known], answers.order[known, 0]], axis=1)
    cells, counts = np.unique(pairs, axis=0, return_counts=True)
    return tuple(
        MatrixCell(int(true), int(said), int(count), bool(label_covers(answers.tree, int(true))[said]))
        for (true, said), count in zip(cells, counts, strict=True)
    )


def first_names(answers: Answers) -> NDArray[np.intp]:
    """The first candidate's label `[N]`, given as the true label where it is that one or lies inside it."""
    right = first_is_right(answers)
    return np.asarray(np.where(right, answers.photos.targets, answers.order[:, 0]), np.intp)


def first_is_right(answers: Answers) -> NDArray[np.bool_]:
    """Whether the first candidate `[N]` is the label, or lies inside it (a species of the true genus).

    False for photos without a label.
    """
    targets = answers.photos.targets
    right = np.zeros(len(targets), dtype=bool)
    for target in np.unique(targets[targets >= 0]):
        rows = targets == target
        right[rows] = label_covers(answers.tree, int(target))[answers.order[rows, 0]]
    return right
