"""A backup put in the place of the finds, in two steps of which any may be the last of a crash."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from fieldguide.core.atomic import os_errors
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage.connection import refuse_by_header, refuse_too_new, sqlite_errors, version_of


def prepare_restore(path: Path, copy: Path, known: int) -> None:
    """Check a backup and lay it, whole and flushed, beside the finds, where `finish_restore` takes it from.

    What is still in the write-ahead log of the finds is folded into them first.

    Raises:
        FieldGuideError: DATABASE_DAMAGED or DATABASE_TOO_NEW of the backup; DATABASE_BUSY when another program has the
            finds open; DISK_FULL or NOT_WRITABLE. The finds are as they were.
    """
    if not copy.is_file():
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(copy))
    refuse_by_header(copy, known)
    waiting = _waiting(path)
    part = waiting.with_name(waiting.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with (
            sqlite_errors(copy),
            closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target)
            if target.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(copy))
            target.execute("PRAGMA journal_mode = DELETE")  # a file that needs no log beside it
            refuse_too_new(copy, version_of(target), known)
        _fold(path)
        with os_errors(waiting):
            with part.open("rb") as stream:
                os.fsync(stream.fileno())
            part.replace(waiting)
    finally:
        part.unlink(missing_ok=True)


def finish_restore(path: Path, now: datetime | None = None) -> Path | None:
    """Put a waiting backup in the place of the finds; nothing when none waits. Any step may be the last of a crash: the
    next start goes on. The old log leaves before the backup comes, so that they never meet.

    Returns:
        Where the finds of before are kept.
    """
    waiting = _waiting(path)
    if not waiting.exists():
        return None
    stamp = (now or datetime.now()).strftime("%Y-%m-%d-%H%M%S")
    kept = path.with_name(f"{path.stem}.before-restore-{stamp}{path.suffix}")
    with os_errors(path):
        for ending in ("", "-wal", "-shm", "-journal"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(kept.with_name(kept.name + ending))
        waiting.replace(path)
    return kept if kept.exists() else None


def _waiting(path: Path) -> Path:
    return path.with_name(f"{path.name}.restore")


def _fold(path: Path) -> None:
    """Fold the log into the finds; refuses while another program has them open. A damaged file is left as it is."""
    if not path.exists():
        return
    try:
        with sqlite_errors(path), closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # needs the file for itself alone
    except FieldGuideError as problem:
        if problem.code is ErrorCode.DATABASE_BUSY:
            raise
