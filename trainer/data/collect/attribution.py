"""Who made which photo under which licence: `attribution.csv` beside the photos, one line per photo, as they arrive.

It also tells the scan which photos are of one observation (columns `file`, `source`, `observation`): hand it over with
`--manifest`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from fieldguide.core.atomic import append_whole, written_text
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import text
from trainer.config import read_table, refuse

ATTRIBUTION = "attribution.csv"


@dataclass(frozen=True, slots=True)
class Attribution:
    """One photo. `file` is FOLDER/NAME below the collection; `observation` is the GBIF key of its occurrence."""

    file: str
    source: str
    observation: str
    label: str
    url: str
    creator: str
    rights_holder: str
    licence: str
    licence_text: str
    publisher: str
    dataset: str
    dataset_name: str
    references: str
    date: str
    sha256: str


COLUMNS = [column.name for column in fields(Attribution)]


def read_attributions(file: Path) -> list[Attribution]:
    """The lines of a manifest; none when there is no such file. A last line that was cut off by a crash is left out.

    What a spreadsheet saved is read too; a column that it lacks is empty.

    Raises:
        FieldGuideError: CONFIG_INVALID when it is neither UTF-8 nor UTF-16, or has no column `file`; EDITED_TABLE.
    """
    try:
        table = read_table(file, ATTRIBUTION)
    except (FileNotFoundError, NotADirectoryError):
        return []
    if table.columns and COLUMNS[0] not in table.columns:
        refuse(ATTRIBUTION, text("audit.manifest_without_files", file=file))
    found = []
    try:
        for row in table:
            if not (table.on_last_line and None in row.values()):
                found.append(Attribution(**{name: row.get(name) or "" for name in COLUMNS}))
    except FieldGuideError:
        if not table.on_last_line:
            raise
    return found


def write_attributions(file: Path, rows: Iterable[Attribution]) -> None:
    """Write the manifest anew, whole or not at all."""
    with written_text(file) as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def append_attribution(file: Path, row: Attribution) -> None:
    """Add one line to a manifest that exists, down to the disk."""
    line = io.StringIO()
    csv.DictWriter(line, COLUMNS, lineterminator="\n").writerow(asdict(row))
    append_whole(file, line.getvalue())


def credits(rows: Iterable[Attribution]) -> list[tuple[str, str, int]]:
    """(who, licence, photos), most photos first: what a model card lists. "Who": rights holder, else creator."""
    counted = Counter((row.rights_holder or row.creator or row.publisher, row.licence) for row in rows)
    return [(who, licence, count) for (who, licence), count in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]


def attribution_section(rows: Iterable[Attribution], most: int = 400) -> str:
    """The section of a model card (Markdown) that credits the photos; the rest is summed up, the manifest has all."""
    listed = credits(rows)
    lines = [f"- {who or text('collect.nobody_named')}, {licence}: {count}" for who, licence, count in listed[:most]]
    if listed[most:]:
        lines.append("- " + text("collect.card_rest", count=len(listed) - most))
    total = sum(count for _, _, count in listed)
    return "\n".join([f"## {text('collect.card_title')}", "", text("collect.card_intro", count=total), "", *lines, ""])
