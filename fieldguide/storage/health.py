"""What can be learned of the files from outside: read only, nothing is opened for writing, migrated or mended."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from fieldguide.storage.connection import refuse_by_header, sqlite_errors

SQLITE = sqlite3.sqlite_version


def count_finds(database: Path) -> str:
    """How many finds a library holds and what SQLite says of it; `none yet` without one.

    Raises:
        FieldGuideError: one of the DATABASE_ codes: it cannot be read.
    """
    if not database.exists():
        return "none yet"
    refuse_by_header(database, sys.maxsize)
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with sqlite_errors(database), closing(sqlite3.connect(uri, uri=True)) as finds:
        ((count,),) = finds.execute("SELECT count(*) FROM observation")
        ((state,),) = finds.execute("PRAGMA quick_check(1)")
        ((made,),) = finds.execute("PRAGMA user_version")
    return f"{count}, version {made}, {state}"


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files under a folder; links count nothing, and what goes meanwhile neither."""
    if path.is_dir():
        return sum(size_of(each) for each in path.iterdir() if not each.is_symlink())
    try:
        return path.stat().st_size
    except OSError:
        return 0


def may_be_written(folder: Path) -> bool:
    """Whether a folder, or where it is not there yet the one it would be made in, is one and takes files."""
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    return there.is_dir() and os.access(there, os.W_OK)
