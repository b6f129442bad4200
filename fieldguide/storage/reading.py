"""Rows as observations: the columns that `storage.rows` writes, read back.

Every function works inside a transaction that the caller opened, and raises `StrangeValueError` for what is no value of
ours.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.records import (
    Alarm,
    Candidate,
    Identification,
    ModelReference,
    Observation,
    Photo,
    Reason,
    Seen,
    UnreadablePhoto,
    Verdict,
    VerdictKind,
)
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.storage.connection import StrangeValueError
from fieldguide.storage.rows import library_folder


@contextmanager
def _values_of_ours() -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError) as problem:
        raise StrangeValueError(str(problem)) from problem


@_values_of_ours()
def read_observations(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Observation]:
    """The finds with these ids, in this order; ids that are not there are left out."""
    library = library_folder(connection)
    rows = _by_number(connection, "SELECT *, id AS observation_id FROM observation WHERE id IN", numbers)
    photos = _by_number(connection, "SELECT * FROM photo WHERE observation_id IN", numbers, "ORDER BY position")
    unreadable = _by_number(
        connection, "SELECT * FROM unreadable WHERE observation_id IN", numbers, "ORDER BY position"
    )
    tags = _by_number(connection, "SELECT * FROM tag WHERE observation_id IN", numbers, "ORDER BY tag")
    seen = _by_number(connection, "SELECT * FROM answer WHERE observation_id IN", numbers, "ORDER BY position")
    said = _by_number(
        connection,
        "SELECT *, max(position) FROM identification WHERE observation_id IN",
        numbers,
        "GROUP BY observation_id",
    )
    shown = _identifications(connection, [row for found in said.values() for row in found])
    taxa = _taxa(connection, [row["verified_taxon"] for found in rows.values() for row in found])
    return [
        _observation(
            rows[number][0],
            tuple(_photo(row, library) for row in photos.get(number, ())),
            tuple(_unreadable(row) for row in unreadable.get(number, ())),
            shown[said[number][0]["id"]] if number in said else None,
            taxa,
            tuple(row["tag"] for row in tags.get(number, ())),
            tuple(_seen(row) for row in seen.get(number, ())),
        )
        for number in numbers
        if number in rows
    ]


@_values_of_ours()
def read_identifications(connection: sqlite3.Connection, number: int) -> list[Identification]:
    """Everything that was ever said of one find, the one that is shown last."""
    rows = connection.execute(
        "SELECT * FROM identification WHERE observation_id = ? ORDER BY position", (number,)
    ).fetchall()
    return list(_identifications(connection, rows).values())


def _by_number(
    connection: sqlite3.Connection, select: str, numbers: Sequence[int], ending: str = ""
) -> dict[int, list[sqlite3.Row]]:
    found: dict[int, list[sqlite3.Row]] = {}
    for row in _select_in(connection, select, numbers, ending):
        found.setdefault(row["observation_id"], []).append(row)
    return found


def _select_in(
    connection: sqlite3.Connection, select: str, numbers: Sequence[int], ending: str = ""
) -> list[sqlite3.Row]:
    # One bound value however many ids: SQLite bounds the number of question marks.
    return connection.execute(f"{select} (SELECT value FROM json_each(?)) {ending}", (json.dumps(numbers),)).fetchall()


def _identifications(connection: sqlite3.Connection, rows: list[sqlite3.Row]) -> dict[int, Identification]:
    """By the id of the row, in the order of `rows`."""
    named = _select_in(
        connection,
        "SELECT identification_id, role, taxon_id, probability, danger FROM candidate WHERE identification_id IN",
        [row["id"] for row in rows],
        "ORDER BY identification_id, role, position",
    )
    taxa = _taxa(connection, {row["verdict_taxon"] for row in rows} | {row["taxon_id"] for row in named})
    lists: dict[tuple[int, str], list[Candidate]] = {}
    for number, role, taxon, probability, danger in named:  # by far the most rows of a page
        lists.setdefault((number, role), []).append(Candidate(taxa[taxon], probability, Danger(danger)))
    return {row["id"]: _identification(row, taxa, lists) for row in rows}


def _identification(
    row: sqlite3.Row, taxa: dict[int, Taxon], lists: dict[tuple[int, str], list[Candidate]]
) -> Identification:
    number = row["id"]
    return Identification(
        model=ModelReference(row["model_id"], row["model_name"], row["model_version"]),
        guide_version=row["guide_version"],
        made_at=datetime.fromisoformat(row["made_at"]),
        verdict=Verdict(
            VerdictKind(row["verdict_kind"]),
            taxa.get(row["verdict_taxon"]),
            Reason(row["verdict_reason"]),
            row["verdict_probability"],
        ),
        alarm=Alarm(
            Danger(row["alarm_level"]),
            row["alarm_probability"],
            row["alarm_deadly"],
            row["alarm_harmful"],
            tuple(lists.get((number, "alarm"), ())),
            bool(row["alarm_raised"]),
        ),
        candidates=tuple(lists.get((number, "best"), ())),
        plausible=tuple(lists.get((number, "plausible"), ())),
        coverage=row["coverage"],
        unknown_score=row["unknown_score"],
        weighed=bool(row["weighed"]),
    )


def _observation(
    row: sqlite3.Row,
    photos: tuple[Photo, ...],
    unreadable: tuple[UnreadablePhoto, ...],
    said: Identification | None,
    taxa: dict[int, Taxon],
    tags: tuple[str, ...],
    seen: tuple[Seen, ...],
) -> Observation:
    return Observation(
        photos,
        unreadable,
        said,
        row["id"],
        _when(row["observed_at"]),
        row["latitude"],
        row["longitude"],
        row["notes"],
        taxa.get(row["verified_taxon"]),
        tags,
        row["stars"],
        seen,
    )


def _seen(row: sqlite3.Row) -> Seen:
    return Seen(
        row["character"],
        tuple(value for value in row["given"].split("|") if value),
        bool(row["dug_out"]),
        bool(row["waits"]),
        _when(row["answered_at"]),
        row["answered_by"],
        row["guide_version"],
    )


def _photo(row: sqlite3.Row, library: Path) -> Photo:
    size = (row["width"], row["height"])
    where = (row["latitude"], row["longitude"])
    return Photo(
        library / _to_path(row["path"]), row["sha256"], *size, _when(row["taken_at"]), *where, row["bytes"] or 0
    )


def _unreadable(row: sqlite3.Row) -> UnreadablePhoto:
    return UnreadablePhoto(_to_path(row["path"]), FieldGuideError(ErrorCode(row["code"]), **json.loads(row["facts"])))


def _taxa(connection: sqlite3.Connection, numbers: Iterable[int | None]) -> dict[int, Taxon]:
    wanted = [number for number in numbers if number is not None]
    return {row["id"]: _taxon(row) for row in _select_in(connection, "SELECT * FROM taxon WHERE id IN", wanted)}


def _taxon(row: sqlite3.Row) -> Taxon:
    return Taxon(row["name"], Rank(row["rank"]), row["genus"] or None, row["family"] or None)


def _when(words: str | None) -> datetime | None:
    return datetime.fromisoformat(words) if words else None


def _to_path(stored: str | bytes) -> Path:
    return Path(os.fsdecode(stored))
