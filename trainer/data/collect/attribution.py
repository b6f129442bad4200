"""Who made which photo under which licence: `attribution.csv` beside the photos, one line per photo, as they arrive.

It also tells the scan which photos are of one observation (columns `file`, `source`, `observation`): hand it over with
`--manifest`.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from fieldguide.core.atomic import written_text
from fieldguide.core.text import text
from trainer.config import read_table

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
        FieldGuideError: CONFIG_INVALID when it is neither UTF-8 nor UTF-16.
    """
    if not file.exists():
        return []
    rows = [row for row in read_table(file, ATTRIBUTION) if row.get(COLUMNS[-1]) is not None]
    return [Attribution(**{name: row.get(name) or "" for name in COLUMNS}) for row in rows]


def write_attributions(file: Path, rows: Iterable[Attribution]) -> None:
    """Write the manifest anew, whole or not at all."""
    with written_text(file) as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def append_attribution(file: Path, row: Attribution) -> None:
    """Add one line to a manifest that exists, down to the disk."""
    with file.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, COLUMNS, lineterminator="\n").writerow(asdict(row))
        stream.flush()
        os.fsync(stream.fileno())


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
