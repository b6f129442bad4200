"""`fieldguide doctor`: what is installed, where it lies, whether it works, and what went wrong last.

For whoever helps: plain lines in English, like the log. Holds no photo, no name of one and no place. Looks only: the
finds are opened for reading, and what cannot be looked at is said in its line and stops nothing.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from fieldguide import __version__
from fieldguide.core.atomic import written_atomically
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.resources import resources_folder
from fieldguide.core.text import explain
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.served import ServedNetwork
from fieldguide.storage.health import SQLITE, count_finds, may_be_written, size_of
from fieldguide.storage.locations import Locations
from fieldguide.storage.log import last_errors, log_files, without_private
from fieldguide.storage.settings import Settings, read_settings

_PARTS = {
    **{"PySide6": "PySide6-Essentials", "numpy": "numpy", "PIL": "Pillow", "pi_heif": "pi-heif"},
    **{"simplejpeg": "simplejpeg", "psutil": "psutil"},
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `well`: a model answers and everything could be looked at."""

    lines: tuple[str, ...]
    well: bool

    @property
    def words(self) -> str:
        """One text."""
        return "\n".join(self.lines) + "\n"


def examine(locations: Locations, settings: Settings, model: Path) -> Report:
    """Look at everything; takes the seconds that loading the model takes."""
    lines: list[str] = []
    well = True
    for name, look in _looks(locations, settings, model):
        try:
            found = [*look()]
        except FieldGuideError as problem:
            found = [f"! {explain(problem)} ({problem.code.value})"]
        except (OSError, ValueError, ImportError, psutil.Error) as problem:
            found = [f"! {type(problem).__name__}: {problem}"]
        well = well and not any(each.startswith("!") for each in found)
        lines += [f"{name:<10} {each}" for each in found] or [f"{name:<10} -"]
    lines += ["", "last errors", *(last_errors(locations.log) or ["-"])]
    return Report(tuple(without_private(each) for each in lines), well)


def write_report(report: Report, locations: Locations, target: Path) -> None:
    """Write the report and the logs as one zip, everything private taken out.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    with written_atomically(target) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.txt", report.words)
        for file in log_files(locations.log):
            archive.writestr(file.name, without_private(file.read_text(encoding="utf-8", errors="replace")))


def _looks(locations: Locations, settings: Settings, model: Path) -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
    yield "fieldguide", _program
    yield "system", _system
    yield "libraries", _libraries
    yield "model", lambda: _model(locations, settings, model)
    yield "guide", lambda: iter([f"{(guide := load_guide()).version}, {len(guide.records)} taxa"])
    yield "finds", lambda: iter([f"{count_finds(locations.database)}"])
    yield "paths", lambda: _paths(locations)
    yield "settings", lambda: _settings(locations, settings)


def _settings(locations: Locations, settings: Settings) -> Iterator[str]:
    if problem := read_settings(locations.settings).problem:
        raise problem
    yield f"{settings.theme}, {settings.language or 'system'}, {settings.device}"


def _program() -> Iterator[str]:
    kind = "packaged" if getattr(sys, "frozen", False) else "from source"
    yield f"{__version__}, {kind}, {resources_folder()}"


def _system() -> Iterator[str]:
    yield f"{platform.platform()}, {platform.machine()}, Python {platform.python_version()}"
    memory = psutil.virtual_memory()
    yield f"{os.cpu_count()} processors, {memory.total >> 20} MB of memory, {memory.available >> 20} MB of it free"
    desktop = [os.environ.get(name, "") for name in ("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "QT_QPA_PLATFORM")]
    yield f"desktop {' '.join(filter(None, desktop)) or '-'}"


def _libraries() -> Iterator[str]:
    for module, package in _PARTS.items():
        try:
            number = version(package)
        except PackageNotFoundError:  # a packaged program carries no metadata
            number = str(getattr(import_module(module), "__version__", "?"))
        yield f"{module} {number}"
    yield f"sqlite {SQLITE}"


def _model(locations: Locations, settings: Settings, model: Path) -> Iterator[str]:
    """Load it as the window does: what it runs on is known only then."""
    yield f"{model.name}, {size_of(model) >> 10} kB"
    children = Children()
    try:
        torch = (child := children.start()).torch()
        children.end(child)
        yield f"torch {torch}"
        frozen = FrozenModels(locations.frozen)
        network = ServedNetwork.load(model, settings.device, settings.threads, children=children, frozen=frozen)
        manifest = network.manifest
        yield f"{manifest.id} {manifest.version}, {len(manifest.labels)} labels, sha256 {network.bundle.digest}"
        yield f"runs on {network.device}{f' ({network.note})' if network.note else ''}"
    finally:
        children.end_all()


def _paths(locations: Locations) -> Iterator[str]:
    places = (locations.library, locations.data, locations.config, locations.logs, locations.models)
    for folder in dict.fromkeys((*places, locations.database, locations.thumbnails, locations.frozen)):
        refused = "! may not be written to: " if folder in places and not may_be_written(folder) else ""
        yield f"{refused}{folder}, {f'{size_of(folder) >> 10} kB' if folder.exists() else 'not there yet'}"
    there = next(folder for folder in (locations.library, *locations.library.parents) if folder.exists())
    yield f"{shutil.disk_usage(there).free >> 20} MB free on the disk"
