"""How good the names are: top-1 and top-5 by rank, calibration, prediction sets, abstention, and every class by itself.

Sees answers, knows nothing of danger.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.calibration import ReliabilityBin, expected_calibration_error, reliability_bins
from fieldguide.core.decision.rollup import RANKS
from fieldguide.core.taxonomy import Rank
from trainer.evaluation.answers import Answers
from trainer.evaluation.calibrate import label_covers
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.verdicts import UNKNOWN, right

CONFUSIONS = 200  # pairs listed, the most frequent first
SIMULATED = 50  # test sets, for the calibration error that chance alone makes


def share(hits: NDArray[np.bool_] | NDArray[np.floating]) -> dict[str, Any]:
    """A share (0 to 1) with its 95 % Clopper-Pearson interval; value None for no photos."""
    count = len(hits)
    low, high = clopper_pearson(float(np.sum(hits)), count)
    return {"value": float(np.mean(hits)) if count else None, "low": low, "high": high, "photos": count}


def top_names(answers: Answers) -> dict[str, Any]:
    """Top-1 and top-5 (0 to 1) among the candidates, judged by name at each rank.

    Species: photos whose species is a label. Genus and family: photos whose genus, or family, holds a label; candidates
    of any rank count with their genus, or family. `top1_between` holds the ends of the 95 % interval of `top1`.
    """
    found: dict[str, Any] = {}
    for place, rank in enumerate(RANKS):
        at_rank = np.array([label.at(rank) or "" for label in answers.labels], dtype=object)
        truth = answers.truth.names[:, place]
        rows = np.flatnonzero([name is not None and name in set(at_rank) for name in truth])
        hits = at_rank[answers.order[rows, :5]] == truth[rows, None]
        prefix = "" if rank is Rank.SPECIES else f"{rank.value}_"
        found[f"{prefix}top1"] = float(hits[:, 0].mean()) if len(rows) else None
        found[f"{prefix}top1_between"] = list(clopper_pearson(float(hits[:, 0].sum()), len(rows)))
        found[f"{prefix}top5"] = float(hits.any(axis=1).mean()) if len(rows) else None
        found[f"{rank.value}_photos"] = len(rows)
    return found


def calibration(answers: Answers) -> dict[str, Any]:
    """ECE (0 to 1), what chance alone makes of it, and reliability bins of what is said first, on photos with a label.

    Each photo is judged at the rank that its name tells: a photo named to a species by the first candidate's
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
    return {
        "ece": expected_calibration_error(confidence, correct) if len(rows) else None,
        "ece_by_chance": _by_chance(confidence),
        "bins": [_with_interval(each) for each in reliability_bins(confidence, correct)],
        "photos": len(rows),
    }


def _with_interval(found: ReliabilityBin) -> dict[str, Any]:
    low, high = clopper_pearson(found.accuracy * found.count, found.count)
    return {**asdict(found), "accuracy_between": [low, high]}


def _by_chance(confidence: NDArray[np.floating]) -> float | None:
    """The ECE (0 to 1) that perfectly honest percentages would show on so many photos, by simulation."""
    if len(confidence) == 0:
        return None
    drawn = np.random.default_rng(1).random((SIMULATED, len(confidence))) < confidence
    return float(np.mean([expected_calibration_error(confidence, right) for right in drawn]))


def prediction_sets(answers: Answers) -> dict[str, Any]:
    """How often the set holds the true label, and how large it is; empty without a promise."""
    if answers.inside is None:
        return {}
    rows = np.flatnonzero(answers.photos.targets >= 0)
    held = np.array(
        [(answers.inside[row] & label_covers(answers.tree, int(answers.photos.targets[row]))).any() for row in rows],
        dtype=bool,
    )
    sizes = answers.inside[rows].sum(axis=1)
    return {
        "coverage": share(held),
        "mean_size": float(sizes.mean()) if len(rows) else None,
        "median_size": float(np.median(sizes)) if len(rows) else None,
    }


def abstention(answers: Answers, points: int = 20) -> list[dict[str, float]]:
    """Risk-coverage curve (El-Yaniv, Wiener 2010): error of the first candidate among the surest share of photos."""
    rows = np.flatnonzero(answers.photos.targets >= 0)
    if len(rows) == 0:
        return []
    sure = np.argsort(-answers.shared[rows, answers.order[rows, 0]], kind="stable")
    wrong = np.cumsum(~first_is_right(answers)[rows][sure]) / np.arange(1, len(rows) + 1)
    ends = np.unique(np.ceil(np.linspace(1, points, points) / points * len(rows)).astype(int))
    return [{"coverage": float(end / len(rows)), "risk": float(wrong[end - 1])} for end in ends]


def verdicts(answers: Answers) -> dict[str, Any]:
    """For each rank: how often it is said and how often that is right; and how often nothing is said.

    `unknown_of_known_genera`: among photos whose genus holds a label.
    """
    hits = right(answers.verdicts, answers.truth)
    kinds = answers.verdicts.kinds
    genera = {label.genus for label in answers.labels if label.genus}
    known = np.array([name in genera for name in answers.truth.names[:, 1]], dtype=bool)
    found: dict[str, Any] = {}
    for place, rank in enumerate(RANKS):
        told = hits[(kinds == place) & ~np.isnan(hits)]
        found[rank.value] = {"said": float((kinds == place).mean()) if len(kinds) else None, "right": share(told)}
    found["unknown"] = share(kinds == UNKNOWN)
    found["unknown_of_known_genera"] = share(kinds[known] == UNKNOWN)
    reasons = [decision.verdict.reason.value for decision in answers.decisions]
    found["reasons"] = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    return found


def classes(answers: Answers) -> list[dict[str, Any]]:
    """Precision, recall and F1 of each label's first place, worst F1 first; labels without photos are left out.

    A species said of a photo that is filed under its genus counts for the genus, and neither for nor against the
    species: nobody told which one it is. `right` of `photos` is the recall, `right` of `named` the precision.
    """
    rows = np.flatnonzero(answers.photos.targets >= 0)
    truth, said = answers.photos.targets[rows], first_names(answers)[rows]
    found = []
    for target in np.unique(truth):
        hits = int(((truth == target) & (said == target)).sum())
        photos, named = int((truth == target).sum()), int((said == target).sum())
        found.append(
            {
                "label": answers.labels[target].name,
                "photos": photos,
                "named": named,
                "right": hits,
                "precision": hits / named if named else 0.0,
                "recall": hits / photos,
                "f1": 2 * hits / (photos + named),
            }
        )
    return sorted(found, key=lambda each: (float(str(each["f1"])), str(each["label"])))


def confusions(answers: Answers) -> list[dict[str, Any]]:
    """Which label was taken for which, the most frequent first; a label inside the true one is no mix-up."""
    rows = np.flatnonzero(answers.photos.targets >= 0)
    wrong = rows[~first_is_right(answers)[rows]]
    pairs, counts = np.unique(
        np.stack([answers.photos.targets[wrong], answers.order[wrong, 0]], axis=1), axis=0, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")[:CONFUSIONS]
    return [
        {
            "true": answers.labels[pairs[i, 0]].name,
            "said": answers.labels[pairs[i, 1]].name,
            "photos": int(counts[i]),
        }
        for i in order
    ]


def first_names(answers: Answers) -> NDArray[np.intp]:
    """The first candidate's label `[N]`, told as the true label where it is that one or lies inside it."""
    right = first_is_right(answers)
    return np.asarray(np.where(right, answers.photos.targets, answers.order[:, 0]), np.intp)


def first_is_right(answers: Answers) -> NDArray[np.bool_]:
    """Whether the first candidate `[N]` is the label, or lies inside it (a species of the genus told).

    False for photos without a label.
    """
    targets = answers.photos.targets
    right = np.zeros(len(targets), dtype=bool)
    for target in np.unique(targets[targets >= 0]):
        rows = targets == target
        right[rows] = label_covers(answers.tree, int(target))[answers.order[rows, 0]]
    return right
