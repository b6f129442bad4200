"""The library of finds: add, list, search, edit, delete, undo. The human's label wins; the model's is kept.

Works without any window. Never touches an original photo. Every change is one transaction, and every change of a
stored find is a step that can be undone.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from sqlite3 import Connection
from typing import Final, Literal

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import Identification, Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.storage import journal, reading, regroup, rows, search
from fieldguide.storage.database import Database
from fieldguide.storage.journal import StepKind, Undone
from fieldguide.storage.search import Filter

PAGE = 60


class Keep(Enum):
    """The one value that means: leave it as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
Kept = Literal[Keep.KEEP]


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a stored find; None clears. `place` is (latitude, longitude) in decimal degrees (WGS 84)."""

    notes: str | Kept = KEEP
    tags: tuple[str, ...] | Kept = KEEP
    verified: Taxon | Kept | None = KEEP
    observed_at: datetime | Kept | None = KEEP
    place: tuple[float, float] | Kept | None = KEEP


@dataclass(frozen=True, slots=True)
class Page:
    """Some finds, newest first. `next_key` continues the list (`after_key` of the next call); None at its end."""

    observations: tuple[Observation, ...]
    next_key: int | None


class ObservationStore:
    """Finds in a database. Every method may raise what `Database` raises, and leaves the file whole when it does.

    Args:
        database: an open one.
        guide: today's guide, whose names (in every language) and dangers finds are searched and filtered by; without
            it only scientific names are found and nothing has a danger to filter by.
        now: the clock.
    """

    def __init__(
        self, database: Database, guide: Guide | None = None, now: Callable[[], datetime] = datetime.now
    ) -> None:
        self._database = database
        self._guide = guide
        self._now = now

    def join_guide(self, guide: Guide, limit: int = 1000) -> int:
        """Use this guide from now on and bring up to `limit` finds up to date with it; returns how many still wait.

        Call it again until it returns 0. Finds that wait are searched by the names of the guide before.
        """
        self._guide = guide
        with self._database.transaction() as connection:
            waiting = "FROM observation WHERE joined_guide IS NOT ?"
            found = connection.execute(f"SELECT id {waiting} LIMIT ?", (guide.version, limit)).fetchall()
            self._index(connection, [row[0] for row in found])
            return int(connection.execute(f"SELECT count(*) {waiting}", (guide.version,)).fetchone()[0])

    def add(self, observation: Observation) -> Observation:
        """Store a new find at once; returns it with its id."""
        with self._database.transaction() as connection:
            number = rows.insert_observation(connection, observation, self._now())
            return self._index(connection, [number])[0]

    def get(self, number: int) -> Observation | None:
        """One find with the identification that is shown; None when it is not there (any more)."""
        with self._database.reading() as connection:
            return next(iter(reading.read_observations(connection, [number])), None)

    def identifications(self, number: int) -> tuple[Identification, ...]:
        """Everything that models ever said of a find, the shown one last."""
        with self._database.reading() as connection:
            return tuple(reading.read_identifications(connection, number))

    def page(self, wanted: Filter | None = None, after_key: int | None = None, limit: int = PAGE) -> Page:
        """The newest finds (by their date, else the date of storing) that fit, after `after_key` of the page before."""
        wanted = wanted or Filter()
        source, values = search.where(wanted, after_key)
        key = search.key_column(wanted)
        with self._database.reading() as connection:
            keys = connection.execute(f"SELECT {key} {source} ORDER BY {key} DESC LIMIT ?", (*values, limit)).fetchall()
            found = [_id_of(connection, row[0]) for row in keys]
            listed = reading.read_observations(connection, found)
        return Page(tuple(listed), keys[-1][0] if len(keys) == limit else None)

    def count(self, wanted: Filter | None = None) -> int:
        """How many finds fit."""
        source, values = search.where(wanted or Filter(), None)
        with self._database.reading() as connection:
            return int(connection.execute(f"SELECT count(*) {source}", values).fetchone()[0])

    def every(self, wanted: Filter | None = None) -> Iterator[Observation]:
        """All finds that fit, newest first, a page in memory at a time."""
        key: int | None = None
        while True:
            page = self.page(wanted, key, limit=500)
            yield from page.observations
            key = page.next_key
            if key is None:
                return

    def recently_added(self, limit: int = 12) -> tuple[Observation, ...]:
        """The finds stored last, whatever the date of the photos."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT id FROM observation ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
            return tuple(reading.read_observations(connection, [row[0] for row in found]))

    def with_photo(self, sha256: str) -> tuple[int, ...]:
        """Ids of the finds that hold this very file."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT observation_id FROM photo WHERE sha256 = ?", (sha256,)).fetchall()
            return tuple(row[0] for row in found)

    def edit(self, numbers: Sequence[int], change: Change) -> None:
        """Change the same things of one or several finds, as one step; a place off the globe is PLACE_INVALID."""
        self._edit(numbers, change, StepKind.EDIT)

    def verify(self, numbers: Sequence[int], taxon: Taxon) -> None:
        """Set the human's label, the model's or another; what the model said stays."""
        self._edit(numbers, Change(verified=taxon), StepKind.VERIFY)

    def unverify(self, numbers: Sequence[int]) -> None:
        """Take the human's label away; the model's is shown again."""
        self._edit(numbers, Change(verified=None), StepKind.UNVERIFY)

    def add_identification(self, number: int, said: Identification) -> Observation | None:
        """Show a further answer for a stored find; earlier ones are kept. None when the find is gone."""
        with self._database.transaction() as connection:
            if not _present(connection, [number]):
                return None
            journal.record_step(connection, StepKind.IDENTIFY, [number])
            rows.append_identification(connection, number, said)
            return self._index(connection, [number])[0]

    def delete(self, numbers: Sequence[int]) -> int:
        """Take finds out of the library, as one step; returns how many. Photos on the disk are never touched."""
        with self._database.transaction() as connection:
            present = _present(connection, numbers)
            if present:
                journal.record_step(connection, StepKind.DELETE, present)
                self._unindex(connection, present)
                connection.executemany("DELETE FROM observation WHERE id = ?", [(number,) for number in present])
            return len(present)

    def merge(self, numbers: Sequence[int]) -> Observation | None:
        """Several finds become one, under the first one's id (see `regroup.join_finds`); None with fewer than two."""
        with self._database.transaction() as connection:
            present = _present(connection, numbers)
            if len(present) < 2:
                return None
            journal.record_step(connection, StepKind.MERGE, present)
            self._unindex(connection, present)
            regroup.join_finds(connection, reading.read_observations(connection, present))
            return self._index(connection, present[:1])[0]

    def split(self, number: int, leaving: Sequence[int]) -> tuple[Observation, Observation] | None:
        """The photos at the places `leaving` (from 0) become a find of their own; returns the old and the new one.

        None, and nothing done, when the find is gone or either part would have no photo.
        """
        with self._database.transaction() as connection:
            find = next(iter(reading.read_observations(connection, [number])), None)
            places = sorted({place for place in leaving if find is not None and 0 <= place < len(find.photos)})
            if find is None or not places or len(places) == len(find.photos):
                return None
            step = journal.record_step(connection, StepKind.SPLIT, [number])
            new = regroup.part_find(connection, find, places, self._now())
            journal.record_new(connection, step, new)
            old, parted = self._index(connection, [number, new])
            return old, parted

    def undo(self) -> Undone | None:
        """Take back the newest step; None when there is none."""
        with self._database.transaction() as connection:
            touched = journal.newest_ids(connection)
            self._unindex(connection, touched)
            undone = journal.undo_step(connection)
            self._index(connection, touched)
            return undone

    def steps(self) -> int:
        """How many steps can be undone."""
        with self._database.reading() as connection:
            return journal.count_steps(connection)

    def library_uuid(self) -> uuid.UUID:
        """What marks this library apart from every other, made once; exported identifiers are built on it."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT uuid FROM library").fetchone()
            if row is None:
                row = (str(uuid.uuid4()),)
                connection.execute("INSERT INTO library VALUES (?)", row)
            return uuid.UUID(row[0])

    def _edit(self, numbers: Sequence[int], change: Change, kind: StepKind) -> None:
        if change.place is not KEEP and change.place is not None:
            _check_place(change.place)
        with self._database.transaction() as connection:
            present = _present(connection, numbers)
            if not present:
                return
            journal.record_step(connection, kind, present)
            for number in present:
                _write(connection, number, change)
            self._index(connection, present)

    def _unindex(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Take finds out of the search table, while their sort keys are still known."""
        for number in numbers:
            connection.execute(
                "DELETE FROM search WHERE rowid = (SELECT sort_key FROM observation WHERE id = ?)", (number,)
            )

    def _index(self, connection: Connection, numbers: Sequence[int]) -> list[Observation]:
        """Give finds their sort keys by their dates as they are now, and their words by today's guide; returns them."""
        found = reading.read_observations(connection, numbers)
        for observation in found:
            self._unindex(connection, [observation.id])
            row = connection.execute("SELECT created_at FROM observation WHERE id = ?", (observation.id,)).fetchone()
            when = observation.observed_at or datetime.fromisoformat(row[0])
            key = rows.sort_key(when, observation.id)
            connection.execute(
                "UPDATE observation SET sort_key = ?, joined_guide = ? WHERE id = ?",
                (key, self._guide.version if self._guide else None, observation.id),
            )
            search.index(connection, observation, key, self._guide)
        return found


def _write(connection: Connection, number: int, change: Change) -> None:
    columns: dict[str, object] = {}
    if change.notes is not KEEP:
        columns["notes"] = rows.clean(change.notes)
    if change.verified is not KEEP:
        columns["verified_taxon"] = rows.taxon_id(connection, change.verified)
    if change.observed_at is not KEEP:
        columns["observed_at"] = change.observed_at.isoformat() if change.observed_at else None
    if change.place is not KEEP:
        columns["latitude"], columns["longitude"] = change.place or (None, None)
    for column, value in columns.items():
        connection.execute(f"UPDATE observation SET {column} = ? WHERE id = ?", (value, number))
    if change.tags is not KEEP:
        rows.write_tags(connection, number, change.tags)


def _present(connection: Connection, numbers: Sequence[int]) -> list[int]:
    """Those that are there, each once, in the given order."""
    return [
        number
        for number in dict.fromkeys(numbers)
        if connection.execute("SELECT 1 FROM observation WHERE id = ?", (number,)).fetchone()
    ]


def _id_of(connection: Connection, key: int) -> int:
    return int(connection.execute("SELECT id FROM observation WHERE sort_key = ?", (key,)).fetchone()[0])


def _check_place(place: tuple[float, float]) -> None:
    bounds = zip(place, (90.0, 180.0), strict=True)
    if not all(math.isfinite(number) and abs(number) <= bound for number, bound in bounds):
        raise FieldGuideError(ErrorCode.PLACE_INVALID, latitude=place[0], longitude=place[1])
