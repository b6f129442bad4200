"""One door to every export: which kind, how exact its places, which finds."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.storage.export import Exported, ExportKind
from fieldguide.storage.export.class_folders import export_class_folders
from fieldguide.storage.export.csv import export_csv
from fieldguide.storage.export.darwin_core import export_darwin_core
from fieldguide.storage.export.geo import export_geojson, export_gpx
from fieldguide.storage.export.json import export_json
from fieldguide.storage.export.photo_copies import export_photo_copies
from fieldguide.storage.export.places import Places, placed

ReportWriter = Callable[[Iterable[Observation], Guide, Path, str, Places], Exported]
OWN = "own finds"  # the source of photos whose owner gave no name


def export_finds(
    kind: ExportKind,
    observations: Iterable[Observation],
    guide: Guide,
    path: Path,
    *,
    language: str,
    places: Places,
    library: uuid.UUID,
    verified_only: bool = True,
    recorded_by: str = "",
    report: ReportWriter | None = None,
) -> Exported:
    """Write them to a file (or, for `FOLDERS`, below a folder). `report` writes the kind REPORT.

    `verified_only` counts for the two formats that are about names given by people (Darwin Core, class folders).

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; then no file is new.
    """
    finds = (placed(find, places) for find in observations)
    match kind:
        case ExportKind.CSV:
            return export_csv(finds, guide, path, language, places)
        case ExportKind.XLSX:
            from fieldguide.storage.export.xlsx import export_xlsx  # its library costs 40 ms, and few need it

            return export_xlsx(finds, guide, path, language, places)
        case ExportKind.JSON:
            return export_json(finds, guide, path, language)
        case ExportKind.DARWIN_CORE:
            return export_darwin_core(
                finds, guide, path, library, verified_only=verified_only, places=places, recorded_by=recorded_by
            )
        case ExportKind.GPX:
            return export_gpx(finds, guide, path, places)
        case ExportKind.GEOJSON:
            return export_geojson(finds, guide, path, language, places)
        case ExportKind.CLASS_FOLDERS:
            return export_class_folders(
                finds, path, verified_only=verified_only, places=places, source=recorded_by or OWN
            )
        case ExportKind.PHOTOS:
            return export_photo_copies(finds, guide, path, language, places)
        case ExportKind.REPORT:
            if report is None:
                raise ValueError("nobody who writes reports")
            return report(finds, guide, path, recorded_by, places)
