"""Tables of frozen dataclasses as CSV, written whole or not at all. Fields are texts or whole numbers."""

from __future__ import annotations

import csv
import typing
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from fieldguide.core.atomic import written_text

Row = TypeVar("Row")


def read_rows(file: Path, kind: type[Row]) -> list[Row]:
    """The rows of a table that `write_rows` wrote."""
    kinds = typing.get_type_hints(kind)
    with file.open(encoding="utf-8", newline="") as stream:
        return [kind(**{name: kinds[name](value) for name, value in row.items()}) for row in csv.DictReader(stream)]


def write_rows(file: Path, kind: Any, rows: Sequence[Any]) -> None:
    """One line per row with the fields of the dataclass `kind`, through a temporary file beside it."""
    with written_text(file) as stream:
        writer = csv.DictWriter(stream, [item.name for item in fields(kind)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
