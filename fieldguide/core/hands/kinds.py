"""Every kind of a guide as columns of numbers: how likely each answer is when the find is that kind.

The rule for a kind with several states: the most likely state of a deadly or poisonous one counts (it gets the benefit
of every doubt), the mean of the others; where nothing is known, every answer is as likely, but a family answers as its
species do. No answer is less likely than `FLOOR`. Alarms, and whether a kind fits, come of this.

The highest of several states sums to more than 1 over the answers: every answer, whatever it is, would lift the harmful
kinds above the true name. So the order of the names takes the same likelihoods divided by their sum (normalised maximum
likelihood: Shtarkov 1987): after ten simulated answers twice as many first names are right (docs/benchmarks.md).

Built once per guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.guide.characters import CHARACTERS, Characters, Question
from fieldguide.core.hands.answers import Seen
from fieldguide.core.taxonomy import Rank, Taxon

FLOOR = 0.002  # of the tables: anybody can slip
CONTRADICTS = 0.02  # an answer that fewer than one in fifty give of a kind does not fit it
HALF_WEIGHT = ("growth", "smell")  # weak witnesses: a third of people miss a given smell
SELDOM, SELDOM_SHARE = ("ball", "enclosed"), 0.1  # a closed egg is met this often: for what is expected of asking
ON_PHOTOS = ("form", "surface", "cap_colour", "growth")  # a photo has said half of it already

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One character over all kinds.

    Attributes:
        likelihood: `[A,K]`, each answer's likelihood (0 to 1) for each kind, answers in the order of the vocabulary.
        even: `[A,K]`, the same, summing to 1 over the answers: for the order of the names, never for a danger.
        known: `[K]`, whether anything is known of it. question: how it is asked. weight: of its witness, 0.5 or 1.
        on_photos: whether a photo mostly shows it: then its witness counts half beside one.
        given: `[A,K]`, how often each answer is expected when the question is asked, summing to 1 over the answers.
        told: `[A,K]`, whether the kind is told to have it.
    """

    question: Question
    likelihood: Matrix
    even: Matrix
    known: NDArray[np.bool_]
    weight: float
    on_photos: bool
    given: Matrix
    told: NDArray[np.bool_]

    def counts(self, photo: bool) -> float:
        """The weight of its witness, beside a photo or without one."""
        return self.weight * (0.5 if photo and self.on_photos else 1.0)

    def of(self, value: str, *, even: bool = False) -> Matrix:
        """`[K]`: the likelihood of one answer."""
        return np.asarray((self.even if even else self.likelihood)[CHARACTERS[self.question.character].index(value)])


class Expected:
    """All questions at once, for what asking each is expected to tell: `S` answers of `Q` questions in one table.

    Attributes:
        given: `[S,K]`, see `Asked`. of_deadly: `[S,D]`, its columns of the deadly kinds. order: `[Q,K]`, the sums of
            given * log(given) over the answers of each question. known: `[Q,K]`, see `Asked`.
        starts: `[Q]`, the row of each question's first answer. weights: `[2,Q]` of the witnesses, without and beside a
            photo.
    """

    def __init__(self, asked: Sequence[Asked], deadly: NDArray[np.bool_]) -> None:
        none = np.zeros((0, len(deadly)))
        self.given = np.vstack([none, *(each.given for each in asked)])
        self.of_deadly = np.ascontiguousarray(self.given[:, deadly])
        self.starts = np.cumsum([0, *(len(each.given) for each in asked)])[:-1].astype(np.intp)
        whole = self.given * np.log(self.given)
        self.order = np.add.reduceat(whole, self.starts) if len(asked) else none
        self.known = np.vstack([none, *(each.known for each in asked)])
        self.weights = np.array([[each.counts(photo) for each in asked] for photo in (False, True)])


class Kinds:
    """The kinds of one guide in the order of its records. Build with `kinds_of`, which keeps it."""

    def __init__(self, guide: Guide) -> None:
        records = list(guide.records.values())
        self.taxa: tuple[Taxon, ...] = tuple(record.taxon for record in records)
        self.dangers: tuple[Danger, ...] = tuple(record.danger for record in records)
        self.place = {taxon.name: number for number, taxon in enumerate(self.taxa)}
        species = np.array([taxon.rank is Rank.SPECIES for taxon in self.taxa], dtype=bool)
        self.species = species
        # a genus holds a deadly species and others: which of them it is, its species answer themselves
        self.deadly = species & np.array([danger is Danger.DEADLY for danger in self.dangers], dtype=bool)
        poisonous = [danger.severity >= Danger.POISONOUS.severity for danger in self.dangers]
        self.poisonous = species & np.array(poisonous, dtype=bool)  # or deadly
        self.harmful = species & np.array([danger.harmful for danger in self.dangers], dtype=bool)
        self.groups = {rank: self._group(rank) for rank in (Rank.GENUS, Rank.FAMILY)}
        self.lookalikes = self._resembling(guide)
        characters = [guide.characters_of(taxon.name) for taxon in self.taxa]
        self.asked = {name: self._ask(characters, question) for name, question in guide.questions.items()}
        self.expected = Expected(list(self.asked.values()), self.deadly)

    def scores(self, seen: tuple[Seen, ...], photo: bool = True, *, even: bool = False) -> Matrix:
        """`[K]`: the summed logarithms of what the answers say, each of several values apart; `even`: see `Asked`."""
        total = np.zeros(len(self.taxa))
        for each in seen:
            asked = self.asked.get(each.character)
            if asked is not None and each.counts:
                for value in each.values:
                    total += asked.counts(photo) * np.log(asked.of(value, even=even))
        return total

    def contradicted(self, seen: tuple[Seen, ...]) -> NDArray[np.bool_]:
        """`[K]`: whether at least one answer does not fit the kind."""
        found = np.zeros(len(self.taxa), dtype=bool)
        for each in seen:
            asked = self.asked.get(each.character)
            if asked is not None and each.counts:
                for value in each.values:
                    found |= asked.of(value) < CONTRADICTS
        return found

    def told(self, seen: Seen) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """`[K]` twice: whether a kind is told to have all that was seen, and whether it is told to be otherwise."""
        asked = self.asked[seen.character]
        rows = [CHARACTERS[seen.character].index(value) for value in seen.values]
        has: NDArray[np.bool_] = np.asarray(asked.told[rows].all(axis=0))
        return has, np.asarray(asked.known & ~has)

    def fitting(self, seen: tuple[Seen, ...]) -> NDArray[np.bool_]:
        """`[K]`: the species that every answer fits and of which something is known each time; a deadly one needs no
        telling."""
        known = np.ones(len(self.taxa), dtype=bool)
        for each in seen:
            if each.counts and each.character in self.asked:
                known &= self.asked[each.character].known
        return np.asarray(self.species & ~self.contradicted(seen) & (known | self.deadly))

    def _resembling(self, guide: Guide) -> dict[int, tuple[int, ...]]:
        """The places of the harmful kinds that each kind is taken for, or that are taken for it."""
        found: dict[int, dict[int, None]] = {}
        for name, record in guide.records.items():
            for other in record.lookalikes:
                known = guide.record(other)
                if known is not None:
                    pair = (self.place[name], self.place[known.taxon.name])
                    for one, dangerous in (pair, pair[::-1]):
                        if self.dangers[dangerous].harmful and one != dangerous:
                            found.setdefault(one, {})[dangerous] = None
        return {one: tuple(others) for one, others in found.items()}

    def _group(self, rank: Rank) -> NDArray[np.intp]:
        """`[K]`: the number of each kind's genus or family; 0 for what has none."""
        numbers = {"": 0}
        return np.array([numbers.setdefault(taxon.at(rank) or "", len(numbers)) for taxon in self.taxa])

    def _told_by_members(self, counts: NDArray[np.intp], *tables: Matrix) -> NDArray[np.intp]:
        """Give each family, of which no table tells anything, the mean of its species in `tables` (each `[A,K]`), and
        return `counts` with it: else it would fit every answer, and stand first where answers contradict each other."""
        groups, counts = self.groups[Rank.FAMILY], counts.copy()
        for place in (number for number, taxon in enumerate(self.taxa) if taxon.rank is Rank.FAMILY):
            members = self.species & (groups == groups[place]) & (counts > 0)
            if not counts[place] and members.any():
                counts[place] = 1
                for table in tables:
                    table[:, place] = table[:, members].mean(axis=1)
        return counts

    def _ask(self, characters: list[Characters | None], question: Question) -> Asked:
        values = CHARACTERS[question.character]
        table = np.array([[question.likelihood[state][answer] for answer in values] for state in values])
        column = {state: number for number, state in enumerate(values)}
        expected = np.zeros((len(self.taxa), len(values)), dtype=bool)  # [K, states]
        cells = [
            (number, column[state])
            for number, each in enumerate(characters)
            if each is not None
            for state in each.states(question.character)
        ]
        if cells:
            expected[tuple(np.array(cells).T)] = True
        counts = expected.sum(axis=1)
        means = expected.astype(float) @ table / np.maximum(counts, 1)[:, None]  # [K, answers]
        highest = np.where(expected[:, :, None], table, 0.0).max(axis=1)
        cautious = np.array([danger in (Danger.DEADLY, Danger.POISONOUS) for danger in self.dangers])
        means[counts == 0] = highest[counts == 0] = 1 / len(values)
        likelihood = np.maximum(np.where(cautious[:, None], highest, means), FLOOR).T
        shares = expected * np.where(np.isin(values, SELDOM), SELDOM_SHARE, 1.0)
        usual = shares @ table / np.maximum(shares.sum(axis=1), 1e-9)[:, None]
        given = np.maximum(np.where(counts[:, None] > 0, usual, 1 / len(values)), FLOOR).T
        told = expected.T.astype(float)
        counts = self._told_by_members(counts, likelihood, given, told)
        even, given = likelihood / likelihood.sum(axis=0), given / given.sum(axis=0)
        weight = 0.5 if question.character in HALF_WEIGHT else 1.0
        shown = question.character in ON_PHOTOS
        return Asked(question, likelihood, even, counts > 0, weight, shown, given, told > 0)


@lru_cache(maxsize=2)
def kinds_of(guide: Guide) -> Kinds:
    """The kinds of this guide; the same object for the same guide."""
    return Kinds(guide)
