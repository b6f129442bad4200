"""Jobs: finds that were asked for together, kept in the database until each is looked at. Knows no model, no thread.

A find becomes part of the book and leaves its job in one transaction, so that whatever ends the program (kill -9, a
flat battery) loses nothing that was stored, stores nothing twice, and leaves a job that goes on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection, Row

from fieldguide.storage.database import Database
from fieldguide.storage.rows import clean, stored_path


class JobState(StrEnum):
    """What a person wants of a job; DONE when no find of it waits any more."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class FindState(StrEnum):
    """What became of one find of a job; WAITING also where its files are out of reach (a card that was pulled)."""

    WAITING = "waiting"
    STORED = "stored"
    KNOWN = "known"  # its photos were in the book already
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is: finds that wait, of `total`; of the others so many were new, known, or could not be read."""

    number: int
    title: str
    made_at: datetime
    state: JobState
    total: int
    waiting: int
    stored: int
    known: int
    unread: int

    @property
    def looked_at(self) -> int:
        """Finds that do not wait any more."""
        return self.total - self.waiting


@dataclass(frozen=True, slots=True)
class JobPlace:
    """One find of a job: number of the job, place of the find from 0."""

    job: int
    position: int


@dataclass(frozen=True, slots=True)
class JobFind:
    """One find of a job: its place from 0, its files, and what became of it."""

    position: int
    paths: tuple[Path, ...]
    state: FindState
    observation_id: int | None


_STATUS = (
    "SELECT job.*, count(*) AS total, total(f.state = 'waiting') AS waiting, total(f.state = 'stored') AS stored,"
    " total(f.state = 'known') AS known, total(f.state = 'unread') AS unread"
    " FROM job JOIN job_find f ON f.job_id = job.id"
)


class JobStore:
    """The jobs of a library. Every method may raise what `Database` raises."""

    def __init__(self, database: Database, now: Callable[[], datetime] = datetime.now) -> None:
        self._database = database
        self._now = now

    def begin(self, groups: Sequence[Sequence[Path]], title: str) -> JobStatus:
        """Keep a new job: one find per group of files."""
        with self._database.transaction() as connection:
            made = (clean(title), self._now().isoformat(), JobState.OPEN.value)
            cursor = connection.execute("INSERT INTO job (title, made_at, state) VALUES (?, ?, ?)", made)
            number = int(cursor.lastrowid or 0)
            kept = [tuple(group) for group in groups if group]
            connection.executemany(
                "INSERT INTO job_find VALUES (?, ?, 'waiting', NULL)", [(number, place) for place in range(len(kept))]
            )
            connection.executemany(
                "INSERT INTO job_photo VALUES (?, ?, ?, ?)",
                [
                    (number, position, place, stored_path(path))
                    for position, group in enumerate(kept)
                    for place, path in enumerate(group)
                ],
            )
            _finish(connection, number)
            return _statuses(connection, "job.id = ?", number)[0] if kept else self._empty(number, title)

    def _empty(self, number: int, title: str) -> JobStatus:
        return JobStatus(number, title, self._now(), JobState.DONE, 0, 0, 0, 0, 0)

    def unfinished(self) -> list[JobStatus]:
        """Jobs with finds that still wait, the newest first: cancelled ones are not among them."""
        return self._list("job.state IN ('open', 'paused')")

    def every(self) -> list[JobStatus]:
        """All jobs, the newest first."""
        return self._list("1")

    def status(self, number: int) -> JobStatus | None:
        """How far one job is; None when there is none of that number."""
        with self._database.reading() as connection:
            return next(iter(_statuses(connection, "job.id = ?", number)), None)

    def finds(self, number: int, *, waiting_only: bool = False) -> list[JobFind]:
        """The finds of a job, in their order."""
        which = "AND f.state = 'waiting'" if waiting_only else ""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT f.position, f.state, f.observation_id, p.path FROM job_find f JOIN job_photo p"
                f" USING (job_id, position) WHERE f.job_id = ? {which} ORDER BY f.position, p.place",
                (number,),
            ).fetchall()
        found: dict[int, list[Row]] = {}
        for row in rows:
            found.setdefault(row["position"], []).append(row)
        return [
            JobFind(
                position,
                tuple(Path(os.fsdecode(row["path"])) for row in members),
                FindState(members[0]["state"]),
                members[0]["observation_id"],
            )
            for position, members in found.items()
        ]

    def change(self, number: int, state: JobState) -> JobStatus | None:
        """Pause, go on with, or cancel a job; one that is over stays so."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE job SET state = ? WHERE id = ? AND state IN ('open', 'paused')", (state.value, number)
            )
            return next(iter(_statuses(connection, "job.id = ?", number)), None)

    def forget(self) -> int:
        """Drop the jobs that are over; returns how many."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM job WHERE state IN ('done', 'cancelled')").rowcount

    def _list(self, which: str) -> list[JobStatus]:
        with self._database.reading() as connection:
            return _statuses(connection, which)


def mark(connection: Connection, place: JobPlace, state: FindState, observation: int | None) -> bool:
    """Inside the caller's transaction: a find of a job is looked at. False, and nothing done, when it was before."""
    changed = connection.execute(
        "UPDATE job_find SET state = ?, observation_id = ? WHERE job_id = ? AND position = ? AND state = 'waiting'",
        (state.value, observation, place.job, place.position),
    ).rowcount
    _finish(connection, place.job)
    return bool(changed)


def _finish(connection: Connection, job: int) -> None:
    connection.execute(
        "UPDATE job SET state = 'done' WHERE id = ? AND state IN ('open', 'paused') AND NOT EXISTS"
        " (SELECT 1 FROM job_find WHERE job_id = job.id AND state = 'waiting')",
        (job,),
    )


def _statuses(connection: Connection, which: str, *values: object) -> list[JobStatus]:
    rows: Iterable[Row] = connection.execute(f"{_STATUS} WHERE {which} GROUP BY job.id ORDER BY job.id DESC", values)
    return [
        JobStatus(
            row["id"],
            row["title"],
            datetime.fromisoformat(row["made_at"]),
            JobState(row["state"]),
            *(int(row[name]) for name in ("total", "waiting", "stored", "known", "unread")),
        )
        for row in rows
    ]
