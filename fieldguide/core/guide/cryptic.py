"""Groups of species that a photo cannot tell apart: the verdict stops at the genus, whatever a model's probability.

The table is `resources/guide/cryptic_groups.csv`, small and cautious: leaving a group out costs a wrong species,
putting one in costs only the species epithet. Its facts name the guide's sources; `k_general` there means recalled,
not read.
Knows nothing of models or of danger.
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
class CrypticGroup:
    """Species of one genus that look alike in a photo, and what tells them apart instead."""

    key: str
    genus: str
    members: tuple[str, ...]
    told_apart_by: str
    sources: tuple[str, ...]


def load_cryptic_groups(file: Path | None = None) -> Mapping[str, CrypticGroup]:
    """The groups by the accepted name of each member species.

    Raises:
        FieldGuideError: GUIDE_MISSING, or GUIDE_BROKEN with `file`, `row` and `problem` (a missing column, a member
            of another genus, a species in two groups).
    """
    file = file or resource("guide", "cryptic_groups.csv")
    found: dict[str, CrypticGroup] = {}
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=2):
                try:
                    group = _group(row)
                    twice = found.keys() & set(group.members)
                    if twice:
                        raise ValueError(f"{sorted(twice)[0]} stands in two groups")
                except (KeyError, ValueError, AttributeError) as problem:
                    raise FieldGuideError(
                        ErrorCode.GUIDE_BROKEN, file=file.name, row=number, problem=str(problem)
                    ) from problem
                found.update(dict.fromkeys(group.members, group))
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.GUIDE_MISSING, file=str(file)) from missing
    return found


@cache
def shipped_groups() -> Mapping[str, CrypticGroup]:
    """The groups that ship with the guide, read once."""
    return load_cryptic_groups()


def _group(row: Mapping[str, str]) -> CrypticGroup:
    members = tuple(row["members"].split("|"))
    outside = [member for member in members if member.split()[0] != row["genus"]]
    if outside:
        raise ValueError(f"{outside[0]} is no {row['genus']}")
    return CrypticGroup(row["key"], row["genus"], members, row["told_apart_by"], tuple(row["sources"].split("|")))
