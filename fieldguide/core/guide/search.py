"""Finding taxa of the guide by any of their names, and by danger, rank, season and region. Knows no screen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, PoisonCentre, TaxonRecord, promises_a_meal
from fieldguide.core.guide.phrases import read_phrases, shown_as
from fieldguide.core.guide.spelling import Words, spellings, words_of
from fieldguide.core.taxonomy import Rank

SHORTEST_PLACE = 4  # letters: three are the beginning of many a name


class Order(StrEnum):
    """How the found taxa are sorted when nothing was typed."""

    NAME = "name"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which taxa to list; every field narrows, an empty one does not.

    Attributes:
        text: words; each must stand somewhere in one and the same name (accepted, old or common, of any language).
        characters: pairs of a character and a value; of several values of one character any may be there. A kind of
            which nothing is known is left out, unless it is deadly.
        dangers: as they are shown (`Danger.shown`). month: 1 to 12, of the northern half. region: of the guide's.
    """

    text: str = ""
    dangers: frozenset[Danger] = frozenset()
    ranks: frozenset[Rank] = frozenset()
    month: int | None = None
    region: str = ""
    characters: frozenset[tuple[str, str]] = frozenset()
    order: Order = Order.NAME


@dataclass(frozen=True, slots=True)
class Hit:
    """A taxon that fits; `found_as` is the name that was typed when it is another than the accepted one, else empty.

    Empty too when that name promises a meal: it is found and not shown.
    """

    record: TaxonRecord
    found_as: str = ""


def in_season(record: TaxonRecord, month: int) -> bool:
    """Whether the taxon is found in this month (1 to 12) of the northern half; True when its season is not known."""
    if record.months is None:
        return True
    first, last = record.months
    return first <= month <= last if first <= last else month >= first or month <= last


class GuideIndex:
    """The names of one guide, folded once. Some milliseconds for any search over 1,500 taxa. Made by `index_of`."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._records = sorted(guide.records.values(), key=lambda record: record.taxon.name)
        self._names: list[tuple[str, str, int]] = []  # as it may be typed, as it is, whose
        for number, record in enumerate(self._records):
            names = dict.fromkeys(
                (record.taxon.name, *record.common_names.values(), *record.other_names, *record.synonyms)
            )
            folded = {spelt: name for name in reversed(names) for spelt in spellings(name)}
            self._names += [(spelt, name, number) for spelt, name in folded.items()]
        lines = [spelt for spelt, _, _ in self._names]
        self._lines = "\n".join(("", *lines, ""))  # every name between two line ends
        self._starts = list(accumulate((len(line) + 1 for line in lines), initial=1))
        self._joined = {spelt.replace(" ", ""): spelt for spelt in lines if " " in spelt}
        self._words = Words({word for spelt in lines for word in spelt.split()})
        self._regions = sorted({region for record in guide.records.values() for region in record.regions})

    def find(self, wanted: Wanted) -> list[Hit]:
        """Taxa that fit: with a text the closest names first, else in the order that is wanted.

        A text that is no name may be a misspelt one, or tell characters, dangers and a region, beside names or alone
        ("white print, ring, sac, on soil"; "Amanita, deadly, Europe").
        """
        words = words_of(wanted.text)
        if "," in wanted.text and (narrower := self._narrowed(wanted)):
            return self.find(narrower)
        found = self._named(wanted, [{word} for word in words])
        if words and not found:
            found = self._named(
                wanted, [{word, self._joined.get(word, word), *self._words.near(word)} for word in words]
            )
        if words and not found and (narrower := self._narrowed(wanted)) and not narrower.text:
            return self.find(narrower)
        if words:
            found.sort(key=lambda each: each[0])
        elif wanted.order is Order.DANGER:
            found.sort(key=lambda each: -each[1].record.danger.shown.severity)
        return [hit for _, hit in found]

    def centres(self, typed: str) -> list[PoisonCentre]:
        """Whom to call, where somebody types the name of a centre, of its town or country ("Muenchen")."""
        meant = [words.split() for words in spellings(typed)]  # "München" or "Muenchen", as the table has it
        if not all(meant) or min(len(word) for words in meant for word in words) < SHORTEST_PLACE:
            return []
        return [
            centre
            for centre, words in ((each, _place_words(each)) for each in self.guide.centres)
            if any(all(any(word.startswith(one) for word in words) for one in each) for each in meant)
        ]

    def _narrowed(self, wanted: Wanted) -> Wanted | None:
        told = read_phrases(wanted.text, self._regions)
        if not told:
            return None
        return replace(
            wanted,
            text=" ".join(told.rest),
            characters=wanted.characters | told.characters,
            dangers=wanted.dangers | told.dangers,
            region=told.region or wanted.region,
        )

    def _named(self, wanted: Wanted, words: list[set[str]]) -> list[tuple[int, Hit]]:
        """Taxa of which one name holds, for each typed word, one of the spellings that it may stand for."""
        if not words:
            return [(0, Hit(record)) for record in self._records if _fits(record, wanted, self.guide)]
        typed = " ".join(words_of(wanted.text))
        misspelt = any(len(meant) > 1 for meant in words)
        holding = set.intersection(*({line for word in meant for line in self._holding(word)} for meant in words))
        best: dict[int, tuple[int, str]] = {}
        for line in sorted(holding):
            folded, name, number = self._names[line]
            distance = abs(len(folded) - len(typed)) if misspelt else _distance(folded, typed)
            if number not in best or distance < best[number][0]:
                best[number] = (distance, name)
        found = []
        for number, (distance, name) in best.items():
            record = self._records[number]
            if _fits(record, wanted, self.guide):
                untold = name == record.taxon.name or promises_a_meal(name)
                found.append((distance, Hit(record, "" if untold else name)))
        return found

    def _holding(self, word: str) -> Iterator[int]:
        """The names that hold a word anywhere; one or two letters: that have a word which begins so."""
        for sought in (word,) if len(word) > 2 else (f"\n{word}", f" {word}"):
            at = self._lines.find(sought)
            while at >= 0:
                line = bisect_right(self._starts, at + len(sought) - 1) - 1
                yield line
                at = self._lines.find(sought, self._starts[line + 1] - 1)


@lru_cache(maxsize=2)
def index_of(guide: Guide) -> GuideIndex:
    """The index of this guide; the same object for the same guide. The first time 0.1 s for 1,500 taxa."""
    return GuideIndex(guide)


def _place_words(centre: PoisonCentre) -> set[str]:
    names = (centre.name, shown_as(f"countries.{centre.country}"))
    return {word for name in names for spelt in spellings(name) for word in spelt.split()}


def _fits(record: TaxonRecord, wanted: Wanted, guide: Guide) -> bool:
    return (
        (not wanted.dangers or record.danger.shown in wanted.dangers)
        and (not wanted.ranks or record.taxon.rank in wanted.ranks)
        and (wanted.month is None or in_season(record, wanted.month))
        and (not wanted.region or not record.regions or wanted.region in record.regions)
        and (not wanted.characters or _has(record, wanted.characters, guide))
    )


def _has(record: TaxonRecord, characters: frozenset[tuple[str, str]], guide: Guide) -> bool:
    known = guide.characters_of(record.taxon.name)
    if known is None:
        return False
    for character in {character for character, _ in characters}:
        states = known.states(character)
        if not states and record.danger is Danger.DEADLY:
            continue
        if not any((character, state) in characters for state in states):
            return False
    return True


def _distance(name: str, typed: str) -> int:
    """0 the very name, 1 it begins so, 2 one of its words begins so, 3 it stands somewhere inside."""
    if name == typed:
        return 0
    if name.startswith(typed):
        return 1
    return 2 if f" {typed}" in name else 3
