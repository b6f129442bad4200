"""A label list in a text file, one label for each output of a network, in order; as taxa and common names.

A line is `Scientific name`, `Scientific name (Common name)` or `background`. Names that the guide knows take its place
in the tree (an old synonym its accepted name); misspellings are not guessed at, for a list may be of any kingdom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, Match
from fieldguide.core.taxonomy import BACKGROUND, Taxon
from trainer.config import read_text
from trainer.data.labels import unlisted_taxon

_LINE = re.compile(r"^(?P<name>[^()]+?)\s*(?:\((?P<common>.*)\))?$")


@dataclass(frozen=True, slots=True)
class LabelList:
    """`taxa` in the order of the outputs; `common_names` by scientific name, for those that have one."""

    taxa: tuple[Taxon, ...]
    common_names: dict[str, str]


def read_label_list(file: Path, guide: Guide) -> LabelList:
    """Read the list; empty lines at its end are no labels.

    Raises:
        FieldGuideError: CONFIG_INVALID for a file that is not there or no text, an empty line in between, a line of
            another form, or a name that stands twice.
    """
    try:
        lines = read_text(file, "--labels").rstrip().splitlines()
    except FileNotFoundError as missing:
        raise _refusal(f"{file} is not there") from missing
    except OSError as problem:
        raise _refusal(f"{file}: {problem}") from problem
    taxa: list[Taxon] = []
    common_names: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        found = _LINE.match(line.strip())
        if found is None:
            raise _refusal(f"{file.name}, line {number} is {line!r:.60}, not a name")
        if found["name"][:1].isdigit():
            raise _refusal(f"{file.name}, line {number} begins with a number: leave it out, the order tells it")
        taxon = _taxon(found["name"], guide)
        if taxon in taxa:
            raise _refusal(f"{file.name}, line {number}: {taxon.name} stands twice")
        taxa.append(taxon)
        if found["common"]:
            common_names[taxon.name] = found["common"].strip()
    return LabelList(tuple(taxa), common_names)


def _taxon(name: str, guide: Guide) -> Taxon:
    if name.strip().lower() == BACKGROUND.name.lower():
        return BACKGROUND
    found = guide.resolve(name)
    return found.taxon if found is not None and found.match is not Match.MISSPELLING else unlisted_taxon(name)


def _refusal(problem: str) -> FieldGuideError:
    return FieldGuideError(ErrorCode.CONFIG_INVALID, option="--labels", problem=problem)
