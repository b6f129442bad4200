"""One SQLite file: opened with care, migrated with a backup before each step, its failures turned into codes.

Knows no table of ours. A file from a newer version or a damaged one is refused and not touched.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.places import kilometres
from fieldguide.storage.locations import make_folder

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5.0
_MAGIC = b"SQLite format 3\x00"
_VERSION_OFFSET = 60  # of PRAGMA user_version in the file's header, 4 bytes big-endian (sqlite.org/fileformat.html)
_ALMOST_NOTHING = 2**20  # bytes free below which a failed write is put down to a full disk


class Database:
    """One connection, used by one thread at a time (a lock sees to it), closed by `close` or a `with` block.

    Args:
        path: the file; created with its folder when missing.
        migrations: folder of `NNN_what.sql`, numbered from 001 without gaps.
        max_pages: bound on the file in pages of 4096 bytes; a full file behaves like a full disk.

    Raises:
        FieldGuideError: DATABASE_TOO_NEW, DATABASE_DAMAGED, DATABASE_BUSY, DISK_FULL or NOT_WRITABLE, each with `path`.
    """

    def __init__(self, path: Path, *, migrations: Path = MIGRATIONS, max_pages: int | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        scripts = sorted(migrations.glob("[0-9][0-9][0-9]_*.sql"))
        if not scripts:
            raise FileNotFoundError(migrations)  # a package that was built without them
        make_folder(path.parent)
        _refuse_by_header(path, len(scripts))
        with sqlite_errors(path):
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            with sqlite_errors(path):
                self._prepare(scripts, max_pages)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, scripts: list[Path], max_pages: int | None) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.create_function("kilometres", 4, kilometres, deterministic=True)
        version = _version(connection)  # again: the header may lag behind the write-ahead log
        _refuse_too_new(self.path, version, len(scripts))
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and tables:
            raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(self.path))  # somebody else's database
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # one flush per find: a flat battery loses nothing stored
        if max_pages is not None:
            connection.execute(f"PRAGMA max_page_count = {max_pages:d}")
        for number, script in enumerate(scripts[version:], start=version + 1):
            if version:  # nothing to lose in a new one
                self._back_up(number)
            self._migrate(number, script)

    def _back_up(self, number: int) -> None:
        """A copy beside the file, taken through SQLite so that the write-ahead log is in it."""
        copy = self.path.with_name(f"{self.path.stem}.before-{number:03}{self.path.suffix}")
        with closing(sqlite3.connect(copy)) as target:
            self._connection.backup(target)

    def _migrate(self, number: int, script: Path) -> None:
        body = script.read_text(encoding="utf-8")
        try:
            self._connection.executescript(f"BEGIN IMMEDIATE;\n{body}\n;PRAGMA user_version = {number:d};\nCOMMIT;")
        except sqlite3.Error:
            self._roll_back()
            if _version(self._connection) < number:  # else another window did it in the meantime
                raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything in the block is stored, or nothing. A block inside another joins it.

        Raises:
            FieldGuideError: as the class, after which the file is as it was before the block.
        """
        with self._lock, sqlite_errors(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for reads, all of one moment."""
        with self._lock, sqlite_errors(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                self._roll_back()

    def _roll_back(self) -> None:
        # A full disk may have made SQLite roll back by itself: then there is nothing left to do.
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go of it. May be called twice."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Database:
        """The open database."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def set_aside(path: Path, now: datetime | None = None) -> Path:
    """Rename a damaged database (and its log files) so that a new one can begin; nothing is deleted.

    Returns:
        The new name of the damaged file.

    Raises:
        FieldGuideError: NOT_WRITABLE.
    """
    stamp = (now or datetime.now()).strftime("%Y-%m-%d-%H%M%S")
    kept = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    try:
        for ending in ("-wal", "-shm", ""):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(kept.with_name(kept.name + ending))
    except OSError as refused:
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(path)) from refused
    return kept


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
    primary = getattr(problem, "sqlite_errorcode", 0) & 0xFF  # the low byte; the rest is detail
    if primary == sqlite3.SQLITE_IOERR:
        return ErrorCode.DISK_FULL if _disk_is_full(path) else ErrorCode.NOT_WRITABLE
    return _CODES.get(primary)


_CODES = {
    sqlite3.SQLITE_FULL: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_BUSY: ErrorCode.DATABASE_BUSY,
    sqlite3.SQLITE_LOCKED: ErrorCode.DATABASE_BUSY,
    sqlite3.SQLITE_CORRUPT: ErrorCode.DATABASE_DAMAGED,
    sqlite3.SQLITE_NOTADB: ErrorCode.DATABASE_DAMAGED,
    sqlite3.SQLITE_READONLY: ErrorCode.NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: ErrorCode.NOT_WRITABLE,
    sqlite3.SQLITE_PERM: ErrorCode.NOT_WRITABLE,
}


def _disk_is_full(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _ALMOST_NOTHING
    return False


def _refuse_by_header(path: Path, known: int) -> None:
    """Look at the first bytes before SQLite does, which would already write beside the file."""
    try:
        with path.open("rb") as stream:
            header = stream.read(100)
    except FileNotFoundError:
        return
    except OSError as refused:
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(path)) from refused
    if not header:
        return  # what an interrupted first start leaves: SQLite begins a new file in it
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(path))
    _refuse_too_new(path, int.from_bytes(header[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big"), known)


def _refuse_too_new(path: Path, version: int, known: int) -> None:
    if version > known:
        raise FieldGuideError(ErrorCode.DATABASE_TOO_NEW, path=str(path), version=version, known=known)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
