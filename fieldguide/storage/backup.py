"""Copies of all finds, each in one file: taken while FieldGuide goes on, by schedule and by hand."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from fieldguide.core.atomic import os_errors
from fieldguide.storage.connection import sqlite_errors
from fieldguide.storage.locations import make_folder

_STAMP = "%Y-%m-%d-%H%M%S"


def back_up(database: Path, copy: Path) -> None:
    """Write a whole copy of the database to `copy`; what is in its write-ahead log is in it.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; what stood at `copy` before is untouched.
    """
    unfinished = copy.with_name(f".{copy.name[:80]}.{uuid.uuid4().hex[:8]}.part")
    try:
        with (
            sqlite_errors(copy),
            closing(sqlite3.connect(database)) as source,
            closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
        with os_errors(copy):
            unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)


def backups(folder: Path) -> list[Path]:
    """The copies that were made by schedule, the newest first."""
    return sorted(folder.glob("observations-*.db"), reverse=True)


def back_up_on_schedule(
    database: Path, folder: Path, *, days: int, kept: int, now: datetime | None = None
) -> Path | None:
    """Write a copy into `folder` when the newest there is older than `days` days (0: never); keep the `kept` newest.

    A clock that went back does not stop it: a copy of the future counts as old.

    Returns:
        The new copy; None when none was due.

    Raises:
        FieldGuideError: as `back_up`; the older copies are untouched.
    """
    now = now or datetime.now()
    if days <= 0 or not database.exists():
        return None
    newest = next((when for copy in backups(folder) if (when := _when(copy)) is not None and when <= now), None)
    if newest is not None and now - newest < timedelta(days=days):
        return None
    make_folder(folder)
    copy = folder / f"observations-{now:{_STAMP}}.db"
    back_up(database, copy)
    for old in [other for other in backups(folder) if other != copy][max(1, kept) - 1 :]:
        with os_errors(old):
            old.unlink(missing_ok=True)
    return copy


def _when(copy: Path) -> datetime | None:
    try:
        return datetime.strptime(copy.stem.removeprefix("observations-"), _STAMP)
    except ValueError:
        return None
