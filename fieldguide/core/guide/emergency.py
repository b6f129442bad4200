"""The number that ambulances answer in each country, for when a poison centre does not or somebody is badly ill.

`resources/guide/emergency_numbers.csv`; like the guide's records, it says of each number whether it was read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import resource


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """One country's number; `was_read` is False for what was only recalled when the table was written."""

    country: str
    phone: str
    was_read: bool


def load_emergency_numbers(file: Path | None = None) -> Mapping[str, EmergencyNumber]:
    """The numbers by ISO 3166-1 alpha-2 code.

    Raises:
        FieldGuideError: GUIDE_MISSING, or GUIDE_BROKEN with `file`, `row` and `problem`.
    """
    file = file or resource("guide", "emergency_numbers.csv")
    found: dict[str, EmergencyNumber] = {}
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                code, phone = row.get("country_iso2") or "", row.get("phone") or ""
                if len(code) != 2 or not any(letter.isdigit() for letter in phone) or code in found:
                    raise FieldGuideError(
                        ErrorCode.GUIDE_BROKEN, file=file.name, row=number, problem="no country, no number, or twice"
                    )
                found[code] = EmergencyNumber(code, phone, (row.get("verified") or "").startswith("read"))
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.GUIDE_MISSING, file=str(file)) from missing
    return found


@cache
def shipped_numbers() -> Mapping[str, EmergencyNumber]:
    """The numbers that ship with the guide, read once."""
    return load_emergency_numbers()
