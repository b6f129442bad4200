"""Finding taxa of the guide by any of their names, and by danger, rank, season and region. Knows no screen."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, TaxonRecord, promises_a_meal
from fieldguide.core.taxonomy import Rank

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
        dangers: as they are told (`Danger.told`). month: 1 to 12, of the northern half. region: of the guide's.
    """

    text: str = ""
    dangers: frozenset[Danger] = frozenset()
    ranks: frozenset[Rank] = frozenset()
    month: int | None = None
    region: str = ""
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
    """Whether the taxon is found in this month (1 to 12) of the northern half; True when nobody told its season."""
    if record.months is None:
        return True
    first, last = record.months
    return first <= month <= last if first <= last else month >= first or month <= last


class GuideIndex:
    """The names of one guide, folded once. About 1 ms for any search over 1,500 taxa."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._names: list[tuple[TaxonRecord, tuple[tuple[str, str], ...]]] = []
        for record in sorted(guide.records.values(), key=lambda record: record.taxon.name):
            names = dict.fromkeys((record.taxon.name, *record.common_names.values(), *record.synonyms))
            self._names.append((record, tuple((fold(name), name) for name in names)))

    def find(self, wanted: Wanted) -> list[Hit]:
        """Taxa that fit: with a text the closest names first, else in the order that is wanted."""
        words = fold(wanted.text).split()
        typed = " ".join(words)
        found: list[tuple[int, Hit]] = []
        for record, names in self._names:
            if not _fits(record, wanted):
                continue
            if not words:
                found.append((0, Hit(record)))
                continue
            matches = [
                (_distance(folded, typed), name) for folded, name in names if all(word in folded for word in words)
            ]
            if matches:
                distance, name = min(matches, key=lambda match: match[0])
                untold = name == record.taxon.name or promises_a_meal(name)
                found.append((distance, Hit(record, "" if untold else name)))
        if words:
            found.sort(key=lambda each: each[0])
        elif wanted.order is Order.DANGER:
            found.sort(key=lambda each: -each[1].record.danger.told.severity)
        return [hit for _, hit in found]


def _fits(record: TaxonRecord, wanted: Wanted) -> bool:
    return (
        (not wanted.dangers or record.danger.told in wanted.dangers)
        and (not wanted.ranks or record.taxon.rank in wanted.ranks)
        and (wanted.month is None or in_season(record, wanted.month))
        and (not wanted.region or not record.regions or wanted.region in record.regions)
    )


def _distance(name: str, typed: str) -> int:
    """0 the very name, 1 it begins so, 2 one of its words begins so, 3 it stands somewhere inside."""
    if name == typed:
        return 0
    if name.startswith(typed):
        return 1
    return 2 if f" {typed}" in name else 3
