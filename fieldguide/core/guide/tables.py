"""The tables of a guide as raw rows: which columns they have, and reading them without checking what they say.

What the rows may say is checked in `check` and `check_characters`; what they mean is read in `guide`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from fieldguide.core.edited import decode, parted
from fieldguide.core.guide.characters import IN_CELLS

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "species": (
        *("scientific_name", "rank", "gbif_key", "family", "synonyms"),
        *(f"common_name_{code}" for code in ("en", "de", "fr", "es", "it", "pl")),
        *("danger", "syndrome", "toxins", "onset_hours_min", "onset_hours_max", "dangerous_lookalikes", "regions"),
        *("months_north", "habitat", "key_features", "sources"),
    ),
    "syndromes": (
        *("key", "name", "toxins", "onset_hours_min", "onset_hours_max", "main_symptoms", "target_organs", "severity"),
        *("mortality_note", "example_species", "sources"),
    ),
    "poison_centres": ("country_iso2", "name", "phone", "hours", "language", "verified"),
    "sources": ("id", "citation", "used_for", "consulted"),
    "characters": (
        *("scientific_name", "rank", *IN_CELLS, "size_cm_min", "size_cm_max", "certainty", "sources", "caveat"),
    ),
    "questions": ("column", "answer", "needs", "minutes", "needs_digging", "likelihood_if_true", "basis", "note"),
}
OPTIONAL = frozenset({"characters", "questions"})  # a guide may do without: then nothing is asked and nothing drawn
KEYS: Mapping[str, str] = {
    **{"species": "scientific_name", "characters": "scientific_name"},
    **{"syndromes": "key", "sources": "id"},
}


MOST_ROWS = 50_000  # of a table: thirty times those of the longest one that is shipped


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its number as a spreadsheet counts (the header is 1), and its cells by column."""

    number: int
    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        """The first cell, by which people know the row."""
        return next(iter(self.cells.values()), "")

    def several(self, column: str) -> tuple[str, ...]:
        """The values of a cell that are parted by `|`."""
        return tuple(part for part in self.cells.get(column, "").split("|") if part)


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it was read. `crooked` are numbers of rows that have more or fewer cells than the header.

    `damage` says why nothing could be read (no UTF-8, no CSV); empty otherwise.
    """

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    crooked: tuple[int, ...] = ()
    damage: str = ""


def read_table(data: bytes) -> Table:
    """A CSV file's bytes as a table, in any way in which people save one (`core.edited`); blank lines are let pass.

    Never raises for what it holds.
    """
    try:
        text, sign = parted(decode(data))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
        header = tuple(name.strip() for name in next(reader, []))
        lines: list[Line] = []
        crooked: list[int] = []
        for number, cells in enumerate(reader, start=2):
            if not any(cells):
                continue
            if len(lines) == MOST_ROWS:
                return Table((), (), damage=f"> {MOST_ROWS} rows")
            if len(cells) != len(header):
                crooked.append(number)
            padded = [cell.strip() for cell in cells[: len(header)]] + [""] * (len(header) - len(cells))
            lines.append(Line(number, dict(zip(header, padded, strict=True))))
    except (UnicodeError, csv.Error) as problem:
        return Table((), (), damage=str(problem))
    return Table(header, tuple(lines), tuple(crooked))
