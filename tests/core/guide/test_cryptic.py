from __future__ import annotations

from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.cryptic import load_cryptic_groups, shipped_groups

HEADER = "key,genus,members,told_apart_by,sources\n"


def test_every_member_and_source_stands_in_the_guide() -> None:
    guide = load_guide()
    assert [name for name in shipped_groups() if name not in guide.records] == []
    assert {key for group in shipped_groups().values() for key in group.sources} <= set(guide.sources)


def test_the_deadly_white_ones_and_the_fibrecaps_are_in_it() -> None:
    for name in ("Amanita virosa", "Amanita verna", "Cortinarius orellanus", "Galerina marginata", "Inocybe geophylla"):
        assert name in shipped_groups()


@pytest.mark.parametrize(
    "row",
    [
        "a,Amanita,Galerina marginata,spores,k_general\n",
        "a,Amanita,Amanita virosa,spores,k_general\nb,Amanita,Amanita virosa,spores,k_general\n",
        "a,Amanita\n",
    ],
)
def test_a_broken_table_is_named_with_its_row(row: str, tmp_path: Path) -> None:
    file = tmp_path / "cryptic_groups.csv"
    file.write_text(HEADER + row, encoding="utf-8")
    with pytest.raises(FieldGuideError) as refused:
        load_cryptic_groups(file)
    assert refused.value.code is ErrorCode.GUIDE_BROKEN
    assert refused.value.facts["file"] == file.name


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refused:
        load_cryptic_groups(tmp_path / "none.csv")
    assert refused.value.code is ErrorCode.GUIDE_MISSING
