"""How taxa, times and places are called on every page: names in the language in use, onsets, seasons, dates, countries.

Knows the guide, no widget and no page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale, QTime

from fieldguide.core.guide import Guide, Syndrome, TaxonRecord
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import FALLBACK, catalogue, language, text

LONGEST_HOURS = 48  # from here on an onset is given in days
LATE_HOURS = 6  # first signs after this many hours: organs are being damaged while nothing is felt ...
GRAVE = 3  # ... by a syndrome of this severity (1 to 5): below it no organ is lost


@dataclass(frozen=True, slots=True)
class Name:
    """What a taxon is called: `common` may be empty."""

    common: str
    scientific: str

    @property
    def first(self) -> str:
        """The name that people read first."""
        return self.common or self.scientific


def know_brought_names(names: Mapping[str, str]) -> None:
    """The loaded model's own common names by scientific name, shown for what the guide has no common name of."""
    _brought.clear()
    _brought.update({taxon: _capital(name) for taxon, name in names.items()})


_brought: dict[str, str] = {}  # like the language: one for the window, read on its thread


def name_of(taxon: Taxon, guide: Guide) -> Name:
    """The names of a taxon in the language in use; the common name of the guide, else of the loaded model."""
    record = guide.record(taxon.name)
    common = name_of_record(record).common if record else ""
    return Name(common or _brought.get(taxon.name, ""), taxon.name)


def name_of_record(record: TaxonRecord) -> Name:
    """The names of a record in the language in use."""
    return Name(_capital(record.common_name(language())), record.taxon.name)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def name_called(scientific: str, guide: Guide) -> str:
    """The name to read first of a taxon that is known by its scientific name only."""
    record = guide.record(scientific)
    return name_of_record(record).first if record else _brought.get(scientific, scientific)


def language_of_guide() -> str:
    """A sentence that the guide's texts are in English; empty where everything is."""
    return text("names.in_english") if language() != FALLBACK else ""


def syndrome_name(syndrome: Syndrome) -> str:
    """What a kind of poisoning is called; in English where a guide says it in words that nobody has translated."""
    return _translated(f"syndromes.{syndrome.key}_name", syndrome.name)


def syndrome_signs(syndrome: Syndrome) -> str:
    """What happens to who has it; in English where a guide says it in words that nobody has translated."""
    return _translated(f"syndromes.{syndrome.key}_signs", syndrome.main_symptoms)


def syndrome_outcome(syndrome: Syndrome) -> str:
    """How it ends, as far as is known; in English where a guide says it in words that nobody has translated."""
    return _translated(f"syndromes.{syndrome.key}_outcome", syndrome.mortality_note)


def organs_of(syndrome: Syndrome) -> str:
    """The organs that it harms, joined by commas; in English where a guide brings words that nobody has translated."""
    names = ((f"syndromes.organ_{organ}", organ.replace("_", " ")) for organ in syndrome.target_organs)
    return ", ".join(text(key) if key in catalogue(FALLBACK) else english for key, english in names)


def _translated(key: str, english: str) -> str:
    return text(key) if catalogue(FALLBACK).get(key) == english else english


def is_late(onset: tuple[float, float], syndrome: Syndrome) -> bool:
    """Whether first signs may come only when organs are being damaged already."""
    return onset[1] >= LATE_HOURS and syndrome.severity >= GRAVE


def ranked_name(taxon: Taxon) -> str:
    """The scientific name; a genus or a family says so."""
    if taxon.rank in (Rank.GENUS, Rank.FAMILY):
        return text(f"names.rank_{taxon.rank.value}", name=taxon.name)
    return taxon.name


def onset_words(hours: tuple[float, float]) -> str:
    """The time from the meal to the first symptoms, in minutes, hours or days."""
    first, last = hours
    if last > LONGEST_HOURS:
        return text("names.onset_days", first=_short(first / 24), last=_short(last / 24))
    if last <= 1:
        return text("names.onset_minutes", first=_short(first * 60), last=_short(last * 60))
    if first < 1:
        return text("names.onset_mixed", first=_short(first * 60), last=_short(last))
    return text("names.onset_hours", first=_short(first), last=_short(last))


def onset_of(record: TaxonRecord, guide: Guide) -> tuple[float, float] | None:
    """Hours from the meal to the first symptoms: the taxon's own, else its syndrome's; None when not known."""
    syndrome = guide.syndromes.get(record.syndrome)
    return record.onset_hours or (syndrome.onset_hours if syndrome else None)


def month_name(month: int) -> str:
    """The name of a month, 1 to 12."""
    return text(f"names.month_{month}")


def season_words(months: tuple[int, int] | None) -> str:
    """The months of the northern half of the Earth; empty when not known."""
    if months is None:
        return ""
    first, last = (month_name(month) for month in months)
    return first if first == last else text("names.season", first=first, last=last)


def region_name(region: str) -> str:
    """A region of the guide (`north_america`) as it is read."""
    return text(f"names.region_{region}") if region in REGIONS else region.replace("_", " ")


REGIONS = ("europe", "north_america", "south_america", "asia", "africa", "australasia")


def rank_name(rank: Rank) -> str:
    """Species, genus, family."""
    return text(f"names.{rank.value}")


def when_words(when: datetime) -> str:
    """A date with its time, in the manner of this computer."""
    locale = QLocale()
    return f"{day_words(when)}, {locale.toString(QTime(when.hour, when.minute), QLocale.FormatType.ShortFormat)}"


def day_words(when: date, *, year: bool = True) -> str:
    """A date without its time, in the order and with the dots of the language: "5. Sept. 2026", "Sep 5, 2026"."""
    locale = QLocale()
    long = locale.dateFormat(QLocale.FormatType.LongFormat)  # "dddd, d. MMMM yyyy"
    pattern = re.sub(r"\W*d{3,4}\W*", "", long).replace("MMMM", "MMM")
    if not year:
        pattern = re.sub(r"('[^']*'|\W)*y+", "", pattern)
    return locale.toString(QDate(when.year, when.month, when.day), pattern)


def country_name(code: str) -> str:
    """The name of a country by its ISO 3166-1 alpha-2 code; Qt's English one, or the code itself, where the catalogue
    has none."""
    key = f"countries.{code}"
    if key in catalogue(FALLBACK):
        return text(key)
    territory = QLocale.codeToTerritory(code)
    known = territory is not QLocale.Country.AnyTerritory
    return QLocale.territoryToString(territory) if known else code


def spoken_language(code: str) -> str:
    """What a language (ISO 639-1) calls itself; the code itself when Qt knows none."""
    plain = {"en": "English", "es": "español"}  # Qt names those of the United States and of Spain
    return plain.get(code) or QLocale(code).nativeLanguageName() or code


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
