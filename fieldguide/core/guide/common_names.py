"""What kinds are called in living languages: with a slip, in the plural, among other words, by their group.

Knows no danger and no scientific name but the genera, which some languages use too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from fieldguide.core.danger import Danger
from fieldguide.core.guide.names import NameIndex, allowed_edits, key_of
from fieldguide.core.taxonomy import Taxon

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
LONG = 7  # letters of a word that is nearly a name by no chance
MOST_WORDS = 6  # of a common name, parted by hyphens too
HEAD_LAST = {"en", "de"}  # "Destroying angel", "Spitzkegeliger Knollenblätterpilz"; others say "Tignosa bianca"
SHORTEST_HEAD = 6  # letters of what a common name calls a whole group
FEW_FAMILIES = 3  # of what a common name calls a group


class Known(Protocol):
    """What the resolver needs of a record of the guide."""

    @property
    def taxon(self) -> Taxon:
        """The accepted name and its place."""

    @property
    def danger(self) -> Danger:
        """Its danger."""

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Its other names."""

    @property
    def common_names(self) -> dict[str, str]:
        """Its names in living languages, one each."""

    @property
    def other_names(self) -> tuple[str, ...]:
        """Further ones."""


class CommonNames:
    """Finds taxa by their common names; read only."""

    def __init__(self, records: Iterable[Known], genera: NameIndex[Taxon]) -> None:
        """`genera`: by the keys of their names."""
        records = tuple(records)
        self._genera = genera
        self._names = NameIndex(
            (key_of(spelt), record.taxon)
            for record in records
            for name in (*record.common_names.values(), *record.other_names)
            for spelt in (name, name.translate(_SPELT_OUT))
        )
        self._heads = NameIndex(
            (key_of(spelt), record.taxon)
            for record in records
            for language, name in record.common_names.items()
            for spelt in _heads(name, language)
        )

    def get(self, key: str) -> tuple[Taxon, ...]:
        """All that are called so."""
        return self._names.get(key)

    def anywhere(self, text: tuple[str, ...], *, slips: bool) -> Iterator[Taxon]:
        """Taxa whose common names stand anywhere in the text, as they are or with `slips`: "young Death caps".

        Within a name that is one as it is nothing shorter is looked for: "False death cap".
        """
        start = 0
        while start < len(text):
            step = 1
            for end in range(min(start + MOST_WORDS, len(text)), start, -1):
                key = "".join(text[start:end])
                if self._genera.get(key):  # some have no other name in a language
                    continue
                if exact := self._names.get(key):
                    yield from exact
                    step = end - start
                    break
                if slips and len(key) > LONG:
                    yield from (taxon for _, taxon in self._names.near(key, allowed_edits(key)))
            start += step

    def group(self, word: str, mentioned: list[Taxon]) -> Iterator[Taxon]:
        """All whose common name says that they are one of these: "Knollenblätterpilze".

        What half of all are called ("mushroom") says nothing beside a name.
        """
        if not self._genera.get(word):
            near = self._heads.near(word, 1) if len(word) > LONG else []
            group = [*self._heads.get(word), *(taxon for _, taxon in near)]
            if not mentioned or len({taxon.family for taxon in group}) <= FEW_FAMILIES:
                yield from group


def _heads(name: str, language: str) -> tuple[str, ...]:
    """What a common name of several words calls a whole group, as it is spelt and may be: Knollenblätterpilz."""
    words = name.split()
    head = words[-1 if language in HEAD_LAST else 0]
    return (head, head.translate(_SPELT_OUT)) if len(words) > 1 and len(head) >= SHORTEST_HEAD else ()
