"""What a CSV beside photos says of them: label, source, find, person and date.

Knows no folders' meaning and reads no photo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.config import read_table, refuse
from trainer.data.collect.attribution import ATTRIBUTION, COLUMNS

NEEDED = "file"
SAID = ("label", "source", "find", "person", "date")
FORMERLY = {"observation": "find", "creator": "person"}
_KNOWN = {NEEDED, *SAID, *FORMERLY, *COLUMNS, "licence"}


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """What a manifest says of one photo; empty where it is silent. Photos of one source and find show one find.

    `person` took it; `date` is as it was written, its year first.
    """

    label: str = ""
    source: str = ""
    find: str = ""
    person: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Lines by file (`FOLDER/NAME`, as seen from the folder of photos), and the columns that nobody reads."""

    file: Path | None = None
    lines: Mapping[str, PhotoLine] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


def open_manifests(folders: Sequence[Path], named: Sequence[str]) -> list[Manifest]:
    """The manifest of each folder: that which `named` gives it, else a CSV of its name beside it, else the attribution
    that a collected folder holds, else an empty one.

    Raises:
        FieldGuideError: DATA_MISSING for a manifest that is not there; CONFIG_INVALID when it is not clear
            whose a manifest is, or when one has no column `file` or one that looks misspelt.
    """
    given = [Path(name) for name in named]
    for file in given:
        if not file.is_file():
            raise FieldGuideError(ErrorCode.DATA_MISSING, folder=str(file))
    of_folder: dict[Path, Path] = {}
    if len(given) == len(folders):
        of_folder = dict(zip(folders, given, strict=True))
    else:
        for file in given:
            alike = [folder for folder in folders if folder.name == file.stem and folder not in of_folder]
            if not alike:
                refuse(
                    "manifest", text("audit.manifest_of_whom", file=file, manifests=len(given), folders=len(folders))
                )
            of_folder[alike[0]] = file
    return [read_manifest(of_folder[f]) if f in of_folder else _found_beside(f) for f in folders]


def read_manifest(file: Path) -> Manifest:
    """One manifest, comma, semicolon or tab between its columns. Raises FieldGuideError(CONFIG_INVALID)."""
    rows = read_table(file, "manifest")
    unused = tuple(name for name in rows.columns if name and name not in _KNOWN)
    for name in unused:
        meant = get_close_matches(name.lower(), (NEEDED, *SAID), 1, cutoff=0.7)
        if meant and meant[0] not in rows.columns:
            refuse("manifest", text("audit.manifest_column", file=file, column=name, meant=meant[0]))
    if NEEDED not in rows.columns:
        refuse("manifest", text("audit.manifest_without_files", file=file))
    formerly = {new: old for old, new in FORMERLY.items() if new not in rows.columns}
    line = cache(PhotoLine)  # the photos of one find are told alike, and a manifest may have a million
    lines = {
        name.replace("\\", "/"): line(*map(str.strip, said))
        for name, *said in rows.chosen(NEEDED, *(formerly.get(name, name) for name in SAID))
    }
    return Manifest(file, lines, unused)


def _found_beside(folder: Path) -> Manifest:
    """A CSV beside the folder counts when it has a column `file`: anybody's table may lie there."""
    beside, inside = folder.with_name(folder.name + ".csv"), folder / ATTRIBUTION
    if beside.is_file() and NEEDED in read_table(beside, "manifest").columns:
        return read_manifest(beside)
    return read_manifest(inside) if inside.is_file() else Manifest()
