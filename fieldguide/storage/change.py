"""What a person changes of a stored find, as a value and as rows. Works inside a transaction that the caller opened."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from sqlite3 import Connection
from typing import Final, Literal

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.records import Observation, Seen
from fieldguide.core.taxonomy import Taxon
from fieldguide.storage import rows
from fieldguide.storage.journal import StepKind


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
    stars: int | Kept = KEEP
    verified: Taxon | Kept | None = KEEP
    observed_at: datetime | Kept | None = KEEP
    place: tuple[float, float] | Kept | None = KEEP
    seen: tuple[Seen, ...] | Kept = KEEP


def write_change(connection: Connection, number: int, change: Change) -> None:
    """Write the change into the rows of a find."""
    columns: dict[str, object] = {}
    if change.notes is not KEEP:
        columns["notes"] = rows.clean(change.notes)
    if change.stars is not KEEP:
        columns["stars"] = max(0, min(5, change.stars))
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
    if change.seen is not KEEP:
        rows.write_seen(connection, number, change.seen)


def differs(find: Observation, change: Change) -> bool:
    """Whether the change would change anything of the find."""
    pairs = [
        (change.notes, find.notes),
        (change.stars, find.stars),
        (change.verified, find.verified),
        (change.observed_at, find.observed_at),
        (change.place, (find.latitude, find.longitude) if find.latitude is not None else None),
        (change.seen, find.seen),
        (tuple(sorted(change.tags)) if change.tags is not KEEP else KEEP, tuple(sorted(find.tags))),
    ]
    return any(new is not KEEP and new != old for new, old in pairs)


def kind_of(change: Change) -> StepKind:
    """What to call a change; one of several things at once is an EDIT."""
    named = {
        StepKind.NOTES: change.notes,
        StepKind.TAGS: change.tags,
        StepKind.STARS: change.stars,
        StepKind.DATE: change.observed_at,
        StepKind.PLACE: change.place,
        StepKind.SEEN: change.seen,
        StepKind.VERIFY if change.verified is not None else StepKind.UNVERIFY: change.verified,
    }
    kinds = [kind for kind, value in named.items() if value is not KEEP]
    return kinds[0] if len(kinds) == 1 else StepKind.EDIT


def check_place(place: tuple[float, float]) -> None:
    """Refuse what is no place on the globe.

    Raises:
        FieldGuideError: PLACE_INVALID.
    """
    bounds = zip(place, (90.0, 180.0), strict=True)
    if not all(math.isfinite(number) and abs(number) <= bound for number, bound in bounds):
        raise FieldGuideError(ErrorCode.PLACE_INVALID, latitude=place[0], longitude=place[1])
