"""The list of finds in groups: days, kinds, places, dangers, stars, or where the words of a search stand.

Groups follow the order of the list, so that any row of it can be read without those before. Works inside a transaction
that the caller opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from sqlite3 import Connection
from typing import NamedTuple

from fieldguide.storage import search
from fieldguide.storage.rows import DAY
from fieldguide.storage.search import Filter, Key, Sort

_LAST = 2**63 - 1  # no sort key is larger


class GroupBy(StrEnum):
    """What neighbours of a list have in common."""

    DAY = "day"
    KIND = "kind"
    PLACE = "place"
    DANGER = "danger"
    STARS = "stars"
    WORDS = "words"


_VALUES = {  # what parts the list, and the index that has it and the danger
    GroupBy.DAY: (f"(o.sort_key + {DAY}) / {DAY}", search.COVERING),
    GroupBy.KIND: ("o.called", "observation_by_name"),
    GroupBy.PLACE: ("o.place", "observation_by_place"),
    GroupBy.DANGER: ("o.danger", "observation_by_danger"),
    GroupBy.STARS: ("o.stars", "observation_by_stars"),
}


_OF_ORDER = {
    Sort.NAME: GroupBy.KIND,
    Sort.PLACE: GroupBy.PLACE,
    Sort.DANGER: GroupBy.DANGER,
    Sort.STARS: GroupBy.STARS,
}


class Group(NamedTuple):  # not a dataclass: seven thousand days of twenty years are made in one go
    """Neighbouring finds of a list.

    Attributes:
        by: what they have in common.
        value: the number of the day (`day`; 0: no date), the scientific name in small letters (`search.NAMELESS`:
            none), the place (empty: unknown), the severity of the danger, the number of stars, or the tier of the words
            (0: called so, 1: mentioned).
        finds: how many, at least one.
        worst: severity of the worst danger of today among them; None when that was not asked.
        rising: whether the list goes from the oldest to the newest.
    """

    by: GroupBy
    value: int | str
    finds: int
    worst: int | None = None
    rising: bool = False

    @property
    def day(self) -> date | None:
        """The day of a group of days; None for those without a date."""
        return date.fromordinal(int(self.value)) if self.by is GroupBy.DAY and self.value else None

    @property
    def start(self) -> Key:
        """The list after this key begins with the first of them."""
        if self.by is GroupBy.WORDS:
            return Key(int(self.value), 0, _LAST)
        if self.by is not GroupBy.DAY:
            return Key(0, self.value, _LAST)
        day = int(self.value)
        return Key(int(self.rising and not day), 0, (day - 1) * DAY - 1 if self.rising else day * DAY)


def grouped_by(wanted: Filter) -> GroupBy:
    """What the groups of a list have in common: its order says it."""
    if search.by_words(wanted):
        return GroupBy.WORDS
    return _OF_ORDER.get(wanted.sort, GroupBy.DAY)


def read_groups(connection: Connection, wanted: Filter) -> tuple[Group, ...]:
    """All groups of the list, in its order; their counts are those of the whole list."""
    by = grouped_by(wanted)
    if by is GroupBy.WORDS:
        return _by_words(connection, wanted)
    value, walked = _VALUES[by]
    falling = by in (GroupBy.DANGER, GroupBy.STARS) or wanted.sort is Sort.NEWEST
    match, conditions, values = search.match_of(wanted), *search.conditions_of(wanted)
    source = "observation o"
    if match:
        source = f"search s CROSS JOIN observation o INDEXED BY {search.COVERING} ON o.sort_key = s.rowid"
        conditions = ["s.search MATCH :match", *conditions]
    elif all(condition.startswith(("o.sort_key", "o.deleted_at")) for condition in conditions):
        source += f" INDEXED BY {walked}"  # the planner takes one that needs the rows
    found = connection.execute(
        f"SELECT {value} AS value, count(*), max(o.danger) FROM {source} WHERE {' AND '.join(conditions)}"
        f" GROUP BY value ORDER BY value = 0, value {'DESC' if falling else 'ASC'}",
        {**values, "match": match},
    )
    rising = wanted.sort is Sort.OLDEST
    return tuple(Group(by, value, count, worst, rising) for value, count, worst in found)


def place_of_row(listed: Sequence[Group], row: int) -> tuple[Key, int] | None:
    """The key and how many finds behind it a row (from 0) of the list stands; None beyond its end."""
    for group in listed:
        if row < group.finds:
            return group.start, row
        row -= group.finds
    return None


def read_places_of_day(connection: Connection, wanted: Filter, day: date) -> tuple[str, ...]:
    """Where the finds of a day were made, the place with the most first."""
    conditions, values = search.conditions_of(wanted)
    first = (day.toordinal() - 1) * DAY
    found = connection.execute(
        f"SELECT o.place FROM observation o WHERE o.place != '' AND o.sort_key >= :first AND o.sort_key < :next"
        f" AND {' AND '.join(conditions)} GROUP BY o.place ORDER BY count(*) DESC, o.place",
        {**values, "first": first, "next": first + DAY},
    )
    return tuple(row[0] for row in found)


def _by_words(connection: Connection, wanted: Filter) -> tuple[Group, ...]:
    """Those that are called so, and those that only mention it."""
    counts = enumerate(search.count(connection, wanted, tier) for tier in (0, 1))
    return tuple(Group(GroupBy.WORDS, tier, count) for tier, count in counts if count)
