"""Taking the library to another folder: everything is copied, and what stood before stays until a person removes it.

First the files, while the window goes on; then, when nobody writes any more, the finds. The database comes last, so
that a folder with a part of a library is never taken for one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from fieldguide.core.atomic import os_errors, written_atomically
from fieldguide.storage.backup import back_up
from fieldguide.storage.locations import DATABASE, Locations, choose_library, make_folder
from fieldguide.storage.originals import PHOTOS, is_there

PASTED = "pasted"  # folder of pictures that came without a file
_FOLDERS = (PHOTOS, PASTED, "backups")


def is_library(folder: Path) -> bool:
    """Whether finds are kept in this folder."""
    return is_there(folder / DATABASE)


def copy_files(library: Path, target: Path, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Copy photos, pasted pictures and backups that are not in `target` yet, each whole or not at all: how many.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    files = [path for name in _FOLDERS for path in (library / name).rglob("*") if path.is_file()]
    copied = 0
    for file in files:
        copy = target / file.relative_to(library)
        if should_stop():
            break
        if file.suffix == ".part" or is_there(copy):
            continue
        make_folder(copy.parent)
        with os_errors(copy), file.open("rb") as source, written_atomically(copy) as stream:
            shutil.copyfileobj(source, stream)
        copied += 1
    return copied


def take_along(locations: Locations, target: Path) -> None:
    """Copy what is left, the finds last, and use the library in `target` from now on. Nobody may have it open to write.

    Raises:
        FieldGuideError: as `copy_files` and `back_up`; the library of before stays in use.
    """
    make_folder(target)
    copy_files(locations.library, target)
    for file in (locations.thumbnails, locations.database):
        if is_there(file):
            back_up(file, target / file.name)
    choose_library(locations, target)
