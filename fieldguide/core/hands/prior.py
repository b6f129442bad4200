"""What the photo leaves open: a probability for every kind of the guide, before any hand has said a word.

Kinds that the photo's model has no name for take part: by their region and season, and more when the photo names their
genus or family. Without a photo that is all there is.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from fieldguide.core.decision.season import factor_of, read_place
from fieldguide.core.guide import Guide
from fieldguide.core.hands.kinds import Kinds, Matrix, kinds_of
from fieldguide.core.records import Identification, Observation
from fieldguide.core.taxonomy import Rank, Taxon

# 1. This share of what the photo says goes to kinds it did not name. Of 1,264 photos by other people a third to two
# thirds showed a species that the models of 2026 had no label for, most of them of a genus that they had.
OPEN = 0.25
# 2. Of what is open, so much stays in the genera that were named, in their families, and with the harmful look-alikes
# that the guide tells; the rest goes everywhere.
IN_GENUS, IN_FAMILY, LOOK_ALIKE = 0.4, 0.2, 0.2
# 3. Half of a genus label's probability is its listed species', the rest is "another species of it"; of a family less.
ITSELF = {Rank.GENUS: 0.5, Rank.FAMILY: 0.1}
# 4. How a kind counts where nobody named it: the guide lists species; their genera stand for those that it does not.
GENUS_ITSELF, FAMILY_ITSELF = 0.25, 0.02


def names_of(said: Identification | None) -> dict[Taxon, float]:
    """The taxa that an identification names, with their probabilities; those that only its alarm names are among them.

    A wide name that only the alarm carries was summed over others, and is left out.
    """
    if said is None:
        return {}
    found: dict[Taxon, float] = {}
    narrow = tuple(each for each in said.alarm.taxa if each.taxon.rank is Rank.SPECIES)
    for each in (*said.candidates, *said.plausible, *narrow):
        found.setdefault(each.taxon, each.probability)
    total = max(1.0, sum(found.values()))
    return {taxon: probability / total for taxon, probability in found.items()}


def prior(kinds: Kinds, said: Identification | None, factors: Matrix | None = None) -> Matrix:
    """`[K]`, summing to 1.

    Args:
        kinds: of today's guide.
        said: of the photo; None starts from the hand alone.
        factors: `[K]`, weights by place and season (`factors_of`); None: they take no part.
    """
    common = np.where(kinds.species, 1.0, np.where(kinds.groups[Rank.GENUS] > 0, GENUS_ITSELF, FAMILY_ITSELF))
    if factors is not None:
        common = common * factors
    named = np.zeros(len(kinds.taxa))
    named_total = 0.0
    for taxon, probability in names_of(said).items():
        named_total += probability
        named += probability * _spread(kinds, taxon, common)
    genera, families = (_by_relatives(kinds, named, common, rank) for rank in (Rank.GENUS, Rank.FAMILY))
    nearby = IN_GENUS * genera + IN_FAMILY * families + LOOK_ALIKE * _by_look(kinds, named)
    everywhere = common / common.sum()
    unnamed = nearby + (named_total - nearby.sum()) * everywhere  # sums to what was given
    whole = (1 - OPEN) * named + OPEN * unnamed + (1 - named_total) * everywhere
    return np.asarray(whole / whole.sum())


def factors_of(find: Observation, guide: Guide, home: str = "") -> Matrix | None:
    """`[K]`: weights of every kind by place and date of a find, `home` being the region where it tells no place; None
    when neither is known."""
    day = find.observed_at.date() if find.observed_at is not None else None
    where = read_place(
        today=day or date.today(),  # nothing depends on it without a day
        taken_on=day,
        latitude=find.latitude,
        longitude=find.longitude,
        home=home or None,
    )
    if where.region is None and where.month is None:
        return None
    return _factors(guide, where.region, where.month)


@lru_cache(maxsize=16)
def _factors(guide: Guide, region: str | None, month: int | None) -> Matrix:
    return np.array([factor_of(taxon, guide, region, month) for taxon in kinds_of(guide).taxa])


def _spread(kinds: Kinds, taxon: Taxon, common: Matrix) -> Matrix:
    """`[K]`: a label's probability over the kinds that it stands for; one that the guide lacks goes to its genus."""
    shares = np.zeros(len(kinds.taxa))
    known = taxon if taxon.name in kinds.place else _nearest(kinds, taxon)
    if known is None:
        return np.asarray(common / common.sum())
    itself = 1.0 if known.rank is Rank.SPECIES else ITSELF.get(known.rank, 1.0)
    place = kinds.place[known.name]
    if itself < 1:
        groups = kinds.groups[known.rank]
        weights = np.where(groups == groups[place], common, 0.0)
        weights[place] = 0.0
        if weights.any():
            shares += (1 - itself) * weights / weights.sum()
    shares[place] += 1 - shares.sum()
    return shares


def _nearest(kinds: Kinds, taxon: Taxon) -> Taxon | None:
    """The genus or family of a name that this guide does not list; None when it lists neither."""
    places = [kinds.place.get(name) for name in (taxon.genus, taxon.family) if name is not None]
    return next((kinds.taxa[place] for place in places if place is not None), None)


def _by_relatives(kinds: Kinds, named: Matrix, common: Matrix, rank: Rank) -> Matrix:
    """`[K]`: the named probability of each genus (or family), spread over everything in it; at most what was named."""
    groups = kinds.groups[rank]
    inside = np.where(groups > 0, common, 0.0)
    totals, probabilities = np.bincount(groups, weights=inside), np.bincount(groups, weights=named)
    return np.asarray(probabilities[groups] * inside / np.maximum(totals[groups], 1e-300))


def _by_look(kinds: Kinds, named: Matrix) -> Matrix:
    """`[K]`: the named probability of each kind, shared out evenly among the harmful ones that it is taken for."""
    found = np.zeros(len(named))
    for place in np.flatnonzero(named):
        others = kinds.lookalikes.get(int(place), ())
        for other in others:
            found[other] += named[place] / len(others)
    return found
