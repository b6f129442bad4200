"""Phrases that say what to list: characters, a danger, a region ("white print, ring, deadly, Europe").

Knows no guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fieldguide.core.danger import Danger
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.guide.spelling import fold, is_near
from fieldguide.core.text import text

_FILLERS = frozenset(
    {
        *("a", "an", "the", "on", "in", "of", "with", "at", "und", "auf", "im", "mit", "der", "die", "das"),
        *("sur", "dans", "avec", "du", "de", "la", "le", "les", "il", "con", "su", "en", "el", "na", "w", "z"),
    }
)


@dataclass(frozen=True, slots=True)
class Phrases:
    """What was told; `rest` are the phrases that tell nothing of it, and may be names."""

    characters: frozenset[tuple[str, str]]
    dangers: frozenset[Danger]
    region: str
    rest: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.characters or self.dangers or self.region)


def read_phrases(words: str, regions: Iterable[str] = ()) -> Phrases:
    """What the phrases between commas tell, in the language in use or in the words of the tables.

    A bare character ("ring") means any of its states but none. `regions`: those of the guide.
    """
    found: set[tuple[str, str]] = set()
    dangers: set[Danger] = set()
    region, rest = "", []
    for phrase in words.split(","):
        named = set(fold(phrase).split()) - _FILLERS
        if not named:
            continue
        danger = next((each for each in Danger if _named(named, f"ui.danger_{each.shown.value}", each.value)), None)
        place = next((each for each in regions if _named(named, f"names.region_{each}", each)), "")
        if danger is not None:
            dangers.add(danger.shown)
        elif place:
            region = place
        elif pairs := _values_of(named):
            found |= pairs
        else:
            rest.append(phrase.strip())
    return Phrases(frozenset(found), frozenset(dangers), region, tuple(rest))


def shown_as(key: str) -> str:
    """The words of the catalogue; empty where a guide has regions or countries of its own."""
    try:
        return text(key)
    except KeyError:
        return ""


def _named(words: set[str], key: str, value: str) -> bool:
    """Whether every word is one of the name that the catalogue has, or of the table's own."""
    names = _words_of(f"{shown_as(key)} {value}")
    return all(any(each == word or (len(word) > 4 and is_near(word, each)) for each in names) for word in words)


def _values_of(words: set[str], *, slips: bool = False) -> set[tuple[str, str]]:
    """The values that a phrase names: all its words are words of the value or of its character, one of the value.

    `slips`: misspelt ones too; they are looked for where nothing is spelt so.
    """
    bare: set[tuple[str, str]] = set()
    best: list[tuple[int, tuple[str, str]]] = []
    for character, values in CHARACTERS.items():
        names = _words_of(f"{text(f'characters.{character}')} {character}")
        if all(_begins(word, names, slips) for word in words):
            bare |= {(character, value) for value in values if value not in ("none", "plain")}
        for value in values:
            own = _words_of(f"{text(f'characters.{character}_{value}')} {value}")
            hits = sum(_begins(word, own, slips) for word in words)
            if hits and all(_begins(word, own | names, slips) for word in words):
                best.append((hits, (character, value)))
    most = max((hits for hits, _ in best), default=0)
    chosen = bare or set([pair for hits, pair in best if hits == most][:1])
    return chosen if chosen or slips else _values_of(words, slips=True)


def _words_of(words: str) -> set[str]:
    return set(re.findall(r"\w{3,}", fold(words)))


def _begins(word: str, words: set[str], slips: bool) -> bool:
    if slips and len(word) > 4 and any(is_near(word, each) for each in words):
        return True
    return any(each.startswith(word) or (len(each) > 3 and word.startswith(each)) for each in words)
