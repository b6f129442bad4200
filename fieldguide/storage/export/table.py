"""Finds as the rows of two tables, for CSV and XLSX alike: one row a find, and one row a candidate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fieldguide.core.decision.standing import machine_danger, shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.hands import danger_today
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import shown
from fieldguide.storage.export.places import UNCERTAINTY, Places
from fieldguide.storage.rows import file_name

Cell = str | int | float | bool | None

FIND_COLUMNS = (
    *("observation_id", "datetime", "latitude", "longitude", "uncertainty_m", "files"),
    *(
        "scientific_name",
        "common_name",
        "taxon_rank",
        "gbif_id",
        "danger_today",
        "machine_alarm",
        "is_verified",
        "verified_name",
        "verdict_kind",
        "verdict_name",
        "verdict_probability",
    ),
    *("verdict_reason", "alarm_probability", "alarm_deadly", "alarm_raised", "alarm_names", "model_id"),
    *("model_version", "guide_version", "tags", "stars", "notes"),
)
CANDIDATE_COLUMNS = (
    *("observation_id", "rank", "scientific_name", "common_name", "taxon_rank", "gbif_id", "confidence", "danger"),
    *("model_id", "model_version"),
)
_CALLS = re.compile(r"\s*([=@＝＠]|[+－＋-].*(\||!|\w\())", re.DOTALL)
_TERM = r"\$?[A-Za-z]{0,3}\$?\d[\w.,$%]*"  # a number or a cell
_SUM = re.compile(rf"\s*[+－＋-]\s*{_TERM}(\s*[-+*/^&<>=:]+\s*{_TERM})+\s*")


def find_row(find: Observation, guide: Guide, language: str, places: Places = Places.EXACT) -> tuple[Cell, ...]:
    """`FIND_COLUMNS` of a find, which is `placed` already: `uncertainty_m` says how far off a blurred place may be.

    `machine_alarm` is what the model warned of, whatever a person named it; `danger_today` is what is shown: the worst
    of both. `verdict_*` and `alarm_*` are as they were said.
    """
    said = find.identification
    alarm = said.alarm if said else None
    verdict = said.verdict if said else None
    return (
        find.id,
        find.observed_at.isoformat(timespec="seconds") if find.observed_at else None,
        find.latitude,
        find.longitude,
        UNCERTAINTY if places is Places.BLURRED and find.latitude is not None else None,
        "; ".join(shown(file_name(photo.path)) for photo in find.photos),
        *_taxon(shown_taxon(find), guide, language),
        danger_today(find, guide).shown.value,
        machine_danger(said, guide).shown.value,
        find.verified is not None,
        find.verified.name if find.verified else "",
        verdict.kind.value if verdict else "",
        verdict.taxon.name if verdict and verdict.taxon else "",
        round(verdict.probability, 4) if verdict else None,
        verdict.reason.value if verdict else "",
        round(alarm.probability, 4) if alarm else None,
        round(alarm.deadly, 4) if alarm else None,
        alarm.raised if alarm else None,
        "; ".join(one.taxon.name for one in alarm.taxa) if alarm else "",
        said.model.id if said else "",
        said.model.version if said else "",
        said.guide_version if said else "",
        "; ".join(find.tags),
        find.stars or None,
        find.notes,
    )


def candidate_rows(find: Observation, guide: Guide, language: str) -> Iterator[tuple[Cell, ...]]:
    """`CANDIDATE_COLUMNS` of each candidate; `rank` counts from 1, `danger` is today's guide's."""
    said = find.identification
    for place, one in enumerate(said.candidates if said else (), start=1):
        assert said is not None
        danger = guide.danger(one.taxon).shown.value
        names = _taxon(one.taxon, guide, language)
        yield (find.id, place, *names, round(one.probability, 4), danger, said.model.id, said.model.version)


def harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would run or reckon as a formula, behind an apostrophe; "+49 170" and "- on wood" stay.

    So is what stands behind a semicolon, where many spreadsheets begin another cell.
    """
    if not isinstance(cell, str):
        return cell
    return ";".join(_FIRST.sub(r"\1'", part) if _is_formula(part) else part for part in cell.split(";"))


_FIRST = re.compile(r"^( *)")


def _is_formula(words: str) -> bool:
    return bool(_CALLS.match(words) or _SUM.fullmatch(words))


def _taxon(taxon: Taxon | None, guide: Guide, language: str) -> tuple[Cell, ...]:
    if taxon is None:
        return ("", "", "", "")
    record = guide.record(taxon.name)
    common = record.common_name(language) if record else ""
    return (taxon.name, common, taxon.rank.value, (record.gbif_key if record else None) or "")
