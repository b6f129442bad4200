"""When finds were made: counted by kind, year and week. Works inside a transaction that the caller opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from sqlite3 import Connection

from fieldguide.storage import search
from fieldguide.storage.search import NAMELESS, Filter

WEEKS = 53  # the 365 or 366 days of a year in sevens, the last one short


@dataclass(frozen=True, slots=True)
class KindSeason:
    """The dated finds of one kind. `called`: its scientific name in small letters. `weeks`: year -> finds of each week
    (`WEEKS` of them, 1 January is in the first). `first` and `last` day of the year: of any year, as (month, day).
    """

    called: str
    count: int
    weeks: dict[int, tuple[int, ...]]
    first: date
    last: date


def read_season(connection: Connection, wanted: Filter) -> tuple[KindSeason, ...]:
    """Every named kind of the finds that fit and have a date of their own, the most found first."""
    match = search.match_of(wanted)
    conditions, values = search.conditions_of(wanted)
    inside = " AND o.sort_key IN (SELECT rowid FROM search WHERE search MATCH :match)" if match else ""
    sql = (
        "SELECT o.called, substr(o.observed_at, 1, 10) AS day, count(*) FROM observation o"
        f" WHERE o.observed_at IS NOT NULL AND o.called NOT IN ('', :nameless) AND {' AND '.join(conditions)}{inside}"
        " GROUP BY 1, 2"
    )
    days: dict[str, list[tuple[date, int]]] = {}
    for called, day, count in connection.execute(sql, {**values, "match": match, "nameless": NAMELESS}):
        days.setdefault(called, []).append((date.fromisoformat(day), count))
    return tuple(sorted((_season(*each) for each in days.items()), key=lambda kind: (-kind.count, kind.called)))


def _season(called: str, days: list[tuple[date, int]]) -> KindSeason:
    weeks: dict[int, list[int]] = {}
    for day, count in days:
        weeks.setdefault(day.year, [0] * WEEKS)[(day.timetuple().tm_yday - 1) // 7] += count
    in_year = sorted((day for day, _ in days), key=lambda day: (day.month, day.day))
    years = {year: tuple(counted) for year, counted in sorted(weeks.items())}
    return KindSeason(called, sum(count for _, count in days), years, in_year[0], in_year[-1])
