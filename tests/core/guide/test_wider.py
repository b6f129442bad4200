"""The table of orders and classes holds every family of the shipped guide, and is refused when it is damaged."""

from __future__ import annotations

from csv import DictReader
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.wider import load_wider_names, shipped_wider_names
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank

HEADER = "name,rank,other_names,holds,sources\n"


def test_every_family_stands_below_the_kingdom_and_nothing_else_does() -> None:
    guide = load_guide()
    families = {name for name, each in guide.records.items() if each.taxon.rank is Rank.FAMILY}
    assert set(shipped_wider_names()["Fungi"]) | {"Physaraceae"} == families  # a slime mould is none
    assert {below for held in shipped_wider_names().values() for below in held} <= guide.records.keys()


def test_every_row_names_sources_of_the_guide() -> None:
    sources = load_guide().sources
    with resource("guide", "wider.csv").open(encoding="utf-8", newline="") as stream:
        assert [row for row in DictReader(stream) if not set(row["sources"].split("|")) <= sources.keys()] == []


@pytest.mark.parametrize(
    "row", ["Novales,order,,,k", "Novales,order,,Novaceae,k\nNovales,order,,Aliaceae,k", "Novales,order", ",order,,A,k"]
)
def test_a_damaged_table_is_refused(tmp_path: Path, row: str) -> None:
    (tmp_path / "wider.csv").write_text(f"{HEADER}{row}\n", encoding="utf-8")
    with pytest.raises(FieldGuideError) as refused:
        load_wider_names(tmp_path / "wider.csv")
    assert refused.value.code is ErrorCode.GUIDE_BROKEN


def test_a_table_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as missing:
        load_wider_names(tmp_path / "none.csv")
    assert missing.value.code is ErrorCode.GUIDE_MISSING
