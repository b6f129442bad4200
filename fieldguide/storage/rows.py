"""Observations as rows: the columns that the migrations made, written. `storage.reading` reads them back.

Every function works inside a transaction that the caller opened.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from fieldguide.core.records import Identification, Observation, Photo, Seen, UnreadablePhoto
from fieldguide.core.taxonomy import Taxon

ID_BITS = 24  # of the sort key; the seconds of the year 9999 need 39 more, 63 in all
DAY = 86_400 << ID_BITS  # of sort keys
_EPOCH = datetime(1, 1, 1)


def sort_key(when: datetime | None, observation_id: int) -> int:
    """The key that orders finds: by wall-clock time, then by the order in which they came. Those without a date have
    the day before all others, below 0.
    """
    if when is None:
        return observation_id - DAY
    seconds = int((when.replace(tzinfo=None) - _EPOCH).total_seconds())
    return (seconds << ID_BITS) | (observation_id & ((1 << ID_BITS) - 1))


def first_key(when: datetime) -> int:
    """The smallest sort key at or after a moment."""
    return sort_key(when, 0)


def clean(words: str) -> str:
    """The words without what UTF-8 cannot hold (half of a surrogate pair from a clipboard) and without NUL."""
    if words.isascii() and "\x00" not in words:
        return words
    return words.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def insert_observation(connection: sqlite3.Connection, observation: Observation, created_at: datetime) -> int:
    """Write a new find with everything it holds; returns its id."""
    cursor = connection.execute(
        "INSERT INTO observation (sort_key, created_at, observed_at, latitude, longitude, notes, verified_taxon, stars)"
        " VALUES (-1, ?, ?, ?, ?, ?, ?, ?)",
        (
            created_at.isoformat(),
            _moment(observation.observed_at),
            observation.latitude,
            observation.longitude,
            clean(observation.notes),
            taxon_id(connection, observation.verified),
            observation.stars,
        ),
    )
    number = int(cursor.lastrowid or 0)
    key = sort_key(observation.observed_at, number)
    connection.execute("UPDATE observation SET sort_key = ? WHERE id = ?", (key, number))
    write_photos(connection, number, observation.photos)
    _write_unreadable(connection, number, observation.unreadable)
    write_tags(connection, number, observation.tags)
    write_seen(connection, number, observation.seen)
    if observation.identification is not None:
        append_identification(connection, number, observation.identification)
    return number


def write_photos(connection: sqlite3.Connection, number: int, photos: Sequence[Photo], start: int = 0) -> None:
    """Append photos from position `start` on."""
    library = library_folder(connection)
    connection.executemany(
        "INSERT INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                place,
                stored_path(inside(photo.path, library)),
                photo.sha256,
                photo.width,
                photo.height,
                _moment(photo.taken_at),
                photo.latitude,
                photo.longitude,
                photo.bytes or None,
            )
            for place, photo in enumerate(photos, start)
        ],
    )


def _write_unreadable(connection: sqlite3.Connection, number: int, files: Sequence[UnreadablePhoto]) -> None:
    connection.executemany(
        "INSERT INTO unreadable VALUES (?, ?, ?, ?, ?)",
        [
            (number, place, stored_path(file.path), file.error.code.value, json.dumps(file.error.facts, default=str))
            for place, file in enumerate(files)
        ],
    )


def write_tags(connection: sqlite3.Connection, number: int, tags: Iterable[str]) -> None:
    """Put these tags in the place of those that were there."""
    connection.execute("DELETE FROM tag WHERE observation_id = ?", (number,))
    kept = {clean(tag).strip() for tag in tags} - {""}
    connection.executemany("INSERT INTO tag VALUES (?, ?)", [(number, tag) for tag in sorted(kept)])


def write_seen(connection: sqlite3.Connection, number: int, seen: Sequence[Seen]) -> None:
    """Put these answers in the place of those that were there; of two about one character the later stays."""
    connection.execute("DELETE FROM answer WHERE observation_id = ?", (number,))
    kept = {each.character: each for each in seen}.values()
    connection.executemany(
        "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                place,
                clean(each.character),
                clean("|".join(each.values)),
                each.dug_out,
                each.waits,
                _moment(each.answered_at),
                clean(each.by),
                clean(each.guide_version),
            )
            for place, each in enumerate(kept)
        ],
    )


def append_identification(connection: sqlite3.Connection, number: int, said: Identification) -> None:
    """Add what a model said; it is the one that is shown from now on, earlier ones stay."""
    position = connection.execute(
        "SELECT ifnull(max(position) + 1, 0) FROM identification WHERE observation_id = ?", (number,)
    ).fetchone()[0]
    verdict, alarm = said.verdict, said.alarm
    values = (
        number,
        position,
        said.made_at.isoformat(),
        *(clean(word) for word in (said.model.id, said.model.name, said.model.version, said.guide_version)),
        verdict.kind.value,
        taxon_id(connection, verdict.taxon),
        verdict.reason.value,
        verdict.probability,
        alarm.level.value,
        alarm.probability,
        alarm.deadly,
        alarm.harmful,
        alarm.raised,
        said.coverage,
        said.unknown_score,
        said.weighed,
    )
    cursor = connection.execute(
        "INSERT INTO identification (observation_id, position, made_at, model_id, model_name, model_version,"
        " guide_version, verdict_kind, verdict_taxon, verdict_reason, verdict_probability, alarm_level,"
        " alarm_probability, alarm_deadly, alarm_harmful, alarm_raised, coverage, unknown_score, weighed)"
        f" VALUES ({','.join('?' * len(values))})",
        values,
    )
    roles = {"best": said.candidates, "plausible": said.plausible, "alarm": alarm.taxa}
    named = [(role, place, one) for role, candidates in roles.items() for place, one in enumerate(candidates)]
    taxa = taxon_ids(connection, [one.taxon for _, _, one in named])
    connection.executemany(
        "INSERT INTO candidate VALUES (?, ?, ?, ?, ?, ?)",
        [
            (cursor.lastrowid, role, place, taxon, one.probability, one.danger.value)
            for (role, place, one), taxon in zip(named, taxa, strict=True)
        ],
    )


def taxon_id(connection: sqlite3.Connection, taxon: Taxon | None) -> int | None:
    """The row of a taxon, made when missing."""
    return taxon_ids(connection, [taxon])[0] if taxon is not None else None


def taxon_ids(connection: sqlite3.Connection, taxa: Sequence[Taxon]) -> list[int]:
    """The rows of taxa, made when missing; one question for all of them: a find names hundreds."""
    values = [
        (clean(taxon.name), taxon.rank.value, clean(taxon.genus or ""), clean(taxon.family or "")) for taxon in taxa
    ]
    names = json.dumps([name for name, *_ in values])
    found: dict[tuple[str, ...], int] = {
        tuple(row)[1:]: row[0]
        for row in connection.execute(
            "SELECT id, name, rank, genus, family FROM taxon WHERE name IN (SELECT value FROM json_each(?))", (names,)
        )
    }
    for each in values:
        if each not in found:
            cursor = connection.execute("INSERT INTO taxon (name, rank, genus, family) VALUES (?, ?, ?, ?)", each)
            found[each] = int(cursor.lastrowid or 0)
    return [found[each] for each in values]


def file_name(path: Path | str) -> str:
    """A path as text that UTF-8 can hold, whatever bytes the name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def plain_suffix(path: Path) -> str:
    """The suffix of a name as every system takes it: few small letters and digits behind a dot, or nothing."""
    return re.sub(r"[^\w.]+", "", path.suffix.lower())[:12]


def _moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def library_folder(connection: sqlite3.Connection) -> Path:
    """The folder of the database that a connection is open on."""
    return Path(connection.execute("PRAGMA database_list").fetchone()[2]).parent


def inside(path: Path, library: Path) -> Path:
    """The path as it is stored: relative where it lies in the library's folder."""
    return path.relative_to(library) if path.is_relative_to(library) else path


def stored_path(path: Path) -> str | bytes:
    """A path as it is stored: text, or the raw bytes of a name that is no UTF-8 (possible on Linux)."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path)
    return str(path)
