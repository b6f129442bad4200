"""Where finds lie, for a map, and places with a name of one's own. Works inside a transaction of the caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from sqlite3 import Connection

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage import search
from fieldguide.storage.rows import clean
from fieldguide.storage.search import Filter


@dataclass(frozen=True, slots=True)
class Points:
    """Finds with a place, in the same order in every field. `severities`: of today's danger (`Danger.severity`)."""

    ids: tuple[int, ...]
    latitudes: tuple[float, ...]
    longitudes: tuple[float, ...]
    severities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place with a name of one's own; degrees, and the radius in kilometres within which finds are called so.

    Raises:
        FieldGuideError: PLACE_INVALID for a place off the globe, a radius that is not positive, or no name.
    """

    name: str
    latitude: float
    longitude: float
    radius: float = 1.0

    def __post_init__(self) -> None:
        fits = -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180 and 0 < self.radius <= 1000
        object.__setattr__(self, "name", clean(self.name).strip())
        if not (fits and self.name):
            raise FieldGuideError(ErrorCode.PLACE_INVALID, latitude=self.latitude, longitude=self.longitude)


def read_points(connection: Connection, wanted: Filter) -> Points:
    """Every find that fits and has a place."""
    match = search.match_of(wanted)
    conditions, values = search.conditions_of(wanted)
    inside = " AND o.sort_key IN (SELECT rowid FROM search WHERE search MATCH :match)" if match else ""
    sql = (
        "SELECT o.id, o.latitude, o.longitude, o.danger FROM observation o"
        f" WHERE o.latitude IS NOT NULL AND o.longitude IS NOT NULL AND {' AND '.join(conditions)}{inside}"
    )
    found = [tuple(row) for row in connection.execute(sql, {**values, "match": match})]
    return Points(*(tuple(zip(*found, strict=True)) or ((), (), (), ())))


def read_places(connection: Connection) -> dict[str, int]:
    """Every name of a place with the number of its finds, the most found first."""
    counted = connection.execute(
        "SELECT place, count(*) FROM observation WHERE deleted_at IS NULL AND place != ''"
        " GROUP BY place ORDER BY count(*) DESC, place"
    )
    return {row[0]: row[1] for row in counted}


def name_own(connection: Connection, latitude: float, longitude: float) -> str:
    """The nearest place of one's own that reaches so far; empty when none does."""
    row = connection.execute(
        "SELECT name, kilometres(latitude, longitude, ?, ?) AS apart FROM own_place"
        " WHERE apart <= radius ORDER BY apart LIMIT 1",
        (latitude, longitude),
    ).fetchone()
    return row[0] if row else ""


def read_own(connection: Connection) -> tuple[OwnPlace, ...]:
    """All places of one's own, by name."""
    return tuple(OwnPlace(*row) for row in connection.execute("SELECT * FROM own_place ORDER BY name"))


def write_own(connection: Connection, kept: Iterable[OwnPlace]) -> None:
    """Put these places of one's own in the stead of those that were there."""
    connection.execute("DELETE FROM own_place")
    rows = [(place.name, place.latitude, place.longitude, place.radius) for place in kept]
    connection.executemany("INSERT INTO own_place VALUES (?, ?, ?, ?)", rows)


def finds_around(connection: Connection, around: Iterable[OwnPlace]) -> list[int]:
    """The finds that lie in one of these places."""
    sql = (
        "SELECT id FROM observation WHERE latitude BETWEEN ? AND ? AND longitude IS NOT NULL"
        " AND kilometres(latitude, longitude, ?, ?) <= ?"
    )
    found: set[int] = set()
    for place in around:
        reach = place.radius / 110.0  # degrees; a little more than there are
        where = (place.latitude, place.longitude)
        bounds = (place.latitude - reach, place.latitude + reach)
        found |= {row[0] for row in connection.execute(sql, (*bounds, *where, place.radius))}
    return sorted(found)
