"""Where FieldGuide keeps its files: found once, created when missing. Knows nothing of what lies in them.

`FIELDGUIDE_HOME` puts everything into one folder: for tests, and for a portable copy on a memory stick. The library,
which holds the finds, may lie elsewhere: where `FIELDGUIDE_LIBRARY` says, else where a person chose (`choose_library`).
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from fieldguide.core.atomic import write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError

HOME_VARIABLE = "FIELDGUIDE_HOME"
LIBRARY_VARIABLE = "FIELDGUIDE_LIBRARY"
DATABASE = "observations.db"
_APP = "fieldguide"
_A_DAY = 86_400.0  # seconds: younger ones may be at work


@dataclass(frozen=True, slots=True)
class Locations:
    """The five folders, and the files with fixed names inside them. `library` is `data` unless another was chosen."""

    data: Path
    config: Path
    logs: Path
    models: Path
    library: Path

    @property
    def database(self) -> Path:
        """The observations."""
        return self.library / DATABASE

    @property
    def thumbnails(self) -> Path:
        """The small pictures: a cache that may be deleted at any time."""
        return self.library / "thumbnails.db"

    @property
    def frozen(self) -> Path:
        """Models as they run, checked before: a cache too."""
        return self.data / "frozen"

    @property
    def backups(self) -> Path:
        """Copies of the observations, made by schedule."""
        return self.library / "backups"

    @property
    def trainer(self) -> Path:
        """The trainer's own environment, where one was made."""
        return self.data / "trainer"

    @property
    def chosen_library(self) -> Path:
        """The file that names the library's folder, where somebody chose one."""
        return self.config / "library.txt"

    @property
    def settings(self) -> Path:
        """What the user chose."""
        return self.config / "settings.json"

    @property
    def log(self) -> Path:
        """What went wrong, for the crash dialog."""
        return self.logs / "fieldguide.log"


def find_locations() -> Locations:
    """The places of this user on this system; nothing is created yet."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        usual = Locations(root / "data", root / "config", root / "logs", root / "models", root / "data")
    else:
        dirs = platformdirs.PlatformDirs(_APP, appauthor=False)
        data = dirs.user_data_path
        usual = Locations(data, dirs.user_config_path, dirs.user_log_path, data / "models", data)
    return replace(usual, library=_library(usual))


def _library(usual: Locations) -> Path:
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    try:
        chosen = usual.chosen_library.read_bytes().strip()
    except OSError:
        return usual.library
    return Path(os.fsdecode(chosen)) if chosen else usual.library


def choose_library(locations: Locations, folder: Path) -> None:
    """Use the library in this folder from the next start on; it goes before what the variable named.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    os.environ.pop(LIBRARY_VARIABLE, None)
    if folder == locations.data:
        locations.chosen_library.unlink(missing_ok=True)
    else:
        write_whole(locations.chosen_library, os.fsencode(folder))


def create_locations(locations: Locations | None = None) -> Locations:
    """Create every folder that is missing and return the places.

    Raises:
        FieldGuideError: LIBRARY_MISSING with `path` and `file`: the folder that somebody chose is not there, as when
            its drive is out; an empty book in its place would look as if all were lost. NOT_WRITABLE with `path`, the
            folder that could not be made or written to.
    """
    locations = locations or find_locations()
    chosen = locations.library != locations.data and LIBRARY_VARIABLE not in os.environ
    if chosen and not locations.library.is_dir():
        facts = {"path": str(locations.library), "file": str(locations.chosen_library)}
        raise FieldGuideError(ErrorCode.LIBRARY_MISSING, **facts)
    for folder in (locations.data, locations.config, locations.logs, locations.models, locations.library):
        make_folder(folder)
    return locations


def make_folder(folder: Path) -> None:
    """Create a folder and its parents.

    Raises:
        FieldGuideError: NOT_WRITABLE with `path`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(folder)) from refused
    if not os.access(folder, os.W_OK):
        raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(folder))


def sweep(folder: Path, pattern: str = "*.part", now: float | None = None) -> int:
    """Remove what a program that was cut off left half written below a folder, a day old: how many."""
    before = (time.time() if now is None else now) - _A_DAY
    swept = 0
    for part in list(folder.rglob(pattern)):
        try:
            if part.lstat().st_mtime >= before:
                continue
            if part.is_symlink() or part.is_file():
                part.unlink()
                swept += 1
            elif part.suffix == ".part" and part.is_dir():
                shutil.rmtree(part)
                swept += 1
        except OSError:  # somebody else's, or gone by now
            continue
    return swept
