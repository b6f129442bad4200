"""Alarms with a guarantee: at most alpha of dangerous photos pass without one, by conformal risk control.

Angelopoulos, Bates, Fisch, Lei and Schuster 2022, "Conformal Risk Control" (arXiv 2208.02814), theorem 1: with a loss
between 0 and 1 that falls as the threshold falls, the lowest-risk threshold with (n R + 1) / (n + 1) <= alpha keeps the
expected loss of the next exchangeable unit at most alpha. A unit is a near-duplicate group, its loss the share of its
photos that pass without the alarm, so that twenty copies of one photo are not twenty witnesses.

Photos of one source are more alike than those of several, and the next photo comes from a source that nobody has seen.
So the bound must hold within each source that has the photos for it, and over all of them: the worst one decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.decision import alarm_scores, rings
from fieldguide.core.decision.thresholds import Guarantee
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank, Taxon

EXPONENTS = (1.0, 0.85, 0.7, 0.6, 0.5, 0.4)
PROMISED = 0.05  # misses that people are promised at most; a run asks for fewer where it has the photos


@dataclass(frozen=True, slots=True)
class Dangers:
    """Which labels `[C]` and which photos `[N]` count as deadly and as harmful; `has_danger`: those with a known one.

    A photo of a genus or family counts with the worst of its species, as its label does. A photo without a truth, of
    the background, or of a taxon that the guide does not know is not counted: it counts on neither side.
    """

    deadly_labels: NDArray[np.bool_]
    harmful_labels: NDArray[np.bool_]
    deadly: NDArray[np.bool_]
    harmful: NDArray[np.bool_]
    has_danger: NDArray[np.bool_]


def dangers(labels: tuple[Taxon, ...], truth: tuple[Taxon | None, ...], guide: Guide) -> Dangers:
    """Look up today's dangers of the labels and of the true taxa."""
    of_labels = [guide.danger(label) for label in labels]
    of_photos = [
        Danger.UNKNOWN if taxon is None or taxon.rank is Rank.BACKGROUND else guide.danger(taxon) for taxon in truth
    ]
    return Dangers(
        deadly_labels=np.array([level is Danger.DEADLY for level in of_labels], dtype=bool),
        harmful_labels=np.array([level.harmful for level in of_labels], dtype=bool),
        deadly=np.array([level is Danger.DEADLY for level in of_photos], dtype=bool),
        harmful=np.array([level.harmful for level in of_photos], dtype=bool),
        has_danger=np.array([level is not Danger.UNKNOWN for level in of_photos], dtype=bool),
    )


def control_misses(scores: NDArray[np.floating], groups: NDArray[np.integer], alpha: float) -> float:
    """The highest threshold on `scores` `[N]` of dangerous photos that keeps the risk of a miss at most `alpha`.

    0 (every photo rings) when there are too few groups for the promise: fewer than 1 / alpha - 1.
    """
    units, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    n = len(units)
    if n == 0 or 1.0 / (n + 1) > alpha:
        return 0.0
    order = np.argsort(scores, kind="stable")
    weights = 1.0 / sizes[place[order]]  # a photo's part of its group's loss
    lost = np.concatenate([[0.0], np.cumsum(weights)])  # lost[k]: summed group losses with the k lowest photos missed
    allowed = int(np.flatnonzero((lost + 1.0) / (n + 1) <= alpha + 1e-12)[-1])
    return float(scores[order[allowed]]) if allowed < len(scores) else float(scores[order[-1]])


def control_worst(
    scores: NDArray[np.floating], groups: NDArray[np.integer], sources: NDArray[np.str_], alpha: float
) -> tuple[float, str]:
    """The lowest of the thresholds that all photos `[N]` together and each source alone ask for, and whose it is.

    A source with too few groups to promise `alpha` counts only among all. The name is empty when all together decide.
    """
    found = [(control_misses(scores, groups, alpha), "")]
    for source in np.unique(sources):
        own = sources == source
        if 1.0 / (len(np.unique(groups[own])) + 1) <= alpha:
            found.append((control_misses(scores[own], groups[own], alpha), str(source)))
    return min(found)


def reachable(alpha: float, groups: int) -> float:
    """The misses that so many groups of dangerous photos can promise: `alpha`, or 1 / (groups + 1) up to `PROMISED`."""
    least = 1.0 / (groups + 1)
    return max(alpha, least) if least <= PROMISED else alpha


@dataclass(frozen=True, slots=True)
class FittedAlarms:
    """Both thresholds, the exponent of their score, and what they hold."""

    deadly: float
    harmful: float
    exponent: float
    deadly_guarantee: Guarantee | None
    harmful_guarantee: Guarantee | None
    compared: dict[str, float]


def fit_alarms(
    probabilities: NDArray[np.floating],
    found: Dangers,
    groups: NDArray[np.integer],
    sources: NDArray[np.str_],
    *,
    deadly_alpha: float,
    harmful_alpha: float,
    split: str,
    weights: NDArray[np.floating] | None = None,
) -> FittedAlarms:
    """Choose the exponent that costs the fewest false deadly alarms, then both thresholds.

    With too few photos for an alpha the promise is what they allow (`reachable`), or none and every photo rings. The
    exponent is one of six, chosen on the same photos: the promise is over the threshold for a given exponent, and
    one choice among six bends it by less than the group counts do.

    Args:
        probabilities: `[N,C]`, calibrated. groups, sources: `[N]`, see `control_worst`.
        weights: `[N]` for the false alarms alone (photos count alike without).
    """
    counted = np.ones(len(probabilities)) if weights is None else weights
    compared: dict[float, float] = {}
    witnesses = [len(np.unique(groups[photos])) for photos in (found.deadly, found.harmful)]
    alphas = [reachable(alpha, n) for alpha, n in zip((deadly_alpha, harmful_alpha), witnesses, strict=True)]
    for exponent in EXPONENTS:
        scores = alarm_scores(probabilities, found.deadly_labels, exponent)
        least, _ = control_worst(scores[found.deadly], groups[found.deadly], sources[found.deadly], alphas[0])
        rung = rings(probabilities, found.deadly_labels, least, exponent)
        compared[exponent] = _rate(rung, found.has_danger & ~found.deadly, counted)
    exponent = min(compared, key=lambda each: (round(compared[each], 3), -each))
    thresholds, guarantees = [], []
    for labels, photos, alpha in zip(
        (found.deadly_labels, found.harmful_labels), (found.deadly, found.harmful), alphas, strict=True
    ):
        scores = alarm_scores(probabilities, labels, exponent)
        least, source = control_worst(scores[photos], groups[photos], sources[photos], alpha)
        rung = rings(probabilities, labels, least, exponent)
        rate = _rate(rung, found.has_danger & ~photos, np.ones(len(rung)))
        thresholds.append(least)
        decided = photos & (sources == source) if source else photos
        counts = int(decided.sum()), len(np.unique(groups[decided]))
        guarantees.append(Guarantee(alpha, *counts, split, rate, source) if least > 0 else None)
    return FittedAlarms(
        thresholds[0],
        thresholds[1],
        exponent,
        guarantees[0],
        guarantees[1],
        {f"{each:g}": rate for each, rate in compared.items()},
    )


def _rate(rings: NDArray[np.bool_], among: NDArray[np.bool_], weights: NDArray[np.floating]) -> float:
    total = float(weights[among].sum())
    return float(weights[among & rings].sum()) / total if total > 0 else 0.0
