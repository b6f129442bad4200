"""Small pictures of photos, in a file of their own: a cache that may be thrown away, never the only copy of anything.

Why one file with large pages: read cold, a screen of sixty takes 1.4 ms against 33 ms of single files.
"""

from __future__ import annotations

import io
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage.connection import BUSY_SECONDS, sqlite_errors
from fieldguide.storage.locations import make_folder

LONG_SIDE = 256  # pixels
QUALITY = 82  # about 7 KB each
_VERSION = 1
_PAGE_BYTES = 16384
_MAPPED_BYTES = 2**30


def make_thumbnail(pixels: npt.NDArray[np.uint8]) -> bytes:
    """A JPEG whose long side is at most `LONG_SIDE` pixels, from uint8 [H,W,3] upright RGB of any size."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


class ThumbnailStore:
    """JPEG thumbnails by the sha256 of their photo (lower-case hex). Usable from any thread, one at a time.

    A damaged file, or one of another version, is replaced by an empty one. While another program holds the file,
    thumbnails are kept in memory.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; once open, DATABASE_BUSY too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        make_folder(path.parent)
        try:
            self._connection = self._open(str(path))
        except FieldGuideError as problem:
            if problem.code is ErrorCode.DATABASE_BUSY:
                self._connection = self._open(":memory:")
                return
            if problem.code is not ErrorCode.DATABASE_DAMAGED:
                raise
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            self._connection = self._open(str(path))

    def _open(self, place: str) -> sqlite3.Connection:
        with sqlite_errors(self.path):
            connection = sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            with sqlite_errors(self.path):
                self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and version != _VERSION:
            raise FieldGuideError(ErrorCode.DATABASE_DAMAGED, path=str(self.path))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        connection.execute("CREATE TABLE IF NOT EXISTS thumbnail (sha256 TEXT PRIMARY KEY, jpeg BLOB NOT NULL)")
        connection.execute(f"PRAGMA user_version = {_VERSION}")

    def add(self, jpegs: Mapping[str, bytes]) -> None:
        """Keep these, in one transaction; one that is there is replaced."""
        with self._lock, sqlite_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT OR REPLACE INTO thumbnail VALUES (?, ?)", jpegs.items())
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def get(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The JPEGs of those that are there."""
        asked = json.dumps(list(digests))
        with self._lock, sqlite_errors(self.path):
            rows = self._connection.execute(
                "SELECT sha256, jpeg FROM thumbnail WHERE sha256 IN (SELECT value FROM json_each(?))", (asked,)
            )
            return dict(rows.fetchall())

    def keep_only(self, digests: Iterable[str]) -> int:
        """Remove the small pictures of every other photo; returns how many."""
        kept = json.dumps(list(digests))
        with self._lock, sqlite_errors(self.path):
            sql = "DELETE FROM thumbnail WHERE sha256 NOT IN (SELECT value FROM json_each(?))"
            return self._connection.execute(sql, (kept,)).rowcount

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        with self._lock:
            self._connection.close()
