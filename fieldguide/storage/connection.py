"""How the file is opened, what is refused before SQLite looks at it, and its failures as codes."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError

BUSY_SECONDS = 5.0
_MAGIC = b"SQLite format 3\x00"
_VERSION_OFFSET = 60  # of PRAGMA user_version in the file's header, 4 bytes big-endian (sqlite.org/fileformat.html)
_FORM_OFFSET, _LAST_FORM = 44, 4  # of its schema: what SQLite itself takes
_ALMOST_NOTHING = 2**20  # bytes free below which a failed write is put down to a full disk
_NO_SHARED_MEMORY = frozenset({sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
# What SQLite says, too, when there is no room for its log or for the memory that programs share.
_FOR_WANT_OF_ROOM = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN})
# What a file holds no longer, or something that was put in its place: no table of ours is a view or has such a trigger.
_NOT_AS_MADE = ("no such table", "no such index", "cannot modify")
_CODES = {
    sqlite3.SQLITE_FULL: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_BUSY: ErrorCode.DATABASE_BUSY,
    sqlite3.SQLITE_LOCKED: ErrorCode.DATABASE_BUSY,
    sqlite3.SQLITE_PROTOCOL: ErrorCode.DATABASE_LOCKS,
    sqlite3.SQLITE_NOLFS: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_NOMEM: ErrorCode.MEMORY_FULL,
    sqlite3.SQLITE_CORRUPT: ErrorCode.DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: ErrorCode.DATABASE_DAMAGED,
    sqlite3.SQLITE_IOERR: ErrorCode.NOT_WRITABLE,
    sqlite3.SQLITE_READONLY: ErrorCode.NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: ErrorCode.NOT_WRITABLE,
    sqlite3.SQLITE_PERM: ErrorCode.NOT_WRITABLE,
}


class StrangeValueError(sqlite3.DatabaseError):
    """A value in a row that nothing here writes: another program changed it."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection with a write-ahead log; where the memory that it shares between programs does not work, with a
    rollback journal. Some network drives cannot share memory: there a file with a log is opened by one program alone.

    Raises:
        sqlite3.Error: what `sqlite_errors` turns into codes.
    """
    try:
        return _prepared(path, _take_log)
    except sqlite3.OperationalError as problem:
        if getattr(problem, "sqlite_errorcode", 0) & 0xFF not in _NO_SHARED_MEMORY:
            raise
    return _prepared(path, _take_journal)


def _prepared(path: Path, prepare: Callable[[sqlite3.Connection], object]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        prepare(connection)
    except BaseException:
        connection.close()  # or its locks would keep everybody out
        raise
    return connection


def _take_log(connection: sqlite3.Connection) -> None:
    if _is_known(connection):
        _begin_log(connection)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _begin_log(connection: sqlite3.Connection) -> None:
    """Of two who begin one at once SQLite refuses one without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _take_journal(connection: sqlite3.Connection) -> None:
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = DELETE", "locking_mode = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _is_known(connection: sqlite3.Connection) -> bool:
    """Whether it is ours or new: somebody else's database keeps its journal as it is."""
    return bool(version_of(connection)) or not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations the file went through; 0: a new one, or somebody else's."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_by_header(path: Path, known: int) -> None:
    """Look at the first bytes before SQLite does, which would already write beside the file.

    Raises:
        FieldGuideError: DATABASE_DAMAGED, DATABASE_TOO_NEW or NOT_WRITABLE; a missing or empty file is a new one.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(path))
    try:
        with path.open("rb") as stream:
            header = stream.read(100)
    except FileNotFoundError:
        return
    except OSError as refused:
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(path)) from refused
    if not header:
        return  # what an interrupted first start leaves: SQLite begins a new file in it
    form = int.from_bytes(header[_FORM_OFFSET : _FORM_OFFSET + 4], "big")
    if len(header) < 100 or not header.startswith(_MAGIC) or form > _LAST_FORM:
        raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(path))
    refuse_too_new(path, int.from_bytes(header[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big"), known)


def refuse_too_new(path: Path, version: int, known: int) -> None:
    """Raises FieldGuideError (DATABASE_TOO_NEW) when `version` is above `known`."""
    if version > known:
        raise FieldGuideError(ErrorCode.DATABASE_TOO_NEW, path=str(path), version=version, known=known)


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the file or the disk into coded errors; a defect of ours passes as it is."""
    try:
        yield
    except sqlite3.Error as problem:
        code = _code_of(problem, path)
        if code is None:
            raise
        raise FieldGuideError(code, path=str(path)) from problem


def _code_of(problem: sqlite3.Error, path: Path) -> ErrorCode | None:
    detail = getattr(problem, "sqlite_errorcode", 0)
    changed = isinstance(problem, StrangeValueError) or detail == sqlite3.SQLITE_CONSTRAINT_TRIGGER
    if changed or str(problem).startswith(_NOT_AS_MADE):
        return ErrorCode.DATABASE_DAMAGED
    primary = detail & 0xFF  # the low byte; the rest is detail
    return ErrorCode.DISK_FULL if primary in _FOR_WANT_OF_ROOM and _disk_is_full(path) else _CODES.get(primary)


def _disk_is_full(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _ALMOST_NOTHING
    return False
