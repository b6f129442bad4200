"""A workbook with the sheets of finds and of candidates. Text stays text: nothing in it can be a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from fieldguide.core.atomic import written_atomically
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.storage.export import Exported
from fieldguide.storage.export.places import Places
from fieldguide.storage.export.table import CANDIDATE_COLUMNS, FIND_COLUMNS, Cell, candidate_rows, find_row

_LONGEST = 32_767  # letters in a cell (ECMA-376)


def export_xlsx(
    observations: Iterable[Observation],
    guide: Guide,
    path: Path,
    language: str = "en",
    places: Places = Places.EXACT,
) -> Exported:
    """Write it.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    made = io.BytesIO()
    book = Workbook(made, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    bold = book.add_format({"bold": True})
    finds, candidates = book.add_worksheet("finds"), book.add_worksheet("candidates")
    for sheet, columns in ((finds, FIND_COLUMNS), (candidates, CANDIDATE_COLUMNS)):
        sheet.write_row(0, 0, columns, bold)
        sheet.freeze_panes(1, 1)
    written = below = 0
    for find in observations:
        written += 1
        _write(finds, written, find_row(find, guide, language, places))
        for row in candidate_rows(find, guide, language):
            below += 1
            _write(candidates, below, row)
    book.close()
    with written_atomically(path) as stream:
        stream.write(made.getbuffer())
    return Exported(path, written)


def _write(sheet: Worksheet, place: int, cells: tuple[Cell, ...]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(place, column, cell[:_LONGEST])
        elif isinstance(cell, bool):
            sheet.write_boolean(place, column, cell)
        elif cell is not None:
            sheet.write_number(place, column, cell)
