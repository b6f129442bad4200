"""Which files below a folder are photos. What cannot be looked into is kept, so that reading it names it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fieldguide.core.photo.formats import PHOTO_SUFFIXES, RAW_SUFFIXES

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

    Inside folders, what `is_left_behind` is skipped. A folder without photos adds nothing. Kept, since reading it names
    it, is a path that does not exist, a folder that cannot be looked into (no permission, a drive that is gone), and a
    camera's raw file beside which no photo of that name lies.
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
        kept = [Path(name) for name in files if not is_left_behind(name)]
        photos = [name for name in kept if name.suffix.lower() in PHOTO_SUFFIXES]
        developed = {name.stem.lower() for name in photos}
        raw = (name for name in kept if name.suffix.lower() in RAW_SUFFIXES and name.stem.lower() not in developed)
        yield from (Path(parent, name) for name in (*photos, *raw))
    yield from (Path(problem.filename or folder) for problem in closed)
