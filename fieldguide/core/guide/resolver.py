"""From any spelling of a name to the accepted taxon, and how bad it may be when no taxon can be named.

The one door for labels of bundles, names of folders and rows of tables. Never guesses: what fits two taxa fits none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from fieldguide.core.danger import Danger, worst
from fieldguide.core.guide.common_names import LONG, MOST_WORDS, CommonNames, Known
from fieldguide.core.guide.names import (
    BELOW,
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
LONG_PAIR = 12  # letters of two words that are nearly a name by no chance
LONGEST = 40  # letters of a name that is looked for within a word, in the first 80 of it: all of 300 took 100 ms
SHORTEST = 4  # letters that are left of a name that was cut off
RANKS = 5  # words of a row of ranks
FEW_WORDS = 8  # of a text in which common names with a slip are looked for too
SHORTEST_SLIP = 5  # letters of an epithet in which a slip is looked for where the genus is abbreviated
SHORTEST_EPITHET = 3  # letters that are left of an epithet where the genus was cut off too
OF_A_FAMILY = r"(?<!ac)(ales|ineae|oideae|eae)$"  # called after a genus as its family is (ICN, art. 16-19)
CODES = (6, 8)  # letters of an ecologist's short name
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


class Resolver:
    """Finds taxa by their names, however these are spelt; read only, and it remembers what it found."""

    def __init__(self, records: Iterable[Known], wider: Mapping[str, tuple[str, ...]]) -> None:
        """`wider`: for names above families the families and genera that they hold."""
        records = tuple(records)
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
        self._sounds = NameIndex((look_of(key_of(epithet)), taxon) for _, epithet, taxon in species)
        self._common = CommonNames(records, self._genera)
        named = {taxon.name: taxon for taxon in known}
        self._held = NameIndex(
            (key_of(name), named[below]) for name, held in wider.items() for below in held if below in named
        )
        self._spelt_like = lru_cache(REMEMBERED)(self._find_near)
        self.resolve = lru_cache(REMEMBERED)(self._resolve)
        self.danger = lru_cache(REMEMBERED)(self._find_danger)

    def _resolve(self, raw: str) -> Resolution | None:
        reading = read_name(raw)
        found = self._match(raw, reading)
        if found is None or (self._is_bare(reading) and not reading.others):
            return found
        called = (self._danger[taxon] for taxon in self._common.anywhere(reading.text, slips=False))
        beside = worst((*called, *map(self.danger, reading.others)))
        return None if beside.harmful and beside.severity > self._danger[found.taxon].severity else found

    def _is_bare(self, reading: Reading) -> bool:
        """Whether there is no word but those of a name."""
        return len(reading.text) < 3

    def _match(self, raw: str, reading: Reading) -> Resolution | None:
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
        if found is not None and self._is_bare(reading):
            return self._danger[found.taxon]
        possible = [*self._named(reading)] if found is not None else [*self._possible(reading, key_of(genus))]
        slips = found is None and len(reading.text) <= FEW_WORDS
        called, mentioned = [*self._common.anywhere(reading.text, slips=slips)], [*self._mentioned(reading)]
        possible += called or (taxon for word in reading.text if slips for taxon in self._common.group(word, mentioned))
        surely = self._danger[found.taxon] if found is not None else Danger.UNKNOWN
        others = (level for other in reading.others if (level := self.danger(other)).harmful)
        return worst((surely, *(self._danger[taxon] for taxon in (*possible, *mentioned)), *others))

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
            yield from (*self._exact(first + other), *self._exact(other + first), *self._briefly(first, other))

    def _mentioned(self, reading: Reading) -> Iterator[Taxon]:
        """Taxa that stand anywhere in the text beside its own name: "Boletus edulis / Rubroboletus satanas"."""
        text, own, place = reading.text, reading.words[:1], 0
        while place < len(text):
            word, pair, three = ("".join(text[place : place + n]) for n in (1, 2, 3))
            found = (self._exact(three) or self._exact(pair)) if pair != word else ()
            if place and pair != word:
                found = found or self._briefly(word, text[place + 1])
            if not found and word not in own:
                yield from self._genera.get(word) or self._old_genera.get(word) or self._nearly(word)
                if place > 1 and text[place - 1] not in BELOW and not self._genera.get(word):
                    yield from self._all_harmful(self._of_epithet(word))
            if not found:
                yield from self._within(word)
                if (place or len(text) > 2) and len(pair) >= LONG_PAIR:
                    near = (taxon for edits, taxon in self._spelt_like(pair) if edits <= allowed_edits(pair))
                    yield from (taxon for taxon in near if taxon.rank is Rank.SPECIES)
            yield from found
            place += 2 if found else 1
        yield from self._wider(reading)
        for keys in reading.disguised:  # with its neighbours it is a species, alone a genus
            yield from next(filter(None, (self._looks.get(look_of(key)) for key in keys)), ())

    def _exact(self, key: str) -> tuple[Taxon, ...]:
        return (*self._accepted.get(key), *self._synonyms.get(key))

    def _briefly(self, short: str, epithet: str) -> tuple[Taxon, ...]:
        """What an epithet names behind the first letters of its genus: "or A. phalloides"."""
        whole = self._cut.get(epithet) if len(short) <= MAX_SHORT else ()
        return tuple(taxon for genus, taxon in whole if genus.startswith(short))

    def _of_epithet(self, epithet: str) -> tuple[Taxon, ...]:
        return tuple(taxon for _, taxon in self._cut.get(epithet))

    def _all_harmful(self, taxa: tuple[Taxon, ...]) -> tuple[Taxon, ...]:
        """What an epithet names without a genus, when all that bear it are harmful; else nothing."""
        return taxa if all(self._danger[taxon].harmful for taxon in taxa) else ()

    def _within(self, word: str) -> Iterator[Taxon]:
        """Species and families in words run together, in either order: "deadlyamanitaphalloides2"."""
        if len(word) < LONG_PAIR or self._exact(word):
            return
        word = word[: 2 * LONGEST]
        twice = word + word
        for start in range(len(word)):
            for end in range(start + LONG, start + min(len(word), LONGEST) + 1):
                for taxon in self._exact(twice[start:end]):
                    if taxon.rank is Rank.SPECIES or (taxon.rank is Rank.FAMILY and end <= len(word)):
                        yield taxon

    def _wider(self, reading: Reading) -> Iterator[Taxon]:
        """What families and wider names in the text hold, unless the genus beside them is one of theirs.

        Of a row of ranks only the last counts, and that only where its genus is not known.
        """
        text = reading.text
        spans = ("".join(text[i:j]) for i in range(len(text)) for j in range(i + 1, min(i + MOST_WORDS, len(text)) + 1))
        found = {span: held for span in spans if (held := self._holds(span))}
        if not found:
            return
        named = [taxon for key in reading.keys for taxon in self._exact(key)]
        named += [taxon for key in reading.plain for _, taxon in self._near(key, reading)]
        named += [taxon for word in text for taxon in self._genera.get(word)]
        own = {taxon.family for taxon in named if taxon.rank is not Rank.FAMILY}
        if text[0] in KINGDOMS and len(text) > RANKS:
            found = {} if own else dict([*found.items()][-1:])
        for span, held in found.items():
            # a part of the genus beside it
            is_section = own and re.search(OF_A_FAMILY, span) and not self._held.get(span)
            has_narrower = any(set(other) < set(held) for other in found.values())
            if not is_section and not has_narrower and own.isdisjoint(each.family for each in held):
                yield from held

    def _holds(self, key: str) -> tuple[Taxon, ...]:
        """A family, the families of a wider name, or the one that gave its name to a wider or a narrower rank."""
        family = re.sub(OF_A_FAMILY, "aceae", key)
        return self._held.get(key) or tuple(each for each in self._accepted.get(family) if each.rank is Rank.FAMILY)

    def _nearly(self, word: str) -> Iterator[Taxon]:
        """The genera that a word beside the name may be a misspelling of; short ones are authors.

        Old ones too: Dermocybe is a part of Cortinarius today, and a deadly one.
        """
        if len(word) >= LONG:
            yield from (taxon for index in (self._genera, self._old_genera) for _, taxon in index.near(word, 1))

    def _shortly(self, genus: str, epithet: str) -> Iterator[Taxon]:
        """What an abbreviated name with a slip in its epithet may be: "A. phaloides"."""
        near = self._cut.near(epithet, 1) if len(epithet) >= SHORTEST_SLIP else ()
        return (taxon for _, (whole, taxon) in near if whole.startswith(genus))

    def _otherwise(self, reading: Reading) -> Iterator[Taxon]:
        """What a name stands for in a living language, or with its genus cut short: "Cort. orellanus"."""
        for key in reading.keys:
            yield from (*self._common.get(key), *self._short.get(key))
        if len(reading.words) > 1 and len(reading.words[0]) <= MAX_SHORT:
            genus, epithet = reading.words[:2]
            yield from self._short.get(genus[0] + epithet) or self._shortly(genus, epithet)
        if len(reading.words) == 1:  # "phalloides", "falloides", "amanphal"
            word = reading.words[0]
            yield from self._all_harmful(self._of_epithet(word) or self._sounds.get(look_of(word)))
            yield from self._coded(word)

    def _cut_off(self, genus: str, epithet: str) -> Iterator[Taxon]:
        """What a name may be whose two words were both cut short: "Aman. phall."."""
        if len(epithet) >= SHORTEST_EPITHET and not self._genera.get(genus):
            yield from (taxon for whole, taxon in self._cut.begun(epithet, 0) if whole.startswith(genus))

    def _coded(self, word: str) -> Iterator[Taxon]:
        """What an ecologist's code stands for, three or four letters of each word: "amanphal"."""
        if len(word) in CODES and not self._genera.get(word):
            yield from self._cut_off(word[: len(word) // 2], word[len(word) // 2 :])

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
                yield from self._old_genera.get(word) or (
                    *self._nearly(word),
                    *(taxon for _, taxon in self._genera.near(word, allowed_edits(word))),
                )
        if len(reading.words) == 1:  # words run together
            for end in range(4, len(reading.words[0])):
                yield from self._genera.get(reading.words[0][:end]) or self._old_genera.get(reading.words[0][:end])


def _fits(taxon: Taxon, reading: Reading) -> bool:
    """Whether a name may be of that rank: "P. luteus" is no Pluteus. A single word may be two run together."""
    return len(reading.words) == 1 or reading.wide or taxon.rank is Rank.SPECIES
