"""Which files below a folder are photos. What cannot be looked into is kept, so that reading it names it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fieldguide.core.photo.formats import PHOTO_SUFFIXES

# What a phone, a drive or a share answers that is no longer there.
DEAD = {errno.ENOTCONN, errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO, errno.EHOSTDOWN, errno.ETIMEDOUT}

# What cameras, phones, servers and systems leave beside photos: thumbnails, bins, rescued pieces; in small letters.
_LEFT_BEHIND = frozenset(
    {"@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "recycler", "system volume information"}
    | {"lost+found", "lost.dir", "__macosx", "thumbnails", "thumbs.db"}
)


def is_left_behind(name: str) -> bool:
    """Whether a file or folder of that name is no photo and no label: hidden, AppleDouble, a bin, made by a server."""
    return name.startswith(".") or name.lower() in _LEFT_BEHIND


def find_photos(paths: Iterable[Path]) -> list[Path]:
    """Files given by name, kept whatever their suffix, and the photos inside given folders, recursive and sorted.

    Inside folders, what `is_left_behind` is skipped. A folder without photos adds nothing. A path that does not exist,
    and a folder that cannot be looked into (no permission, a drive that is gone), is kept: reading it names it.
    """
    found: list[Path] = []
    for path in paths:
        found.extend(sorted(_photos_below(path)) if is_folder(path) else [path])
    return found


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False too when nobody can tell (too long a name, a dead mount, a NUL in it)."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _photos_below(folder: Path) -> Iterator[Path]:
    closed: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not is_left_behind(name)]
        for name in files:
            if not is_left_behind(name) and Path(name).suffix.lower() in PHOTO_SUFFIXES:
                yield Path(parent, name)
    yield from (Path(problem.filename or folder) for problem in closed)
