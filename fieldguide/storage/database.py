"""One SQLite file: migrated with a backup before each step, written whole or not at all, restored.

Knows no table of ours. A file from a newer version or a damaged one is refused and not touched.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from fieldguide.core.atomic import os_errors
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.places import kilometres
from fieldguide.storage.connection import connect, refuse_by_header, refuse_too_new, sqlite_errors, version_of
from fieldguide.storage.locations import make_folder
from fieldguide.storage.restoring import finish_restore, prepare_restore

MIGRATIONS = Path(__file__).with_name("migrations")


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
        refuse_by_header(self.path, len(self._scripts))
        with sqlite_errors(self.path):
            self._connection = connect(self.path)
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
        version = version_of(connection)  # again: the header may lag behind the write-ahead log
        refuse_too_new(self.path, version, len(scripts))
        if version == 0 and tables:
            raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(self.path))  # somebody else's database
        connection.execute("PRAGMA synchronous = FULL")  # one flush per find: a flat battery loses nothing stored
        if max_pages is not None:
            connection.execute(f"PRAGMA max_page_count = {max_pages:d}")
        for number, script in enumerate(scripts[version:], start=version + 1):
            if version and version_of(connection) < number:  # nothing to lose in a new one
                self._back_up(number)
            self._migrate(number, script)

    def _back_up(self, number: int) -> None:
        """A copy beside the file, taken through SQLite so that the write-ahead log is in it."""
        copy = self.path.with_name(f"{self.path.stem}.before-{number:03}{self.path.suffix}")
        part = copy.with_name(f"{copy.name}.{uuid.uuid4().hex}.part")  # another program may do the same
        try:
            with closing(sqlite3.connect(part)) as target:
                self._connection.backup(target)
                late = version_of(target) >= number  # another program took the step, and made its copy, meanwhile
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
            if version_of(connection) < number:
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


def _statements(script: str) -> Iterator[str]:
    """One after the other: `executescript` would end the transaction that stands open."""
    statement = ""
    for piece in script.split(";")[:-1]:
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
