"""Names and their places in the tree: species, genus, family.

Knows nothing of danger or of any model. Labels of a model are taxa of any rank; `background` is the one label
that is no taxon (photos of other things).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Rank(StrEnum):
    """Ranks from the narrowest to the widest, and the rank of other things."""

    SPECIES = "species"
    GENUS = "genus"
    FAMILY = "family"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True, order=True)
class Taxon:
    """A name with a rank and its ancestors.

    `genus` is None for a family; `family` is None when not known. For a genus, `genus` is its own name, and
    for a family, `family` is its own name, so that `taxon.at(rank)` works for every rank at or above its own.
    """

    name: str
    rank: Rank
    genus: str | None = None
    family: str | None = None

    def at(self, rank: Rank) -> str | None:
        """Name of the ancestor (or self) at `rank`; None when below its own rank or not known."""
        if rank is self.rank:
            return self.name
        return {Rank.GENUS: self.genus, Rank.FAMILY: self.family}.get(rank)


BACKGROUND = Taxon("Background", Rank.BACKGROUND)


def clean_name(raw: str) -> str:
    """A folder or file name as a scientific name: `_` and blanks become one blank, one capital at the front."""
    words = re.sub(r"[_\s]+", " ", raw).strip()
    return words[:1].upper() + words[1:].lower()
