"""Where the photos of finds lie: referenced where a person keeps them, or copied into the library's own folder.

The library's folder is the one of its database. What lies in it is stored by a path relative to it, so that the whole
folder can be taken to another computer. An original is read and never written. Photos that were moved are found again
by their content.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fieldguide.core.atomic import written_atomically
from fieldguide.core.bounded import open_file
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import find_photos
from fieldguide.core.photo.folders import DEAD
from fieldguide.core.records import Photo
from fieldguide.storage.database import Database
from fieldguide.storage.locations import make_folder
from fieldguide.storage.rows import inside, library_folder, stored_path

PHOTOS = "photos"
_PIECE = 2**20
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """How many photos of the book were found in a folder, and those that are still missing."""

    found: int
    missing: tuple[Path, ...]


def is_there(path: Path) -> bool:
    """Whether a file is where it was; False too when nobody can tell."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_out_of_reach(path: Path) -> bool:
    """Whether not a file alone is gone but what it lies on: a card was pulled, a share went away. What is left of it is
    no folder, or an empty one.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        try:
            return next(path.parent.iterdir(), None) is None
        except OSError:
            return True
    except (OSError, ValueError) as problem:
        return getattr(problem, "errno", None) in DEAD
    return False


def keep_copy(photo: Photo, library: Path) -> Photo:
    """Copy a photo into `library/photos/YEAR-MONTH/NAME-DIGEST.suffix`; returns it with that path.

    Raises:
        FieldGuideError: PHOTO_MISSING when the original is gone or is another by now; DISK_FULL or NOT_WRITABLE.
    """
    if photo.path.is_relative_to(library):
        return photo
    folder = library / PHOTOS / (f"{photo.taken_at:%Y-%m}" if photo.taken_at else "undated")
    stem = _NOT_IN_NAMES.sub("_", os.fsencode(photo.path.stem).decode("utf-8", "replace"))[:60]
    copy = folder / f"{stem}-{photo.sha256[:16]}{photo.path.suffix.lower()}"
    if not is_there(copy):
        make_folder(folder)
        with written_atomically(copy) as stream:
            if _read(photo.path, stream.write) != photo.sha256:
                raise FieldGuideError(ErrorCode.PHOTO_MISSING, file=photo.path.name)
    return replace(photo, path=copy)


def digest_of(path: Path) -> str:
    """The sha256 of a file in lower-case hex; empty when it cannot be read."""
    return _read(path, lambda _: None)


def _read(path: Path, take: Callable[[bytes], object]) -> str:
    made = hashlib.sha256()
    try:
        stream = open_file(path)
    except (OSError, ValueError):
        return ""
    with stream:
        while True:
            try:
                piece = stream.read(_PIECE)
            except OSError:
                return ""
            if not piece:
                return made.hexdigest()
            made.update(piece)
            take(piece)  # what it raises is about the copy


def find_again(database: Database, folder: Path, should_stop: Callable[[], bool] = lambda: False) -> FoundAgain:
    """Look below a folder for every photo that is no longer where it was, whatever it is called by now.

    Only files of the size of a missing photo are read. It is no step that can be undone: the disk had changed before.

    Raises:
        FieldGuideError: as `Database`.
    """
    with database.reading() as connection:
        library = library_folder(connection)
        rows = connection.execute("SELECT DISTINCT path, sha256, bytes FROM photo").fetchall()
    gone = {row["sha256"]: row for row in rows if not is_there(library / os.fsdecode(row["path"]))}
    sizes = {row["bytes"] for row in gone.values()}
    found: dict[str, Path] = {}
    for path in find_photos([folder]) if gone else ():
        if should_stop() or len(found) == len(gone):
            break
        if (None in sizes or _size(path) in sizes) and (digest := digest_of(path)) in gone:
            found.setdefault(digest, path.absolute())
    with database.transaction() as connection:
        connection.executemany(
            "UPDATE photo SET path = ? WHERE sha256 = ?",
            [(stored_path(inside(path, library)), digest) for digest, path in found.items()],
        )
    missing = (Path(os.fsdecode(row["path"])) for digest, row in gone.items() if digest not in found)
    return FoundAgain(len(found), tuple(library / path for path in missing))


def remove_spare(database: Database) -> int:
    """Remove the library's copies of photos that neither a find nor a step that can be taken back holds: how many."""
    with database.reading() as connection:
        library = library_folder(connection)
        copies = [path for path in (library / PHOTOS).rglob("*") if path.is_file()]
        spare = [path for path in copies if not _is_held(connection, inside(path, library))]
    for path in spare:
        path.unlink(missing_ok=True)
    return len(spare)


def _is_held(connection: sqlite3.Connection, path: Path) -> bool:
    stored = stored_path(path)
    if connection.execute("SELECT 1 FROM photo WHERE path = ? LIMIT 1", (stored,)).fetchone():
        return True
    digest = path.stem.rpartition("-")[2]
    sql = "SELECT 1 FROM step_before WHERE instr(rows, :digest) OR instr(after, :digest) LIMIT 1"
    return bool(digest) and connection.execute(sql, {"digest": digest}).fetchone() is not None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0
