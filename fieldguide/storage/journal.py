"""Undo and redo over many steps, across restarts: how the touched finds looked before a step and after it, as rows.

Steps are taken back newest first and done again oldest first, so that what is put back always fits. A new change
forgets fresh steps that were taken back, as everywhere. Old ones it keeps: taking them back becomes a step of its own,
so that a blind Ctrl+Z puts no text of last week out of reach. Adding new finds is no step: deleting one is. Places of
one's own are kept like a find that has the number 0.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT_STEPS = 500
FRESH = timedelta(hours=1)  # what was done since is remembered by whoever takes it back


class StepKind(StrEnum):
    """What a step did; the catalogue `storage` holds the words `step_KIND` for each."""

    EDIT = "edit"
    NOTES = "notes"
    TAGS = "tags"
    STARS = "stars"
    DATE = "date"
    PLACE = "place"
    SEEN = "seen"
    VERIFY = "verify"
    UNVERIFY = "unverify"
    IDENTIFY = "identify"
    GROW = "grow"
    DELETE = "delete"
    RESTORE = "restore"
    MERGE = "merge"
    SPLIT = "split"
    OWN_PLACES = "own_places"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the journal. `ids`: the finds that it touched. `reversed`: it took another one back."""

    number: int
    kind: StepKind
    made_at: datetime | None
    ids: tuple[int, ...]
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class NextSteps:
    """Numbers of the steps that undo and redo would turn; None where there is none."""

    undo: int | None
    redo: int | None


OWN_PLACES = 0  # in the place of a find's number, which counts from 1
_CHILDREN = ("photo", "unreadable", "tag", "answer", "identification")


def record_step(connection: sqlite3.Connection, kind: StepKind, numbers: Sequence[int], now: datetime) -> int:
    """Keep how these finds look now, before the caller changes them; returns the number of the step."""
    _keep_what_was_taken_back(connection, now)
    step = _insert_step(connection, kind.value, now.isoformat(), False)
    for number in numbers:
        _insert_before(connection, step, number, _rows(connection, number))
    connection.execute("DELETE FROM step WHERE id <= ?", (step - KEPT_STEPS,))
    return step


def record_new(connection: sqlite3.Connection, step: int, number: int) -> None:
    """Note that the step made this find: undoing it removes the find."""
    _insert_before(connection, step, number, None)


def undo_step(connection: sqlite3.Connection, step: Step) -> None:
    """Put back what the step changed, and keep what it had made. The search table is the caller's to renew."""
    for (number,) in connection.execute(
        "SELECT observation_id FROM step_before WHERE step_id = ?", (step.number,)
    ).fetchall():
        connection.execute(
            "UPDATE step_before SET after = ? WHERE step_id = ? AND observation_id = ?",
            (_rows(connection, number), step.number, number),
        )
    _put(connection, step, "rows")
    connection.execute("UPDATE step SET undone = 1 WHERE id = ?", (step.number,))


def redo_step(connection: sqlite3.Connection, step: Step) -> None:
    """Do a step again that was taken back. The search table is the caller's to renew."""
    _put(connection, step, "after")
    connection.execute("UPDATE step SET undone = 0 WHERE id = ?", (step.number,))


def newest_step(connection: sqlite3.Connection) -> Step | None:
    """The step that would be taken back next; None when there is none."""
    return _step(connection, "undone = 0 ORDER BY id DESC")


def next_redo(connection: sqlite3.Connection) -> Step | None:
    """The step that would be done again next; None when there is none."""
    return _step(connection, "undone = 1 ORDER BY id")


def count_steps(connection: sqlite3.Connection) -> int:
    """How many steps can be undone."""
    return int(connection.execute("SELECT count(*) FROM step WHERE undone = 0").fetchone()[0])


def forget_finds(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Drop every step that touched one of these finds, which are about to be gone for good."""
    connection.execute(
        "DELETE FROM step WHERE id IN (SELECT step_id FROM step_before WHERE observation_id IN"
        " (SELECT value FROM json_each(?)))",
        (json.dumps(list(numbers)),),
    )


def _step(connection: sqlite3.Connection, which: str) -> Step | None:
    row = connection.execute(f"SELECT * FROM step WHERE {which} LIMIT 1").fetchone()
    if row is None:
        return None
    sql = "SELECT observation_id FROM step_before WHERE step_id = ? AND observation_id != ?"
    touched = connection.execute(sql, (row["id"], OWN_PLACES)).fetchall()
    made_at = datetime.fromisoformat(row["made_at"]) if row["made_at"] else None
    return Step(row["id"], StepKind(row["kind"]), made_at, tuple(each[0] for each in touched), bool(row["reversed"]))


def _keep_what_was_taken_back(connection: sqlite3.Connection, now: datetime) -> None:
    """Before something new: what was taken back and is fresh is forgotten; older steps count as done, and so do their
    opposites after them. Where the clock went back, steps of the future are older than they say.
    """
    fresh = ((now - FRESH).isoformat(), now.isoformat())
    connection.execute("DELETE FROM step WHERE undone = 1 AND made_at > ? AND made_at <= ?", fresh)
    undone = connection.execute("SELECT * FROM step WHERE undone = 1 ORDER BY id DESC").fetchall()
    for row in undone:
        opposite = _insert_step(connection, row["kind"], row["made_at"], not row["reversed"])
        connection.execute(
            "INSERT INTO step_before (step_id, observation_id, rows) SELECT ?, observation_id, after FROM step_before"
            " WHERE step_id = ?",
            (opposite, row["id"]),
        )
    connection.execute("UPDATE step SET undone = 0 WHERE undone = 1")
    connection.execute("UPDATE step_before SET after = NULL WHERE after IS NOT NULL")


def _insert_step(connection: sqlite3.Connection, kind: str, made_at: str, is_reversed: bool) -> int:
    columns = "INSERT INTO step (kind, made_at, reversed) VALUES (?, ?, ?)"
    return int(connection.execute(columns, (kind, made_at, is_reversed)).lastrowid or 0)


def _insert_before(connection: sqlite3.Connection, step: int, number: int, rows: str | None) -> None:
    columns = "INSERT INTO step_before (step_id, observation_id, rows) VALUES (?, ?, ?)"
    connection.execute(columns, (step, number, rows))


def _put(connection: sqlite3.Connection, step: Step, column: str) -> None:
    kept = connection.execute(f"SELECT observation_id, {column} FROM step_before WHERE step_id = ?", (step.number,))
    found = kept.fetchall()
    for number, _ in found:
        if number == OWN_PLACES:
            connection.execute("DELETE FROM own_place")
        connection.execute("DELETE FROM observation WHERE id = ?", (number,))
    for _, rows in found:
        if rows is not None:
            _restore(connection, json.loads(rows, object_hook=_unpack))


def _rows(connection: sqlite3.Connection, number: int) -> str | None:
    """Everything of a find as it is now; None when it is not there."""
    if number == OWN_PLACES:
        return json.dumps({"own_place": _dicts(connection.execute("SELECT * FROM own_place"))})
    tables = {"observation": _dicts(connection.execute("SELECT * FROM observation WHERE id = ?", (number,)))}
    if not tables["observation"]:
        return None
    for table in _CHILDREN:
        tables[table] = _dicts(connection.execute(f"SELECT * FROM {table} WHERE observation_id = ?", (number,)))
    said = "SELECT id FROM identification WHERE observation_id = ?"
    tables["candidate"] = _dicts(
        connection.execute(f"SELECT * FROM candidate WHERE identification_id IN ({said})", (number,))
    )
    return json.dumps(tables, default=_pack)


def _dicts(cursor: sqlite3.Cursor) -> list[dict[str, object]]:
    return [dict(row) for row in cursor]


def _restore(connection: sqlite3.Connection, tables: dict[str, list[dict[str, object]]]) -> None:
    for table in ("observation", *_CHILDREN, "candidate", "own_place"):
        for row in tables.get(table, ()):  # a step kept before answers were
            columns = ", ".join(_known_columns(connection, table, row))
            connection.execute(
                f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", (*row.values(),)
            )


def _known_columns(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> list[str]:
    """The names of the row's columns, after a look at the table: names read from a file never go into SQL unseen."""
    known = {column["name"] for column in connection.execute(f"PRAGMA table_info({table})")}
    if not known.issuperset(row):
        raise sqlite3.DatabaseError(f"the undo journal does not fit {table}")
    return list(row)


def _pack(value: object) -> dict[str, str]:
    if isinstance(value, bytes):  # a file name that is no UTF-8
        return {"bytes": value.hex()}
    raise TypeError(type(value))


def _unpack(found: dict[str, object]) -> object:
    return bytes.fromhex(str(found["bytes"])) if set(found) == {"bytes"} else found
