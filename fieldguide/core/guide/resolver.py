"""From any spelling of a name to the accepted taxon, and how bad it may be when no taxon can be named.

The one door for labels of bundles, names of folders and rows of tables. Never guesses: what fits two taxa fits none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from fieldguide.core.danger import Danger, worst
from fieldguide.core.guide.names import (
    KINGDOMS,
    NameIndex,
    Reading,
    allowed_edits,
    key_of,
    look_of,
    plain_keys,
    read_name,
)
from fieldguide.core.taxonomy import Rank, Taxon

REMEMBERED = 2**15  # names: more than a bundle may have labels
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
LONG, LONG_PAIR = 7, 12  # letters of a word, and of two, that are nearly a name by no chance
SHORTEST = 4  # letters that are left of a name that was cut off
RANKS = 5  # words of a row of ranks
MOST_WORDS = 5  # of a common name
FEW_WORDS = 8  # of a text in which common names with a slip are looked for too
HEAD_LAST = {"en", "de"}  # "Destroying angel", "Spitzkegeliger Knollenblätterpilz"; others say "Tignosa bianca"
SHORTEST_EPITHET = 3  # letters that are left of an epithet where the genus was cut off too
SHORTEST_HEAD = 6  # letters of what a common name calls a whole group
MAX_SHORT = 5  # letters of a genus that is abbreviated ("Cort. orellanus")


class Match(StrEnum):
    """How a raw name found its taxon."""

    ACCEPTED = "accepted"
    SYNONYM = "synonym"
    MISSPELLING = "misspelling"


@dataclass(frozen=True, slots=True)
class Resolution:
    """A raw name and the accepted taxon it stands for."""

    raw: str
    taxon: Taxon
    match: Match


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


class Resolver:
    """Finds taxa by their names, however these are spelt; read only, and it remembers what it found."""

    def __init__(self, records: Iterable[Known]) -> None:
        known = {record.taxon: record for record in records}
        self._danger = {taxon: record.danger for taxon, record in known.items()}
        self._accepted = NameIndex((key, taxon) for taxon in known for key in plain_keys(taxon.name))
        self._synonyms = NameIndex(
            (key, taxon) for taxon, record in known.items() for name in record.synonyms for key in plain_keys(name)
        )
        self._genera = NameIndex((key_of(taxon.genus), taxon) for taxon in known if taxon.genus)
        self._old_genera = NameIndex(
            (genus, taxon)
            for taxon, record in known.items()
            for name in record.synonyms
            if " " in name and not self._genera.get(genus := key_of(name.split()[0]))
        )
        self._looks = NameIndex(
            (look_of(key), taxon)
            for taxon, record in known.items()
            for name in (taxon.name, *record.synonyms, taxon.genus or taxon.name)
            for key in plain_keys(name)
        )
        species = [
            (genus, epithet, taxon)
            for taxon, record in known.items()
            for genus, _, epithet in (name.partition(" ") for name in (taxon.name, *record.synonyms))
            if epithet
        ]
        self._short = NameIndex((key_of(genus[0] + epithet), taxon) for genus, epithet, taxon in species)
        self._cut = NameIndex((key_of(epithet), (key_of(genus), taxon)) for genus, epithet, taxon in species)
        self._epithets = NameIndex((key_of(epithet), taxon) for _, epithet, taxon in species)
        self._sounds = NameIndex((look_of(key_of(epithet)), taxon) for _, epithet, taxon in species)
        self._common = NameIndex(
            (key_of(spelt), taxon)
            for taxon, record in known.items()
            for name in (*record.common_names.values(), *record.other_names)
            for spelt in (name, name.translate(_SPELT_OUT))
        )
        self._heads = NameIndex(
            (key_of(spelt), taxon)
            for taxon, record in known.items()
            for language, name in record.common_names.items()
            for spelt in _heads(name, language)
        )
        self._spelt_like = lru_cache(REMEMBERED)(self._find_near)
        self.resolve = lru_cache(REMEMBERED)(self._resolve)
        self.danger = lru_cache(REMEMBERED)(self._find_danger)

    def _resolve(self, raw: str) -> Resolution | None:
        reading = read_name(raw)
        for key in reading.keys:
            for index, match in ((self._accepted, Match.ACCEPTED), (self._synonyms, Match.SYNONYM)):
                found = [taxon for taxon in index.get(key) if _fits(taxon, reading)]
                if found:
                    others = list(self._mentioned(reading))
                    if key == reading.plain[-1] != reading.plain[0]:
                        others += [taxon for _, taxon in self._near(reading.plain[0], reading)]
                    sure = len(found) == 1 and self._worst_is(found[0], others)
                    return Resolution(raw, found[0], match) if sure else None
        for key in reading.plain:
            near = self._near(key, reading)
            closest = {taxon for distance, taxon in near if distance == near[0][0] <= allowed_edits(key)}
            others = [*(taxon for _, taxon in near), *self._mentioned(reading), *self._otherwise(reading)]
            if (
                len(closest) == 1
                and self._is_slip(near[0][0], key, reading)
                and self._worst_is(meant := closest.pop(), others)
            ):
                return Resolution(raw, meant, Match.MISSPELLING)
        return None

    def _is_slip(self, distance: int, key: str, reading: Reading) -> bool:
        """Whether so many edits are few for the word that has them: "Clitocybe nud" is not "Clitocybe nuda"."""
        genus = reading.words[0]
        rest = len(key) - len(genus) if self._genera.get(genus) else len(key)
        return reading.wide or distance <= (0 if rest < 4 else 1 if rest < 8 else 2)

    def _worst_is(self, meant: Taxon, others: Iterable[Taxon]) -> bool:
        """Whether no other taxon that may be meant is worse."""
        return all(self._danger[taxon].severity <= self._danger[meant].severity for taxon in others)

    def _find_danger(self, name: str, genus: str = "") -> Danger:
        reading, found = read_name(name), self.resolve(name)
        if found is not None and len(reading.words) < 3:
            return self._danger[found.taxon]
        possible = [*self._named(reading)] if found is not None else [*self._possible(reading, key_of(genus))]
        slips = found is None and len(reading.text) <= FEW_WORDS
        called = [*self._called(reading.text, slips=slips)]
        possible += called or (taxon for word in reading.text if slips for taxon in self._group(word))
        surely = self._danger[found.taxon] if found is not None else Danger.UNKNOWN
        return worst((surely, *(self._danger[taxon] for taxon in (*possible, *self._mentioned(reading)))))

    def _called(self, text: tuple[str, ...], *, slips: bool) -> Iterator[Taxon]:
        """Taxa whose common names stand anywhere in the text, as they are or with `slips`: "young Death caps"."""
        for start in range(len(text)):
            for end in range(start + 1, min(start + MOST_WORDS, len(text)) + 1):
                key = "".join(text[start:end])
                if self._genera.get(key):  # some have no other name in a language
                    continue
                exact = self._common.get(key)
                yield from exact
                if slips and not exact and len(key) > LONG:
                    yield from (taxon for _, taxon in self._common.near(key, allowed_edits(key)))

    def _group(self, word: str) -> Iterator[Taxon]:
        """All whose common name says that they are one of these: "Knollenblätterpilze"."""
        if not self._genera.get(word):
            yield from self._heads.get(word)
            yield from (taxon for _, taxon in self._heads.near(word, 1) if len(word) > LONG)

    def _near(self, key: str, reading: Reading) -> list[tuple[int, Taxon]]:
        """Taxa of fitting rank that a key may be a misspelling of, and those one edit further; nearest first."""
        return [pair for pair in self._spelt_like(key) if _fits(pair[1], reading)]

    def _find_near(self, key: str) -> list[tuple[int, Taxon]]:
        bound = allowed_edits(key)
        both = [pair for index in (self._accepted, self._synonyms) for pair in index.near(key, bound + 1) if bound]
        return sorted(both, key=lambda pair: pair[0])

    def _named(self, reading: Reading) -> Iterator[Taxon]:
        """What a genus and any other of the words name together: "Amanita aff. phalloides"."""
        first, *others = reading.words
        for other in others:
            for key in (first + other, other + first):
                yield from (*self._accepted.get(key), *self._synonyms.get(key))

    def _mentioned(self, reading: Reading) -> Iterator[Taxon]:
        """Taxa that stand anywhere in the text beside its own name: "Boletus edulis / Rubroboletus satanas"."""
        text, own, place = reading.text, reading.words[:1], 0
        while place < len(text):
            word, pair = text[place], "".join(text[place : place + 2])
            found = (*self._accepted.get(pair), *self._synonyms.get(pair)) if place + 1 < len(text) else ()
            if not found and word not in own:
                yield from self._genera.get(word) or self._nearly(word)
            if not found:
                yield from self._wider(word, reading)
                if (place or len(text) > 2) and len(pair) >= LONG_PAIR:
                    yield from (taxon for edits, taxon in self._spelt_like(pair) if edits <= allowed_edits(pair))
            yield from found
            place += 2 if found else 1
        for keys in reading.disguised:  # with its neighbours it is a species, alone a genus
            yield from next(filter(None, (self._looks.get(look_of(key)) for key in keys)), ())

    def _wider(self, word: str, reading: Reading) -> Iterator[Taxon]:
        """The family of this name, unless it is that of the genus beside it, or one in a row of ranks."""
        if reading.text[0] in KINGDOMS and len(reading.text) > RANKS:
            return
        named = [taxon for key in reading.keys for taxon in (*self._accepted.get(key), *self._synonyms.get(key))]
        named += [taxon for genus in reading.words[:1] for taxon in self._genera.get(genus)]
        own = {taxon.family for taxon in named if taxon.rank is not Rank.FAMILY}
        yield from (taxon for taxon in self._accepted.get(word) if taxon.rank is Rank.FAMILY and taxon.name not in own)

    def _nearly(self, word: str) -> Iterator[Taxon]:
        """The genera that a word beside the name may be a misspelling of; short ones are authors.

        Old ones too: Dermocybe is a part of Cortinarius today, and a deadly one.
        """
        if len(word) >= LONG:
            yield from (taxon for index in (self._genera, self._old_genera) for _, taxon in index.near(word, 1))

    def _shortly(self, short: str) -> Iterator[Taxon]:
        """What an abbreviated name with a slip in a long epithet may be: "A. phaloides"."""
        return (taxon for _, taxon in self._short.near(short, 1)) if len(short) > LONG else iter(())

    def _otherwise(self, reading: Reading) -> Iterator[Taxon]:
        """What a name stands for in a living language, or with its genus cut short: "Cort. orellanus"."""
        for key in reading.keys:
            yield from (*self._common.get(key), *self._short.get(key))
        if len(reading.words) > 1 and len(reading.words[0]) <= MAX_SHORT:
            short = reading.words[0][0] + reading.words[1]
            yield from self._short.get(short) or self._shortly(short)
        alone: tuple[Taxon, ...] = ()
        if len(reading.words) == 1:  # "phalloides", "falloides"
            alone = self._epithets.get(reading.words[0]) or self._sounds.get(look_of(reading.words[0]))
        if all(self._danger[taxon].harmful for taxon in alone):
            yield from alone

    def _cut_off(self, genus: str, epithet: str) -> Iterator[Taxon]:
        """What a name may be whose two words were both cut short: "Aman. phall."."""
        if len(epithet) >= SHORTEST_EPITHET and not self._genera.get(genus):
            yield from (taxon for whole, taxon in self._cut.begun(epithet, 0) if whole.startswith(genus))

    def _possible(self, reading: Reading, genus: str) -> Iterator[Taxon]:
        """Every taxon that an unresolved name may mean: nearly so spelt, abbreviated, or of a genus that it names."""
        for key in reading.keys:
            yield from (*self._accepted.get(key), *self._synonyms.get(key))
        yield from self._otherwise(reading)
        for key in reading.plain:
            yield from (taxon for _, taxon in self._near(key, reading))
        if reading.words:
            yield from self._named(reading)
            yield from self._cut_off(*reading.words[:2]) if len(reading.words) > 1 else ()
        for word in (*reading.words, genus):
            yield from (*self._genera.get(word), *self._accepted.get(word))
        for key in reading.keys:
            if len(key) >= SHORTEST:
                yield from (*self._accepted.begun(key), *self._synonyms.begun(key))
        for seen in (*reading.keys, *reading.words[:1], genus):
            yield from (taxon for taxon in self._looks.get(look_of(seen)) if seen)
        for word in (*reading.words[:1], genus):
            if not self._genera.get(word):
                yield from self._old_genera.get(word) or self._nearly(word)
                yield from (taxon for _, taxon in self._genera.near(word, allowed_edits(word)))
        if len(reading.words) == 1:  # words run together
            for end in range(4, len(reading.words[0])):
                yield from self._genera.get(reading.words[0][:end])


def _fits(taxon: Taxon, reading: Reading) -> bool:
    """Whether a name may be of that rank: "P. luteus" is no Pluteus. A single word may be two run together."""
    return len(reading.words) == 1 or reading.wide or taxon.rank is Rank.SPECIES


def _heads(name: str, language: str) -> tuple[str, ...]:
    """What a common name of several words calls a whole group, as it is spelt and may be: Knollenblätterpilz."""
    words = name.split()
    head = words[-1 if language in HEAD_LAST else 0]
    return (head, head.translate(_SPELT_OUT)) if len(words) > 1 and len(head) >= SHORTEST_HEAD else ()
