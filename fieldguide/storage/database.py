"""One SQLite file: opened with care, migrated with a backup before each step, its failures turned into codes.

Knows no table of ours. A file from a newer version or a damaged one is refused and not touched.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from fieldguide.core.atomic import os_errors
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.places import kilometres
from fieldguide.storage.locations import make_folder

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5.0
_MAGIC = b"SQLite format 3\x00"
_VERSION_OFFSET = 60  # of PRAGMA user_version in the file's header, 4 bytes big-endian (sqlite.org/fileformat.html)
_FORM_OFFSET, _LAST_FORM = 44, 4  # of its schema: what SQLite itself takes
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
        self._data_version = 0
        self._lost = False  # a restore could not open the file again: whoever asks next tries
        scripts = sorted(migrations.glob("[0-9][0-9][0-9]_*.sql"))
        if not scripts:
            raise FileNotFoundError(migrations)  # a package that was built without them
        self._scripts, self._max_pages = scripts, max_pages
        self._open()

    def _open(self) -> None:
        make_folder(self.path.parent)
        finish_restore(self.path)
        _refuse_by_header(self.path, len(self._scripts))
        with sqlite_errors(self.path):
            self._connection = _connect(self.path)
        try:
            with sqlite_errors(self.path):
                self._prepare(self._scripts, self._max_pages)
        except BaseException:
            self._connection.close()
            raise

    @staticmethod
    def known_version(migrations: Path = MIGRATIONS) -> int:
        """The version that the migrations lead to."""
        return len(list(migrations.glob("[0-9][0-9][0-9]_*.sql")))

    def restore(self, copy: Path) -> Path | None:
        """Put a backup in the place of the finds; what stood there is kept beside it and returned.

        Raises:
            FieldGuideError: what `prepare_restore` raises; then the old finds are open again.
        """
        with self._lock:
            self._connection.close()
            self._lost = True
            try:
                prepare_restore(self.path, copy, len(self._scripts))
                return finish_restore(self.path)
            finally:
                self._revive()

    def _revive(self) -> None:
        if self._lost:
            self._open()
            self._lost = False

    def changed_elsewhere(self) -> bool:
        """Whether another program wrote into the file since this was asked last."""
        with self._lock, sqlite_errors(self.path):
            self._revive()
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
            before, self._data_version = self._data_version, version
        return before not in (0, version)

    def _prepare(self, scripts: list[Path], max_pages: int | None) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.create_function("kilometres", 4, kilometres, deterministic=True)
        # The tables first: another program that makes them at this moment sets the version with them.
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        version = _version(connection)  # again: the header may lag behind the write-ahead log
        _refuse_too_new(self.path, version, len(scripts))
        if version == 0 and tables:
            raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(self.path))  # somebody else's database
        connection.execute("PRAGMA synchronous = FULL")  # one flush per find: a flat battery loses nothing stored
        if max_pages is not None:
            connection.execute(f"PRAGMA max_page_count = {max_pages:d}")
        for number, script in enumerate(scripts[version:], start=version + 1):
            if version and _version(connection) < number:  # nothing to lose in a new one
                self._back_up(number)
            self._migrate(number, script)

    def _back_up(self, number: int) -> None:
        """A copy beside the file, taken through SQLite so that the write-ahead log is in it."""
        copy = self.path.with_name(f"{self.path.stem}.before-{number:03}{self.path.suffix}")
        part = copy.with_name(f"{copy.name}.{uuid.uuid4().hex}.part")  # another program may do the same
        try:
            with closing(sqlite3.connect(part)) as target:
                self._connection.backup(target)
                late = _version(target) >= number  # another program took the step, and made its copy, meanwhile
            if not late:
                with os_errors(copy):
                    part.replace(copy)
        finally:
            part.unlink(missing_ok=True)

    def _migrate(self, number: int, script: Path) -> None:
        """One step, unless another program took it in the meantime: a step taken twice would turn the version back."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            if _version(connection) < number:
                for statement in _statements(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number:d}")
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything in the block is stored, or nothing. A block inside another joins it.

        Raises:
            FieldGuideError: as the class, after which the file is as it was before the block.
        """
        with self._lock, sqlite_errors(self.path):
            self._revive()
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
            self._revive()
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


def prepare_restore(path: Path, copy: Path, known: int) -> None:
    """Check a backup and lay it, whole and flushed, beside the finds, where `finish_restore` takes it from.

    What is still in the write-ahead log of the finds is folded into them first.

    Raises:
        FieldGuideError: DATABASE_DAMAGED or DATABASE_TOO_NEW of the backup; DATABASE_BUSY when another program has the
            finds open; DISK_FULL or NOT_WRITABLE. The finds are as they were.
    """
    if not copy.is_file():
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(copy))
    _refuse_by_header(copy, known)
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
            _refuse_too_new(copy, _version(target), known)
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


def _connect(path: Path) -> sqlite3.Connection:
    """A connection with a write-ahead log; where the memory that it shares between programs does not work, with a
    rollback journal. Some network drives cannot share memory: there a file with a log is opened by one program alone.
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
    return bool(_version(connection)) or not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


_NO_SHARED_MEMORY = frozenset({sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})


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
    return ErrorCode.DISK_FULL if primary in _FOR_WANT_OF_ROOM and _disk_is_full(path) else _CODES.get(primary)


# What SQLite says, too, when there is no room for its log or for the memory that programs share.
_FOR_WANT_OF_ROOM = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN})
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
    form = int.from_bytes(header[_FORM_OFFSET : _FORM_OFFSET + 4], "big")
    if len(header) < 100 or not header.startswith(_MAGIC) or form > _LAST_FORM:
        raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(path))
    _refuse_too_new(path, int.from_bytes(header[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big"), known)


def _refuse_too_new(path: Path, version: int, known: int) -> None:
    if version > known:
        raise FieldGuideError(ErrorCode.DATABASE_TOO_NEW, path=str(path), version=version, known=known)


def _statements(script: str) -> Iterator[str]:
    """One after the other: `executescript` would end the transaction that stands open."""
    statement = ""
    for piece in script.split(";")[:-1]:
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
