"""Verdicts for many photos at once, by the same rules as `core.decision`, and whether they are right.

A test holds both to the same answers. Here only because fitting asks for thousands of verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.rollup import RANKS, LabelTree
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide.cryptic import CrypticGroup
from fieldguide.core.taxonomy import Rank, Taxon

UNKNOWN = len(RANKS)  # after species, genus, family


@dataclass(frozen=True)
class Verdicts:
    """`kinds` [N]: place in `RANKS`, or `UNKNOWN`. `names` [N]: what was said, empty for unknown."""

    kinds: NDArray[np.intp]
    names: NDArray[np.object_]


@dataclass(frozen=True)
class Summed:
    """The best taxon of each rank for N photos: `names` and `chances` are `[N,3]` in the order of `RANKS`.

    `genus_of_species` and `cryptic` `[N]` tell what becomes of the best species when it stands in a cryptic group.
    `background` `[N]`: probability of that label.
    """

    names: NDArray[np.object_]
    chances: NDArray[np.float64]
    genus_of_species: NDArray[np.object_]
    cryptic: NDArray[np.bool_]
    background: NDArray[np.float64]


def sum_up(
    probabilities: NDArray[np.floating], tree: LabelTree, wide_share: float, groups: Mapping[str, CrypticGroup]
) -> Summed:
    """Roll up `[N,C]` probabilities as `core.decision` does."""
    names, chances = [], []
    shared = tree.share_wide(probabilities, wide_share)
    for rank, matrix in zip(RANKS, (shared, probabilities, probabilities), strict=True):
        best = tree.best(matrix, rank)
        taxa = np.array([taxon.name for taxon in tree.taxa[rank]] or [""], dtype=object)
        names.append(taxa[best.place])
        chances.append(best.probability)
    genera = {taxon.name: taxon.genus or "" for taxon in tree.taxa[Rank.SPECIES]}
    return Summed(
        names=np.stack(names, axis=1),
        chances=np.stack(chances, axis=1),
        genus_of_species=np.array([genera.get(name, "") for name in names[0]], dtype=object),
        cryptic=np.array([name in groups for name in names[0]], dtype=bool),
        background=np.asarray(probabilities[:, tree.is_background].sum(axis=1), np.float64),
    )


def say(summed: Summed, thresholds: Thresholds, unknown_scores: NDArray[np.floating] | None = None) -> Verdicts:
    """The verdict of each photo."""
    least = (thresholds.species, thresholds.genus, thresholds.family)
    passed = (summed.chances >= np.array(least)) & (summed.chances > 0)
    kinds = np.where(passed.any(axis=1), passed.argmax(axis=1), UNKNOWN)
    kinds[(summed.background > 0) & (summed.background >= thresholds.background)] = UNKNOWN
    if unknown_scores is not None and thresholds.unknown is not None:
        kinds[unknown_scores > thresholds.unknown] = UNKNOWN
    names = np.concatenate([summed.names, np.full((len(kinds), 1), "", dtype=object)], axis=1)
    said = names[np.arange(len(kinds)), kinds]
    stopped = (kinds == RANKS.index(Rank.SPECIES)) & summed.cryptic
    return Verdicts(
        kinds=np.where(stopped, RANKS.index(Rank.GENUS), kinds),
        names=np.where(stopped, summed.genus_of_species, said),
    )


@dataclass(frozen=True)
class Truth:
    """True names `[N,3]` in the order of `RANKS` (None where not known) and `place` `[N]`: the rank each is known at.

    `place` is `UNKNOWN` for the background and `NO_TRUTH` when nothing is known.
    """

    names: NDArray[np.object_]
    place: NDArray[np.intp]

    def repeat(self, times: int) -> Truth:
        """The same photos, `times` over."""
        return Truth(np.tile(self.names, (times, 1)), np.tile(self.place, times))


NO_TRUTH = -1


def truth_of(taxa: Sequence[Taxon | None]) -> Truth:
    """True taxa as arrays."""
    names = np.array([[None if t is None else t.at(rank) for rank in RANKS] for t in taxa], dtype=object)
    place = [NO_TRUTH if t is None else UNKNOWN if t.rank is Rank.BACKGROUND else RANKS.index(t.rank) for t in taxa]
    return Truth(names.reshape(-1, len(RANKS)), np.array(place, dtype=np.intp))


def right_at(rank: int, names: NDArray[np.object_], truth: Truth) -> NDArray[np.float64]:
    """Whether `names` `[N]` said at `RANKS[rank]` are right: 1, 0, or nan where nobody can tell.

    Nan without a truth, and for a species said of a photo that is filed no further than under that species' genus (or a
    genus under its family, which is not told apart). Any name for the background is wrong.
    """
    found = np.asarray(names == truth.names[:, rank], dtype=np.float64)
    wide = (truth.place > rank) & (truth.place < UNKNOWN)
    outside = np.array(
        [
            rank == 0 and place == 1 and str(name).partition(" ")[0] != genus
            for name, place, genus in zip(names, truth.place, truth.names[:, 1], strict=True)
        ],
        dtype=bool,
    )
    found[wide] = np.nan
    found[wide & outside] = 0.0
    found[truth.place == NO_TRUTH] = np.nan
    return found


def right(verdicts: Verdicts, truth: Truth) -> NDArray[np.float64]:
    """`right_at` for each verdict at its own rank `[N]`; nan for unknown verdicts."""
    found = np.full(len(verdicts.kinds), np.nan)
    for rank in range(len(RANKS)):
        said = verdicts.kinds == rank
        found[said] = right_at(rank, verdicts.names[said], Truth(truth.names[said], truth.place[said]))
    return found
