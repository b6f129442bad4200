"""Two tables for spreadsheets: finds, and beside it their candidates. UTF-8 with a mark, decimals 0 to 1, ISO dates."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from fieldguide.core.atomic import as_text, written_together
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.storage.export import Exported
from fieldguide.storage.export.places import Places, beside
from fieldguide.storage.export.table import CANDIDATE_COLUMNS, FIND_COLUMNS, Cell, candidate_rows, find_row, harmless


def export_csv(
    observations: Iterable[Observation],
    guide: Guide,
    path: Path,
    language: str = "en",
    places: Places = Places.EXACT,
) -> Exported:
    """Write one row a find to `path`, and one row a candidate to the file `..._candidates` beside it.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; then neither file is new.
    """
    written = 0
    marked = "utf-8-sig"  # without the mark spreadsheets take it for their own code page
    with (
        written_together(path, beside(path, "candidates")) as (first, second),
        as_text(first, marked) as top,
        as_text(second, marked) as below,
    ):
        finds, candidates = csv.writer(top), csv.writer(below)
        finds.writerow(FIND_COLUMNS)
        candidates.writerow(CANDIDATE_COLUMNS)
        for find in observations:
            finds.writerow([_written(cell) for cell in find_row(find, guide, language, places)])
            candidates.writerows([_written(cell) for cell in row] for row in candidate_rows(find, guide, language))
            written += 1
    return Exported(path, written)


def _written(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else harmless(cell)
