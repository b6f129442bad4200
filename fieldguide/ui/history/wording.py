"""A stored find in words: spoken in the list, written in the detail. No widgets in here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QLocale, QTime

from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import current_danger, shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Identification, Observation
from fieldguide.core.text import percent, text
from fieldguide.core.towns import towns
from fieldguide.storage.groups import Group, GroupBy
from fieldguide.storage.search import NAMELESS, why_found
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.naming import country_name, day_words, name_called, ranked_name, when_words
from fieldguide.ui.kit.wording import machine_words, short_verdict, verdict_words


def spoken_find(find: Observation, guide: Guide) -> str:
    """One find as a screen reader says it in the list."""
    danger = machine_words(find, guide) or danger_word(danger_today(find, guide))
    parts = [danger, short_verdict(find, guide), date_words(find)]
    if find.verified is not None:
        parts.append(text("history.named_by_you"))
    if any(each.waits for each in find.seen):
        parts.append(text("hands.waits_short"))
    return ", ".join(part for part in parts if part)


def date_words(find: Observation) -> str:
    """The day of the find; a word when nobody knows it."""
    return day_words(find.observed_at) if find.observed_at else text("history.no_date")


def time_words(find: Observation) -> str:
    """The time of the day below a heading that tells the day, or that nobody knows it."""
    if find.observed_at is None:
        return ""
    return QLocale().toString(QTime(find.observed_at.hour, find.observed_at.minute), QLocale.FormatType.ShortFormat)


def heading_words(group: Group, guide: Guide) -> tuple[str, str]:
    """What a group of the gallery is called, and a line that says more or nothing."""
    day, value = group.day, str(group.value)
    if day is not None:
        return QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.LongFormat), ""
    if group.by is GroupBy.DAY:
        return text("history.head_no_date"), ""
    if group.by is GroupBy.KIND:
        if value == NAMELESS:
            return text("history.head_nameless"), ""
        scientific = value.capitalize()
        name = name_called(scientific, guide)
        return name, scientific if name != scientific else ""
    if group.by is GroupBy.PLACE:
        return value or text("history.head_no_place"), ""
    if group.by is GroupBy.DANGER:
        return danger_word(danger_of(int(group.value))), ""
    if group.by is GroupBy.STARS:
        return "★" * int(group.value) or text("history.head_no_stars"), ""
    return text("history.head_mentioned" if group.value else "history.head_called"), ""


def places_words(places: Sequence[str]) -> str:
    """Where the finds of a group were made: the place with the most, and how many others."""
    if len(places) < 2:
        return "".join(places)
    return text("history.head_places", first=places[0], count=len(places) - 1)


def count_words(count: int) -> str:
    """How many finds, in the numbers of the language."""
    return text("history.head_one") if count == 1 else text("history.head_many", count=QLocale().toString(count))


def danger_of(severity: int) -> Danger:
    """The level of a stored severity."""
    return next((level for level in Danger if level.shown is level and level.severity == severity), Danger.UNKNOWN)


def second_line(find: Observation) -> str:
    """The scientific name below the common one, or empty."""
    taxon = shown_taxon(find)
    return ranked_name(taxon) if taxon is not None else ""


def said_words(said: Identification, guide: Guide) -> str:
    """What one answer said, in a line: the verdict with its probability."""
    words = verdict_words(said.verdict, guide)
    return (
        text("history.said", verdict=words, percent=percent(said.verdict.probability)) if said.verdict.taxon else words
    )


def made_words(said: Identification) -> str:
    """When and by which model, with which guide."""
    facts = {"when": when_words(said.made_at), "name": said.model.name, "version": said.model.version}
    return text("history.made", **facts, guide=said.guide_version)


def correction_words(find: Observation, guide: Guide) -> str:
    """A sentence when today's guide tells another danger than the day's alarm; empty when it does not."""
    said = find.identification
    if said is None or said.guide_version == guide.version:
        return ""
    then, today = said.alarm.level.shown, current_danger(find, guide).shown
    if then is today:
        return ""
    key = "history.danger_worse" if today.severity > then.severity else "history.danger_milder"
    return text(key, before=danger_word(then), after=danger_word(today))


def place_words(find: Observation) -> str:
    """The nearest town, how far it is, and decimal degrees; a word when nobody knows the place."""
    if find.latitude is None or find.longitude is None:
        return text("history.no_place")
    where = f"{find.latitude:.5f}, {find.longitude:.5f}"
    town = towns().nearest(find.latitude, find.longitude)
    facts = {"town": town.name, "country": country_name(town.country), "where": where}
    return text("history.place_near", **facts, count=f"{town.away(find.latitude, find.longitude):.0f}")


def why_words(find: Observation, words: str, guide: Guide) -> str:
    """Where the words of a search stand in a find, when its name does not show it: "note: under oaks"; else empty."""
    if not words.strip():
        return ""
    taxon = shown_taxon(find)
    seen = f"{short_verdict(find, guide)} {second_line(find)} {taxon.name if taxon else ''}".casefold()
    parts = [
        text(f"history.found_{found.field}", words=found.words.strip())
        for found in why_found(find, words, guide)
        if found.field != "name" or found.words.casefold() not in seen
    ]
    return " · ".join(parts)
