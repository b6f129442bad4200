"""Probabilities over labels of mixed rank, summed up the tree: species, genus, family.

Knows nothing of danger or of thresholds. A label counts at its own rank and at every rank above it; the background
label counts nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.calibration import Floats
from fieldguide.core.taxonomy import Rank, Taxon

RANKS = (Rank.SPECIES, Rank.GENUS, Rank.FAMILY)


@dataclass(frozen=True, slots=True)
class Best:
    """The most probable taxon of one rank per photo: `place` [N] into `LabelTree.taxa[rank]` and `probability` [N]."""

    place: NDArray[np.intp]
    probability: NDArray[np.float64]


class LabelTree:
    """The tree over the labels of one model. Build it with `label_tree`, which keeps it."""

    def __init__(self, labels: tuple[Taxon, ...]) -> None:
        self.labels = labels
        self.is_background = np.array([label.rank is Rank.BACKGROUND for label in labels], dtype=bool)
        self.taxa: dict[Rank, tuple[Taxon, ...]] = {}
        self._order: dict[Rank, NDArray[np.intp]] = {}  # the labels below each taxon of a rank, one taxon after another
        self._starts: dict[Rank, NDArray[np.intp]] = {}
        for rank in RANKS:
            below = _rows_below(labels, rank)
            self.taxa[rank] = tuple(_ancestor(name, rank, [labels[row] for row in rows]) for name, rows in below)
            self._order[rank] = np.array([row for _, rows in below for row in rows], dtype=np.intp)
            self._starts[rank] = np.cumsum([0, *(len(rows) for _, rows in below)], dtype=np.intp)[:-1]
        species = {
            name: [row for row in rows if labels[row].rank is Rank.SPECIES]
            for name, rows in _rows_below(labels, Rank.GENUS)
        }
        self._wide = tuple(
            (row, np.array(species[label.name]))
            for row, label in enumerate(labels)
            if label.rank is Rank.GENUS and species[label.name]
        )

    def sums(self, probabilities: Floats, rank: Rank) -> NDArray[np.float64]:
        """Summed probabilities `[N, taxa of that rank]` from `[N,C]`."""
        found = np.asarray(probabilities, np.float64)[:, self._order[rank]]
        return np.add.reduceat(found, self._starts[rank], axis=1) if self.taxa[rank] else np.zeros((len(found), 0))

    def best(self, probabilities: Floats, rank: Rank) -> Best:
        """The most probable taxon at `rank` for each row of `[N,C]`; probability 0 at place 0 when there is none."""
        sums = self.sums(probabilities, rank)
        if sums.shape[1] == 0:
            return Best(np.zeros(len(sums), dtype=np.intp), np.zeros(len(sums)))
        place = sums.argmax(axis=1)
        return Best(place, sums[np.arange(len(sums)), place])

    def share_wide(self, probabilities: Floats, share: float) -> NDArray[np.float64]:
        """Give `share` (0 to 1) of each genus label's probability to the known species of that genus, as they stand.

        A folder called `Boletus` holds finds that nobody named further, known species among them: so the label's
        probability is partly theirs. The sums at genus and family stay; what is left means "another species". Rows
        `[N,C]` in, a copy out.
        """
        shared = np.array(probabilities, dtype=np.float64)
        for row, known in self._wide:
            moved = share * shared[:, row]
            weights = shared[:, known]
            total = weights.sum(axis=1)
            some = total > 0
            shared[np.ix_(some, known)] += moved[some, None] * weights[some] / total[some, None]
            shared[some, row] -= moved[some]
        return shared


@lru_cache(maxsize=8)
def label_tree(labels: tuple[Taxon, ...]) -> LabelTree:
    """The tree of these labels; the same object for the same labels."""
    return LabelTree(labels)


def _rows_below(labels: tuple[Taxon, ...], rank: Rank) -> list[tuple[str, list[int]]]:
    """The rows of the labels at or below each taxon of a rank, by its name in the order of the alphabet."""
    below: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        name = label.at(rank)
        if name is not None:
            below.setdefault(name, []).append(row)
    return sorted(below.items())


def _ancestor(name: str, rank: Rank, below: list[Taxon]) -> Taxon:
    """The taxon of that name and rank: a label itself, else made from the labels `below` it."""
    own = next((label for label in below if label.rank is rank), None)
    family = next((label.family for label in below if label.family is not None), None)
    return own or Taxon(name, rank, name if rank is Rank.GENUS else None, family)
