"""Tables of frozen dataclasses as CSV, written whole or not at all. Fields are texts or whole numbers."""

from __future__ import annotations

import csv
import io
import typing
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TextIO, TypeVar

from fieldguide.core.atomic import written_text
from fieldguide.core.bounded import read_file
from trainer.run_folder import MOST_BYTES

Row = TypeVar("Row")


def read_rows(file: Path, kind: type[Row], formerly: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of a table that `write_rows` wrote, of this version or an earlier one.

    A column that is not there leaves its field at its default; `formerly` maps old names of columns to today's.

    Raises:
        ValueError: the table was cut off or damaged.
    """
    kinds, today = typing.get_type_hints(kind), formerly or {}
    rows = []
    try:
        for row in csv.DictReader(text_of(file)):
            if None in row.values():
                raise ValueError("a row was cut off")
            known = {today.get(name, name): value for name, value in row.items()}
            rows.append(kind(**{name: kinds[name](value) for name, value in known.items() if name in kinds}))
    except (csv.Error, TypeError, ValueError) as damage:
        raise ValueError(f"{file}: {damage}") from damage
    return rows


def text_of(file: Path) -> TextIO:
    """A table of ours as text, UTF-8. Raises OSError, ValueError when it is larger than any, and as it is read on."""
    return io.TextIOWrapper(io.BytesIO(read_file(file, MOST_BYTES)), "utf-8", newline="")


def write_rows(file: Path, kind: Any, rows: Sequence[Any]) -> None:
    """One line per row with the fields of the dataclass `kind`, through a temporary file beside it."""
    with written_text(file) as stream:
        writer = csv.DictWriter(stream, [item.name for item in fields(kind)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
