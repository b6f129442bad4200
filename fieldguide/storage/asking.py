"""Questions to the library of finds: one, some, all, the newest, the bin, photos by their content. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from sqlite3 import Connection

from fieldguide.core.records import Identification, Observation
from fieldguide.storage import groups, journal, places, reading, saved_filters, search, season
from fieldguide.storage.database import Database
from fieldguide.storage.groups import Group
from fieldguide.storage.journal import NextSteps, Step
from fieldguide.storage.places import OwnPlace, Points
from fieldguide.storage.saved_filters import FilterState
from fieldguide.storage.search import Filter, Key
from fieldguide.storage.season import KindSeason

PAGE = 60


@dataclass(frozen=True, slots=True)
class Page:
    """Some finds in the order that was asked for. `next_key` continues the list (`after_key` of the next call); None
    at its end.
    """

    observations: tuple[Observation, ...]
    next_key: Key | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in its groups, and some rows of it: row -> find."""

    groups: tuple[Group, ...]
    finds: dict[int, Observation]

    @property
    def count(self) -> int:
        """How many finds there are."""
        return sum(group.finds for group in self.groups)


class ObservationReader:
    """Finds in a database, to be asked for. Every method may raise what `Database` raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def folder(self) -> Path:
        """The library's own folder."""
        return self._database.path.parent

    def get(self, number: int) -> Observation | None:
        """One find with the identification that is shown; None when it is not in the book (any more)."""
        return next(iter(self.several([number])), None)

    def several(self, numbers: Sequence[int]) -> list[Observation]:
        """Those of these finds that are in the book, in this order."""
        with self._database.reading() as connection:
            return reading.read_observations(connection, present_in(connection, numbers))

    def identifications(self, number: int) -> tuple[Identification, ...]:
        """Everything that models ever said of a find, the shown one last."""
        with self._database.reading() as connection:
            return tuple(reading.read_identifications(connection, number))

    def page(
        self, wanted: Filter | None = None, after_key: Key | None = None, limit: int = PAGE, skip: int = 0
    ) -> Page:
        """The next finds that fit, in the order of the filter, after `after_key` of the page before (or the `start` of
        a group) and `skip` more.
        """
        with self._database.reading() as connection:
            found = search.page_of(connection, wanted or Filter(), after_key, limit, skip)
            listed = reading.read_observations(connection, [number for number, _ in found])
        return Page(tuple(listed), found[-1][1] if len(found) == limit else None)

    def count(self, wanted: Filter | None = None) -> int:
        """How many finds fit."""
        with self._database.reading() as connection:
            return search.count(connection, wanted or Filter())

    def groups(self, wanted: Filter | None = None) -> tuple[Group, ...]:
        """The finds that fit in groups, in the order of the list; see `storage.groups`."""
        with self._database.reading() as connection:
            return groups.read_groups(connection, wanted or Filter())

    def listing(self, wanted: Filter, first_rows: Sequence[int] = (0,)) -> Listing:
        """The groups of the finds that fit, with a page of finds from each of these rows (from 0) on."""
        with self._database.reading():
            listed = self.groups(wanted)
            finds: dict[int, Observation] = {}
            for first in first_rows:
                place = groups.place_of_row(listed, first)
                if place is not None:
                    finds |= enumerate(self.page(wanted, place[0], PAGE, place[1]).observations, first)
        return Listing(listed, finds)

    def places_of_days(self, wanted: Filter, days: Sequence[date]) -> dict[date, tuple[str, ...]]:
        """For each day the places of the finds that fit, the most found first."""
        with self._database.reading() as connection:
            return {day: groups.read_places_of_day(connection, wanted, day) for day in days}

    def ids(self, wanted: Filter, start: Key, skip: int, limit: int) -> tuple[int, ...]:
        """Ids of `limit` finds of the list, after a key and `skip` more."""
        with self._database.reading() as connection:
            return tuple(number for number, _ in search.page_of(connection, wanted, start, limit, skip))

    def saved_filters(self) -> dict[str, FilterState]:
        """What the user kept to search by, by name."""
        with self._database.reading() as connection:
            return saved_filters.read_saved(connection)

    def every(self, wanted: Filter | None = None) -> Iterator[Observation]:
        """All finds that fit, in the order of the filter, a page in memory at a time."""
        key: Key | None = None
        while True:
            page = self.page(wanted, key, limit=500)
            yield from page.observations
            key = page.next_key
            if key is None:
                return

    def recently_added(self, limit: int = 12) -> tuple[Observation, ...]:
        """The finds stored last, whatever the date of the photos."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT id FROM observation WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ?", (limit,)
            ).fetchall()
            return tuple(reading.read_observations(connection, [row[0] for row in found]))

    def tags(self) -> dict[str, int]:
        """Every tag with the number of its finds, the most used first."""
        with self._database.reading() as connection:
            counted = connection.execute(
                "SELECT tag, count(*) FROM tag JOIN observation ON id = observation_id WHERE deleted_at IS NULL"
                " GROUP BY tag ORDER BY count(*) DESC, tag"
            )
            return {row[0]: row[1] for row in counted}

    def bin(self) -> tuple[Observation, ...]:
        """What was deleted and is still kept, the latest first."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT id FROM observation WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC"
            ).fetchall()
            return tuple(reading.read_observations(connection, [row[0] for row in found]))

    # photos by their content -----------------------------------------------------------------------

    def known_photos(self, digests: Iterable[str]) -> dict[str, int]:
        """For each of these contents (sha256) that is in the book the find that holds it, the oldest one."""
        with self._database.reading() as connection:
            return known_in(connection, digests)

    def known_sizes(self, sizes: Iterable[int]) -> set[int]:
        """Those of these file sizes in bytes that a photo of the book has: only such a file can be known already."""
        asked = set(sizes)
        with self._database.reading() as connection:
            if connection.execute("SELECT 1 FROM photo WHERE bytes IS NULL LIMIT 1").fetchone():
                return asked  # stored before sizes were kept: any could be it
            found = connection.execute(
                "SELECT DISTINCT bytes FROM photo WHERE bytes IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(asked)),),
            )
            return {row[0] for row in found}

    def points(self, wanted: Filter | None = None) -> Points:
        """Where the finds lie that fit and have a place."""
        with self._database.reading() as connection:
            return places.read_points(connection, wanted or Filter())

    def places(self) -> dict[str, int]:
        """Every name of a place with the number of its finds, the most found first."""
        with self._database.reading() as connection:
            return places.read_places(connection)

    def own_places(self) -> tuple[OwnPlace, ...]:
        """The places with a name of one's own."""
        with self._database.reading() as connection:
            return places.read_own(connection)

    def season(self, wanted: Filter | None = None) -> tuple[KindSeason, ...]:
        """When the finds that fit were made, by kind, the most found first."""
        with self._database.reading() as connection:
            return season.read_season(connection, wanted or Filter())

    def newest_step(self) -> Step | None:
        """What `undo` would take back."""
        with self._database.reading() as connection:
            return journal.newest_step(connection)

    def next_steps(self) -> NextSteps:
        """Which steps `undo` and `redo` would turn."""
        with self._database.reading() as connection:
            back, again = journal.newest_step(connection), journal.next_redo(connection)
            return NextSteps(back.number if back else None, again.number if again else None)

    def steps(self) -> int:
        """How many steps can be undone."""
        with self._database.reading() as connection:
            return journal.count_steps(connection)


def present_in(connection: Connection, numbers: Sequence[int], *, in_bin: bool = False) -> list[int]:
    """Those finds that are in the book (or in the bin), each once, in the given order."""
    where = f"id = ? AND deleted_at IS {'NOT ' if in_bin else ''}NULL"
    return [
        number
        for number in dict.fromkeys(numbers)
        if connection.execute(f"SELECT 1 FROM observation WHERE {where}", (number,)).fetchone()
    ]


def known_in(connection: Connection, digests: Iterable[str]) -> dict[str, int]:
    """As `known_photos`, inside a transaction that the caller opened."""
    found = connection.execute(
        "SELECT sha256, min(observation_id) FROM photo JOIN observation ON id = observation_id"
        " WHERE deleted_at IS NULL AND sha256 IN (SELECT value FROM json_each(?)) GROUP BY sha256",
        (json.dumps(sorted(set(digests))),),
    )
    return {row[0]: row[1] for row in found}
