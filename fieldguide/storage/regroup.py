"""Several finds into one, and one into two. Works inside a transaction and a step that the caller opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from fieldguide.core.records import Observation, Photo
from fieldguide.storage.reading import read_identifications
from fieldguide.storage.rows import append_identification, insert_observation, write_photos, write_seen, write_tags


def join_finds(connection: sqlite3.Connection, finds: Sequence[Observation]) -> None:
    """Move everything of the later finds into the first and remove them.

    Photos come in the given order, one and the same file once. Notes and tags are joined; the first date, place and
    human's label that is known stays. Of everything that models said, the worst alarm is shown, until the whole find
    is identified again: joining must never make a danger milder.
    """
    first, others = finds[0], finds[1:]
    photos: dict[str, Photo] = {}
    for photo in (photo for find in finds for photo in find.photos):
        photos.setdefault(photo.sha256, photo)
    connection.execute("DELETE FROM photo WHERE observation_id = ?", (first.id,))
    write_photos(connection, first.id, list(photos.values()))
    place = connection.execute("SELECT count(*) FROM unreadable WHERE observation_id = ?", (first.id,)).fetchone()[0]
    for find in others:
        connection.execute(
            "UPDATE unreadable SET observation_id = ?, position = position + ? WHERE observation_id = ?",
            (first.id, place, find.id),
        )
        place += len(find.unreadable)
    write_tags(connection, first.id, [tag for find in finds for tag in find.tags])
    write_seen(connection, first.id, [each for find in reversed(finds) for each in find.seen])
    _join_words(connection, finds)
    _order_by_alarm(connection, finds)
    connection.executemany("DELETE FROM observation WHERE id = ?", [(find.id,) for find in others])


def _join_words(connection: sqlite3.Connection, finds: Sequence[Observation]) -> None:
    first = finds[0]
    notes = "\n".join(dict.fromkeys(find.notes for find in finds if find.notes))
    dated = next((find for find in finds if find.observed_at), first)
    placed = next((find for find in finds if find.latitude is not None), first)
    labelled = next((find.id for find in finds if find.verified), first.id)
    connection.execute(
        "UPDATE observation SET notes = ?, observed_at = ?, latitude = ?, longitude = ?,"
        " verified_taxon = (SELECT verified_taxon FROM observation WHERE id = ?) WHERE id = ?",
        (
            notes,
            dated.observed_at.isoformat() if dated.observed_at else None,
            placed.latitude,
            placed.longitude,
            labelled,
            first.id,
        ),
    )


def _order_by_alarm(connection: sqlite3.Connection, finds: Sequence[Observation]) -> None:
    """Hand every identification to the first find; the one with the worst alarm comes last and is shown."""
    worst = max(finds, key=_alarm_order).id
    rows = connection.execute(
        f"SELECT id, observation_id FROM identification WHERE observation_id IN ({','.join('?' * len(finds))})"
        " ORDER BY observation_id = ?, made_at, position",
        (*(find.id for find in finds), worst),
    ).fetchall()
    # Places beyond every old one first, since (observation, position) is unique at every moment.
    beyond = 1 + connection.execute("SELECT ifnull(max(position), 0) FROM identification").fetchone()[0]
    for place, row in enumerate(rows):
        connection.execute(
            "UPDATE identification SET observation_id = ?, position = ? WHERE id = ?",
            (finds[0].id, beyond + place, row["id"]),
        )


def _alarm_order(find: Observation) -> tuple[int, float]:
    if find.identification is None:
        return (-1, 0.0)
    alarm = find.identification.alarm
    return (alarm.level.severity, alarm.probability)


def part_find(connection: sqlite3.Connection, find: Observation, leaving: Sequence[int], created_at: datetime) -> int:
    """Move the photos at these positions into a new find, which inherits label, place, notes, tags and words.

    What was said of the whole stays with both, alarm included, until each is identified again.

    Returns:
        The id of the new find. Its date is that of its first photo, else that of the whole.
    """
    moved = tuple(find.photos[place] for place in leaving)
    stay = [photo for place, photo in enumerate(find.photos) if place not in set(leaving)]
    when = next((photo.taken_at for photo in moved if photo.taken_at), find.observed_at)
    new = Observation(
        moved,
        observed_at=when,
        latitude=find.latitude,
        longitude=find.longitude,
        notes=find.notes,
        verified=find.verified,
        tags=find.tags,
        seen=find.seen,
    )
    number = insert_observation(connection, new, created_at)
    for said in read_identifications(connection, find.id):
        append_identification(connection, number, said)
    connection.execute("DELETE FROM photo WHERE observation_id = ?", (find.id,))
    write_photos(connection, find.id, stay)
    return number
