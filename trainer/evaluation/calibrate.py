"""Temperature, the thresholds of the three ranks, and the prediction set, fitted on the calibration split.

A split of one's own photos flatters: other people's photos show species and genera that no label covers, and the model
does not know that it does not know. So the ranks are fitted on three versions of every calibration photo, weighted as
other people's photos may fall: as it is; with its own species struck out of the labels (a species without a label);
with its whole genus struck out. Every label counts alike, however many photos it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.rollup import RANKS, LabelTree
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide.cryptic import CrypticGroup
from fieldguide.core.taxonomy import Rank, Taxon
from trainer.evaluation.document import RankFit
from trainer.evaluation.intervals import wilson_lower
from trainer.evaluation.verdicts import Summed, Truth, right_at, sum_up, truth_of

NEVER = 1.01  # a rank threshold that nothing passes


def balanced_weights(targets: NDArray[np.integer], power: float = 1.0) -> NDArray[np.float64]:
    """Weights `[N]` with mean 1: a photo of a label with n photos counts n**-power."""
    _, place, counts = np.unique(targets, return_inverse=True, return_counts=True)
    weights = counts[place] ** -power if len(targets) else np.zeros(0)
    return np.asarray(weights / weights.mean() if len(targets) else weights)


def weigh_novel(targets: NDArray[np.integer], weights: NDArray[np.float64], share: float = 0.0) -> NDArray[np.float64]:
    """Weights `[N]` with mean 1 of all photos, from those of the photos with a label (in their order).

    Photos without a label make up `share` of the weight; with 0, or where there are none, they count as they come.
    """
    strange = targets < 0
    found = np.ones(len(targets))
    found[~strange] = weights
    if 0 < share < 1 and strange.any() and len(weights):
        found[strange] *= share / (1.0 - share) * weights.sum() / strange.sum()
    return np.asarray(found / found.mean() if len(found) else found)


@dataclass(frozen=True)
class Scenarios:
    """Photos as other people may bring them: rolled up, with their truth, and how much each counts."""

    summed: Summed
    truth: Truth
    weights: NDArray[np.float64]


def simulate_novel(
    probabilities: NDArray[np.floating],
    truth: tuple[Taxon | None, ...],
    weights: NDArray[np.floating],
    tree: LabelTree,
    groups: Mapping[str, CrypticGroup],
    *,
    wide_share: float,
    unseen_species: float,
    unseen_genera: float,
) -> Scenarios:
    """The three versions of `[N,C]` probabilities; the two shares (together below 1) weigh the last two."""
    seen = np.asarray(probabilities, np.float64)
    versions = [
        (seen, 1.0 - unseen_species - unseen_genera),
        (_strike_out(seen, truth, tree, Rank.SPECIES), unseen_species),
        (_strike_out(seen, truth, tree, Rank.GENUS), unseen_genera),
    ]
    kept = [(version, share) for version, share in versions if share > 0]
    return Scenarios(
        sum_up(np.concatenate([version for version, _ in kept]), tree, wide_share, groups),
        truth_of(truth).repeat(len(kept)),
        np.concatenate([weights * share for _, share in kept]),
    )


def _strike_out(
    probabilities: NDArray[np.float64], truth: tuple[Taxon | None, ...], tree: LabelTree, rank: Rank
) -> NDArray[np.float64]:
    left = probabilities.copy()
    at_rank = np.array([label.at(rank) or "" for label in tree.labels], dtype=object)
    for row, taxon in enumerate(truth):
        name = None if taxon is None else taxon.at(rank)
        if name is not None:
            left[row, at_rank == name] = 0.0
    return np.asarray(left / np.maximum(left.sum(axis=1, keepdims=True), 1e-300))


WORTH = (1.0, 0.5, 0.3)  # what saying a species, a genus or a family is worth, when their thresholds compete
UNKNOWN_COST = 3.0  # what each photo beyond the allowed share of unknown ones costs
GRID = 24


def fit_ranks(
    scenarios: Scenarios,
    thresholds: Thresholds,
    *,
    target: float,
    confidence: float,
    most_unknown: float,
    species_target: float = 0.0,
) -> tuple[Thresholds, list[RankFit]]:
    """The three thresholds at which each rank is right with `target` and the most telling names are said.

    A species is held to `species_target` when that is stricter than `target`. "Right with target" means that the one-
    sided Wilson bound at `confidence`, over effective counts (Kish 1965: squared sum of weights over sum of squares),
    is not below it. The three compete: a photo whose species is not said may still have its genus said, and a strict
    genus leaves surer photos to the family, which then may say more. So species and genus are tried on a grid of
    `GRID` quantiles each, the family takes the lowest threshold that holds, and the best sum of `WORTH` times what is
    said wins, less `UNKNOWN_COST` for each unknown beyond `most_unknown` (a share of all). A rank that cannot hold the
    target is never said.
    """
    search = _Search(scenarios, thresholds, (max(species_target, target), target, target), confidence, most_unknown)
    best: tuple[float, tuple[float, float, float], list[RankFit]] | None = None
    for species in search.grid(0):
        if not search.holds(species):
            continue
        for genus in search.grid(1):
            found = search.try_out(species, genus)
            if found is not None and (best is None or found[0] > best[0] + 1e-12):
                best = found
    assert best is not None  # never saying anything always holds
    _, (species, genus, family), fits = best
    return replace(thresholds, species=species, genus=genus, family=family, target=target), fits


class _Search:
    """The arrays that every trial of `fit_ranks` shares."""

    def __init__(
        self,
        scenarios: Scenarios,
        thresholds: Thresholds,
        targets: tuple[float, float, float],
        confidence: float,
        most_unknown: float,
    ) -> None:
        self.targets, self.confidence, self.most_unknown = targets, confidence, most_unknown
        order = np.argsort(-scenarios.summed.chances[:, 2], kind="stable")  # the surest family first: see `_lowest`
        summed = scenarios.summed
        self.chances, self.weights, self.cryptic = (
            summed.chances[order],
            scenarios.weights[order],
            summed.cryptic[order],
        )
        self.open = ~((summed.background > 0) & (summed.background >= thresholds.background))[order]
        hits = [right_at(place, summed.names[:, place], scenarios.truth) for place in range(len(RANKS))]
        self.hits = np.stack(hits, axis=1)[order]
        self.stopped = right_at(1, summed.genus_of_species, scenarios.truth)[order]

    def grid(self, place: int) -> list[float]:
        chances = self.chances[self.open & (self.weights > 0), place]
        return [NEVER, *np.unique(np.quantile(chances, np.linspace(0.0, 1.0, GRID)))[::-1].tolist()]

    def holds(self, species: float) -> bool:
        """Whether this species threshold holds the target, whatever the genus does."""
        said = self.open & (self.chances[:, 0] >= species) & ~self.cryptic
        fit = self._fit(RANKS[0], species, said, self.hits[:, 0])
        return fit.said == 0 or fit.bound >= self.targets[0]

    def try_out(self, species: float, genus: float) -> tuple[float, tuple[float, float, float], list[RankFit]] | None:
        first = self.open & (self.chances[:, 0] >= species)
        second = self.open & ~first & (self.chances[:, 1] >= genus)
        named = first & ~self.cryptic
        at_genus = np.where(first, self.stopped, self.hits[:, 1])
        fits = [
            self._fit(RANKS[0], species, named, self.hits[:, 0]),
            self._fit(RANKS[1], genus, (first & self.cryptic) | second, at_genus),
        ]
        if any(fit.said > 0 and fit.bound < least for fit, least in zip(fits, self.targets[:2], strict=True)):
            return None
        rest = self.open & ~first & ~second
        family = self._lowest(rest)
        fits.append(self._fit(RANKS[2], family, rest & (self.chances[:, 2] >= family), self.hits[:, 2]))
        worth = sum(each * fit.said for each, fit in zip(WORTH, fits, strict=True))
        unknown = 1.0 - sum(fit.said for fit in fits)
        worth -= UNKNOWN_COST * max(0.0, unknown - self.most_unknown)
        return worth, (species, genus, family), fits

    def _fit(self, rank: Rank, threshold: float, said: NDArray[np.bool_], hits: NDArray[np.float64]) -> RankFit:
        counted = said & ~np.isnan(hits) & (self.weights > 0)
        weights = self.weights[counted]
        total = float(weights.sum())
        share = float((weights * hits[counted]).sum()) / total if total else 0.0
        effective = total**2 / float((weights**2).sum()) if total else 0.0
        bound = float(wilson_lower(np.array(share), np.array(effective), self.confidence))
        return RankFit(rank.value, threshold, float(self.weights[said].sum() / self.weights.sum()), share, bound)

    def _lowest(self, rest: NDArray[np.bool_]) -> float:
        order = np.flatnonzero(rest & ~np.isnan(self.hits[:, 2]) & (self.weights > 0) & (self.chances[:, 2] > 0))
        weights = self.weights[order]
        total = np.cumsum(weights)
        share = np.cumsum(weights * self.hits[order, 2]) / np.maximum(total, 1e-12)
        bounds = wilson_lower(share, total**2 / np.maximum(np.cumsum(weights**2), 1e-12), self.confidence)
        good = np.flatnonzero(bounds >= self.targets[2])
        return float(self.chances[order[good[-1]], 2]) if len(good) else NEVER


def fit_plausible(
    probabilities: NDArray[np.floating],
    targets: NDArray[np.integer],
    groups: NDArray[np.integer],
    tree: LabelTree,
    *,
    coverage: float,
    wide_share: float,
) -> float:
    """The mass at which the prediction set holds the true label for `coverage` of groups (split conformal).

    Groups weigh alike: the quantile is taken over each group's hardest photo, at (n + 1) * coverage / n.
    """
    shared = tree.share_wide(probabilities, wide_share)
    needed = mass_needed(shared, targets, tree)
    units, place = np.unique(groups, return_inverse=True)
    hardest = np.zeros(len(units))
    np.maximum.at(hardest, place, needed)
    rank = int(np.ceil((len(units) + 1) * coverage))
    if rank > len(units):
        return 1.0
    return float(np.nextafter(np.sort(hardest)[rank - 1], 2.0).clip(0.0, 1.0))


def mass_needed(shared: NDArray[np.floating], targets: NDArray[np.integer], tree: LabelTree) -> NDArray[np.float64]:
    """Mass `[N]` above which `plausible_labels` takes in the true label; a genus counts when any label in it is in."""
    taxa = np.where(tree.is_background, 0.0, np.asarray(shared, np.float64))
    taxa = taxa / np.maximum(taxa.sum(axis=1, keepdims=True), 1e-300)
    found = np.ones(len(taxa))
    for row, target in enumerate(targets):
        own = taxa[row, label_covers(tree, int(target))].max()
        found[row] = taxa[row, taxa[row] > own].sum()
    return found


def label_covers(tree: LabelTree, target: int) -> NDArray[np.bool_]:
    """Labels `[C]` that count as the true label: itself, and for a genus or family every label inside it."""
    label = tree.labels[target]
    return np.array([other.at(label.rank) == label.name for other in tree.labels], dtype=bool)
