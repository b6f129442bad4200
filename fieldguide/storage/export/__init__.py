"""Finds written for other programs: spreadsheets, scripts, biodiversity portals, the trainer.

Each format streams: one find in memory at a time. Files are there whole or not at all. No file ever says more of a
danger than `Danger.shown`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ExportKind(StrEnum):
    """What can be written; all but CLASS_FOLDERS and PHOTOS are one file. REPORT needs fonts: `ui.history.report`."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    DARWIN_CORE = "darwin_core"
    GPX = "gpx"
    GEOJSON = "geojson"
    REPORT = "report"
    PHOTOS = "photos"
    CLASS_FOLDERS = "class_folders"


FOLDERS = frozenset({ExportKind.PHOTOS, ExportKind.CLASS_FOLDERS})


class LeftOut(StrEnum):
    """Why finds are left out; the catalogue `storage` holds the words `exported_REASON` for each."""

    UNVERIFIED = "unverified"  # no person gave a name
    NAMELESS = "nameless"
    PLACELESS = "placeless"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        path: the file, or the folder of class folders.
        observations: how many finds are in it.
        left_out: finds that the format cannot hold or that were not asked for; `why`.
        missing: photos that are no longer where they were, or could not be copied.
    """

    path: Path
    observations: int
    left_out: int = 0
    missing: tuple[Path, ...] = ()
    why: LeftOut = LeftOut.UNVERIFIED
