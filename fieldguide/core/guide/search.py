"""Finding taxa of the guide by any of their names, and by danger, rank, season and region. Knows no screen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, TaxonRecord, promises_a_meal
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_FILLERS = frozenset(
    {
        *("a", "an", "the", "on", "in", "of", "with", "at", "und", "auf", "im", "mit", "der", "die", "das"),
        *("sur", "dans", "avec", "du", "de", "la", "le", "les", "il", "con", "su", "en", "el", "na", "w", "z"),
    }
)
_UNFOLDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})  # no accents to strip from these


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


def fold(words: str) -> str:
    """Words as they are compared: no capitals, no accents."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_UNFOLDED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("_", " ")


def in_season(record: TaxonRecord, month: int) -> bool:
    """Whether the taxon is found in this month (1 to 12) of the northern half; True when its season is not known."""
    if record.months is None:
        return True
    first, last = record.months
    return first <= month <= last if first <= last else month >= first or month <= last


class GuideIndex:
    """The names of one guide, folded once. About 1 ms for any search over 1,500 taxa, 50 when a word is misspelt."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._names: list[tuple[TaxonRecord, tuple[tuple[str, str], ...]]] = []
        for record in sorted(guide.records.values(), key=lambda record: record.taxon.name):
            names = dict.fromkeys(
                (record.taxon.name, *record.common_names.values(), *record.other_names, *record.synonyms)
            )
            folded = {spelt: name for name in reversed(names) for spelt in _spellings(name)}
            self._names.append((record, tuple(folded.items())))
        self._words = {word for _, names in self._names for spelt, _ in names for word in spelt.split()}

    def find(self, wanted: Wanted) -> list[Hit]:
        """Taxa that fit: with a text the closest names first, else in the order that is wanted.

        A text that is no name may be a misspelt one, or tell characters ("white print, ring, sac, on soil").
        """
        words = fold(wanted.text).split()
        characters = read_characters_of(wanted.text) if "," in wanted.text else frozenset()
        if characters:
            return self.find(replace(wanted, text="", characters=wanted.characters | characters))
        found = self._named(wanted, [{word} for word in words])
        if words and not found:
            near = [{word, *(known for known in self._words if is_near(word, known))} for word in words]
            found = self._named(wanted, near)
        if words and not found and (characters := read_characters_of(wanted.text)):
            return self.find(replace(wanted, text="", characters=wanted.characters | characters))
        if words:
            found.sort(key=lambda each: each[0])
        elif wanted.order is Order.DANGER:
            found.sort(key=lambda each: -each[1].record.danger.shown.severity)
        return [hit for _, hit in found]

    def _named(self, wanted: Wanted, words: list[set[str]]) -> list[tuple[int, Hit]]:
        """Taxa of which one name holds, for each typed word, one of the spellings that it may stand for."""
        typed = fold(wanted.text).strip()
        misspelt = any(len(spellings) > 1 for spellings in words)
        found: list[tuple[int, Hit]] = []
        for record, names in self._names:
            if not _fits(record, wanted, self.guide):
                continue
            if not words:
                found.append((0, Hit(record)))
                continue
            matches = [
                (abs(len(folded) - len(typed)) if misspelt else _distance(folded, typed), name)
                for folded, name in names
                if all(any(word in folded for word in spellings) for spellings in words)
            ]
            if matches:
                distance, name = min(matches, key=lambda match: match[0])
                untold = name == record.taxon.name or promises_a_meal(name)
                found.append((distance, Hit(record, "" if untold else name)))
        return found


def _spellings(name: str) -> set[str]:
    """A name as it may be typed: without accents, and with ae, oe, ue for umlauts."""
    long = name.translate(_UMLAUTS)
    return {fold(name), fold(long)}


def is_near(typed: str, word: str) -> bool:
    """Whether a word of three letters or more is another with one slip (two from eight letters on).

    A slip is a letter wrong, missing, added, or two letters changed about (Damerau 1964).
    """
    typed, word = typed.replace("ph", "f"), word.replace("ph", "f")
    allowed = 0 if len(typed) < 3 else 1 if len(typed) < 8 else 2
    if abs(len(typed) - len(word)) > allowed or len(word) < 3:
        return False
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, start=1):
        older, before, row = before, row, [i] + [0] * len(word)
        for j, other in enumerate(word, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > allowed:
            return False
    return row[-1] <= allowed


def read_characters_of(words: str) -> frozenset[tuple[str, str]]:
    """The characters that phrases between commas tell, in the language in use or in the words of the tables.

    Empty when one of the phrases tells none. A bare character ("ring") means any of its states but none.
    """
    found: set[tuple[str, str]] = set()
    for phrase in words.split(","):
        named = set(fold(phrase).split()) - _FILLERS
        if not named:
            continue
        pairs = _values_of(named)
        if not pairs:
            return frozenset()
        found |= pairs
    return frozenset(found)


def _values_of(words: set[str]) -> set[tuple[str, str]]:
    """The values that a phrase names: all its words are words of the value or of its character, one of the value."""
    bare: set[tuple[str, str]] = set()
    best: list[tuple[int, tuple[str, str]]] = []
    for character, values in CHARACTERS.items():
        names = _words_of(f"{text(f'characters.{character}')} {character}")
        if all(_begins(word, names) for word in words):
            bare |= {(character, value) for value in values if value not in ("none", "plain")}
        for value in values:
            own = _words_of(f"{text(f'characters.{character}_{value}')} {value}")
            hits = sum(_begins(word, own) for word in words)
            if hits and all(_begins(word, own | names) for word in words):
                best.append((hits, (character, value)))
    most = max((hits for hits, _ in best), default=0)
    chosen = [pair for hits, pair in best if hits == most]
    return bare or set(chosen[:1])


def _words_of(words: str) -> set[str]:
    return set(re.findall(r"\w{3,}", fold(words)))


def _begins(word: str, words: set[str]) -> bool:
    return any(each.startswith(word) or (len(each) > 3 and word.startswith(each)) for each in words)


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
