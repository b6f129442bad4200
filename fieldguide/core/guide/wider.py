"""Names that stand above families (orders, classes, the kingdom), and what foragers lump together.

The table is `resources/guide/wider.csv`; it ships with the program, beside whichever guide is in use. Its facts name
the guide's sources; `k_general` there means recalled, not read. Knows no danger.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import resource


def load_wider_names(file: Path | None = None) -> Mapping[str, tuple[str, ...]]:
    """For each of these names, other spellings too, the families and genera that it holds.

    Raises:
        FieldGuideError: GUIDE_MISSING, or GUIDE_BROKEN with `file`, `row` and `problem` (a name that stands twice or
            holds nothing, a missing column).
    """
    file = file or resource("guide", "wider.csv")
    found: dict[str, tuple[str, ...]] = {}
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                try:
                    names = (row["name"], *filter(None, row["other_names"].split("|")))
                    held = tuple(below for name in row["holds"].split("|") for below in found.get(name, (name,)))
                    if found.keys() & set(names) or not all((*names, *held)):
                        raise ValueError(f"{row['name']!r} stands twice or holds nothing")
                except (KeyError, ValueError, AttributeError) as problem:
                    place = {"file": file.name, "row": number}
                    raise FieldGuideError(ErrorCode.GUIDE_BROKEN, **place, problem=str(problem)) from problem
                found.update(dict.fromkeys(names, held))
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.GUIDE_MISSING, file=str(file)) from missing
    return found


@cache
def shipped_wider_names() -> Mapping[str, tuple[str, ...]]:
    """Those that ship with the guide, read once."""
    return load_wider_names()
