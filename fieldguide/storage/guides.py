"""Guides that people bring: read and checked before anything is written, kept by version, chosen, and left again.

The shipped guide is always there and never written to. Each guide that was installed lies in a folder of its own, named
by its version; the file `chosen` beside them names the one in use.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from fieldguide.core.atomic import os_errors, written_atomically
from fieldguide.core.bounded import open_file, read_at_most
from fieldguide.core.edited import is_plain
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.changes import GuideChanges, compare_guides
from fieldguide.core.guide.check import check_tables
from fieldguide.core.guide.names import key_of
from fieldguide.core.guide.rules import Problem, Rule
from fieldguide.core.guide.tables import COLUMNS, OPTIONAL, Table, read_table
from fieldguide.core.resources import resource
from fieldguide.storage.locations import make_folder

MAX_TABLE_BYTES = 32 * 2**20
_ABOUT = "about.json"
_CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class InstalledGuide:
    """One guide on the shelf. `installed_at` is None and `source` empty for the shipped one."""

    version: str
    folder: Path
    taxa: int
    shipped: bool
    source: str = ""
    installed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GuideDraft:
    """A guide that somebody brought, checked but not yet written.

    Attributes:
        source: name of the file or folder.
        tables: the bytes of the tables. given: names of those that were in it; the others are those in use.
        problems: every broken rule. guide, changes: None while a problem blocks.
    """

    source: str
    tables: Mapping[str, bytes]
    given: tuple[str, ...]
    problems: tuple[Problem, ...]
    guide: Guide | None
    changes: GuideChanges | None

    @property
    def refused(self) -> bool:
        """Whether a problem keeps it from being installed."""
        return self.guide is None


@dataclass(frozen=True, slots=True)
class GuideRead:
    """The guide to use, and what was wrong with the chosen one when it is the shipped one instead."""

    guide: Guide
    problem: FieldGuideError | None = None


class GuideShelf:
    """The guides of one user. `folder` is made when something is installed."""

    def __init__(self, folder: Path, shipped: Path | None = None, now: Callable[[], datetime] = datetime.now) -> None:
        self._folder = folder
        self._shipped = shipped or resource("guide")
        self._now = now

    def read_chosen(self) -> GuideRead:
        """The guide in use. One that can no longer be read gives way to the shipped one, with the reason."""
        folder = self._chosen_folder()
        if folder is not None:
            try:
                return GuideRead(load_guide(folder))
            except FieldGuideError as problem:
                return GuideRead(load_guide(self._shipped), problem)
        return GuideRead(load_guide(self._shipped))

    def every(self) -> list[InstalledGuide]:
        """All that can be chosen: the shipped one, then the installed ones, newest first."""
        shipped = load_guide(self._shipped)
        found = [InstalledGuide(shipped.version, self._shipped, len(shipped.records), True)]
        installed = [self._installed(folder) for folder in self._folder.glob("*") if (folder / _ABOUT).is_file()]
        return found + sorted(
            (each for each in installed if each), key=lambda each: each.installed_at or datetime.min, reverse=True
        )

    def read_draft(self, path: Path) -> GuideDraft:
        """Read and check a folder, a zip or a single `species.csv` (any of the tables); nothing is written.

        Raises:
            FieldGuideError: GUIDE_NO_TABLES with `file` when none of the tables is in it, or it cannot be read.
        """
        given = _read_tables(path)
        in_use = self._chosen_folder() or self._shipped
        with os_errors(in_use):
            tables = {name: given[name] if name in given else _in_use(in_use / f"{name}.csv") for name in COLUMNS}
        parsed = {name: read_table(data) for name, data in tables.items()}
        problems = (*check_tables(parsed), *self._removed(parsed["species"]))
        known = tuple(name for name in COLUMNS if name in given)
        if any(problem.rule.blocks for problem in problems):
            return GuideDraft(path.name, tables, known, problems, None, None)
        plain = {name: _as_written(parsed[name], name, data) for name, data in tables.items() if data}
        guide = self._load(plain)
        return GuideDraft(path.name, plain, known, problems, guide, compare_guides(self.read_chosen().guide, guide))

    def _removed(self, species: Table) -> list[Problem]:
        """A problem for each taxon of the shipped guide that is in a table under none of its names."""
        named = {key_of(name) for line in species.lines for name in (line.name, *line.several("synonyms"))}
        shipped = load_guide(self._shipped).records if species.header else {}  # of a damaged table nothing is known
        return [Problem("species", 0, name, Rule.REMOVED) for name in shipped if key_of(name) not in named]

    def install(self, draft: GuideDraft) -> InstalledGuide:
        """Keep a draft on the shelf; it is not chosen by that. The same tables again change nothing.

        Raises:
            FieldGuideError: GUIDE_REFUSED with `file` and `count`; DISK_FULL or NOT_WRITABLE with `path`.
        """
        if draft.guide is None:
            count = sum(problem.rule.blocks for problem in draft.problems)
            raise FieldGuideError(ErrorCode.GUIDE_REFUSED, file=draft.source, count=count)
        place = self._folder / draft.guide.version
        if self._installed(place) is None:
            about = {"source": draft.source, "installed_at": self._now().isoformat(timespec="seconds")}
            self._write(place, {**{f"{name}.csv": data for name, data in draft.tables.items()}}, about)
        installed = self._installed(place)
        assert installed is not None, "it was written just now"
        return installed

    def choose(self, version: str) -> Guide:
        """Use this guide from now on: one of `every`.

        Raises:
            FieldGuideError: GUIDE_MISSING or GUIDE_BROKEN, and the choice stays as it was; or what writing raises.
        """
        if version == load_guide(self._shipped).version:
            return self.restore()
        guide = load_guide(self._folder / version)
        make_folder(self._folder)
        with written_atomically(self._folder / _CHOSEN) as stream:
            stream.write(version.encode())
        return guide

    def restore(self) -> Guide:
        """Use the shipped guide again; the installed ones stay on the shelf."""
        with os_errors(self._folder):
            (self._folder / _CHOSEN).unlink(missing_ok=True)
        return load_guide(self._shipped)

    def remove(self, version: str) -> None:
        """Take an installed guide off the shelf; when it was in use, the shipped one is used again."""
        chosen = self._chosen_folder()
        if chosen is not None and chosen.name == version:
            self.restore()
        if version in {each.version for each in self.every() if not each.shipped}:
            with os_errors(self._folder / version):
                shutil.rmtree(self._folder / version)

    def _chosen_folder(self) -> Path | None:
        try:
            version = (self._folder / _CHOSEN).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return self._folder / version if version.isalnum() else None

    def _installed(self, folder: Path) -> InstalledGuide | None:
        try:
            about = json.loads((folder / _ABOUT).read_bytes())
            guide = load_guide(folder)
            when = datetime.fromisoformat(about["installed_at"])
            return InstalledGuide(guide.version, folder, len(guide.records), False, str(about["source"]), when)
        except (OSError, ValueError, KeyError, TypeError, FieldGuideError):
            return None

    def _write(self, place: Path, files: Mapping[str, bytes], about: Mapping[str, str]) -> None:
        make_folder(self._folder)
        unfinished = self._folder / f".{uuid.uuid4().hex[:8]}.part"
        try:
            make_folder(unfinished)
            for name, data in (*files.items(), (_ABOUT, json.dumps(about).encode())):
                with written_atomically(unfinished / name) as stream:
                    stream.write(data)
            with os_errors(place):
                shutil.rmtree(place, ignore_errors=True)  # what is there is no whole guide
                unfinished.rename(place)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _load(self, tables: Mapping[str, bytes]) -> Guide:
        """The guide of these tables, through the one door that reads guides."""
        make_folder(self._folder)
        folder = self._folder / f".{uuid.uuid4().hex[:8]}.part"
        try:
            make_folder(folder)
            for name, data in tables.items():
                with written_atomically(folder / f"{name}.csv") as stream:
                    stream.write(data)
            return load_guide(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(file: Path) -> bytes:
    """The bytes of a table of the guide in use; none when it does without this one."""
    return b"" if file.stem in OPTIONAL and not file.is_file() else file.read_bytes()


def _as_written(table: Table, name: str, data: bytes) -> bytes:
    """The bytes to keep: as they came when they are plain, else with the known columns only, as they are shipped."""
    if table.header == COLUMNS[name] and is_plain(data) and not _padded(data):
        return data
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS[name])
    writer.writerows([line.cells[column] for column in COLUMNS[name]] for line in table.lines)
    return stream.getvalue().encode()


def _padded(data: bytes) -> bool:
    """Whether blanks stand around a cell, which the check does not see: " deadly "."""
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    return any(cell != cell.strip() for row in rows for cell in row)


def _read_tables(path: Path) -> dict[str, bytes]:
    """The bytes of the tables that a folder, a zip or a single file holds."""
    missing = FieldGuideError(ErrorCode.GUIDE_NO_TABLES, file=path.name)
    try:
        if path.is_dir():
            files = {name: path / f"{name}.csv" for name in COLUMNS}
            found = {name: _bounded(file) for name, file in files.items() if file.is_file()}
        else:
            with open_file(path) as stream:
                if zipfile.is_zipfile(stream):
                    found = _read_zip(stream)
                else:
                    is_table = path.suffix.lower() == ".csv"
                    stream.seek(0)
                    found = {path.stem.lower(): read_at_most(stream, MAX_TABLE_BYTES)} if is_table else {}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as problem:
        raise missing from problem
    found = {name: data for name, data in found.items() if name in COLUMNS}
    if not found or any(len(data) > MAX_TABLE_BYTES for data in found.values()):
        raise missing
    return found


def _bounded(file: Path) -> bytes:
    with open_file(file) as stream:
        return read_at_most(stream, MAX_TABLE_BYTES)


def _read_zip(file: IO[bytes]) -> dict[str, bytes]:
    found: dict[str, tuple[int, bytes]] = {}
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            inside = PurePosixPath(entry.filename)
            name, depth = inside.stem.lower(), len(inside.parts)
            if inside.suffix.lower() != ".csv" or name not in COLUMNS or inside.name.startswith("."):
                continue
            if name not in found or depth < found[name][0]:
                with archive.open(entry) as stream:
                    found[name] = (depth, read_at_most(stream, MAX_TABLE_BYTES))
    return {name: data for name, (_, data) in found.items()}
