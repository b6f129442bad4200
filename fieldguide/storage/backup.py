"""A copy of all finds in one file, taken while FieldGuide goes on."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from fieldguide.core.atomic import os_errors
from fieldguide.storage.database import sqlite_errors


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
