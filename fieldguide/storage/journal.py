"""Undo over several steps: how the touched finds looked before each step, as rows, and putting them back.

Steps are undone newest first, so that what is put back always fits. Adding new finds is no step: deleting one is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

KEPT_STEPS = 50


class StepKind(StrEnum):
    """What a step did; the catalogue `storage` holds a sentence `undone_KIND` for each."""

    EDIT = "edit"
    VERIFY = "verify"
    UNVERIFY = "unverify"
    IDENTIFY = "identify"
    DELETE = "delete"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Undone:
    """A step that was taken back, and the finds that it had touched (some may be gone again, some may be back)."""

    kind: StepKind
    ids: tuple[int, ...]


_CHILDREN = ("photo", "unreadable", "tag", "identification")


def record_step(connection: sqlite3.Connection, kind: StepKind, numbers: Sequence[int]) -> int:
    """Keep how these finds look now, before the caller changes them; returns the number of the step."""
    step = connection.execute("INSERT INTO step (kind) VALUES (?)", (kind.value,)).lastrowid or 0
    for number in numbers:
        rows = json.dumps(_snapshot(connection, number), default=_pack)
        connection.execute("INSERT INTO step_before VALUES (?, ?, ?)", (step, number, rows))
    connection.execute("DELETE FROM step WHERE id <= ?", (step - KEPT_STEPS,))
    return step


def record_new(connection: sqlite3.Connection, step: int, number: int) -> None:
    """Note that the step made this find: undoing it removes the find."""
    connection.execute("INSERT INTO step_before VALUES (?, ?, NULL)", (step, number))


def undo_step(connection: sqlite3.Connection) -> Undone | None:
    """Put back what the newest step changed; None when there is none. The search table is the caller's to renew."""
    newest = connection.execute("SELECT id, kind FROM step ORDER BY id DESC LIMIT 1").fetchone()
    if newest is None:
        return None
    before = connection.execute("SELECT observation_id, rows FROM step_before WHERE step_id = ?", (newest["id"],))
    touched = before.fetchall()
    for number, _ in touched:
        connection.execute("DELETE FROM observation WHERE id = ?", (number,))
    for _, rows in touched:
        if rows is not None:
            _restore(connection, json.loads(rows, object_hook=_unpack))
    connection.execute("DELETE FROM step WHERE id = ?", (newest["id"],))
    return Undone(StepKind(newest["kind"]), tuple(number for number, _ in touched))


def newest_ids(connection: sqlite3.Connection) -> list[int]:
    """The finds that the newest step touched; none when there is no step."""
    found = connection.execute("SELECT observation_id FROM step_before WHERE step_id = (SELECT max(id) FROM step)")
    return [row[0] for row in found]


def count_steps(connection: sqlite3.Connection) -> int:
    """How many steps can be undone."""
    return int(connection.execute("SELECT count(*) FROM step").fetchone()[0])


def _snapshot(connection: sqlite3.Connection, number: int) -> dict[str, list[dict[str, object]]]:
    tables = {"observation": _dicts(connection.execute("SELECT * FROM observation WHERE id = ?", (number,)))}
    for table in _CHILDREN:
        tables[table] = _dicts(connection.execute(f"SELECT * FROM {table} WHERE observation_id = ?", (number,)))
    said = "SELECT id FROM identification WHERE observation_id = ?"
    tables["candidate"] = _dicts(
        connection.execute(f"SELECT * FROM candidate WHERE identification_id IN ({said})", (number,))
    )
    return tables


def _dicts(cursor: sqlite3.Cursor) -> list[dict[str, object]]:
    return [dict(row) for row in cursor]


def _restore(connection: sqlite3.Connection, tables: dict[str, list[dict[str, object]]]) -> None:
    for table in ("observation", *_CHILDREN, "candidate"):
        for row in tables[table]:
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
