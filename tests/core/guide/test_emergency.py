"""The emergency numbers: what ships, and tables that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide.emergency import load_emergency_numbers, shipped_numbers

HEADER = "country_iso2,phone,verified\n"


def test_the_shipped_numbers_can_be_dialled_and_say_whether_they_were_read() -> None:
    numbers = shipped_numbers()
    assert numbers["DE"].phone == "112"
    assert {number.was_read for number in numbers.values()} <= {True, False}
    assert all(code == number.country and number.phone.strip() for code, number in numbers.items())


def test_only_a_number_that_was_read_is_called_so(tmp_path: Path) -> None:
    table = tmp_path / "numbers.csv"
    table.write_text(HEADER + "AA,112,read: a page\nBB,999,recalled\nCC,911,\n", encoding="utf-8")
    assert [number.was_read for number in load_emergency_numbers(table).values()] == [True, False, False]


@pytest.mark.parametrize("row", ["D,112,read", "DE,call,read", "DE,,read", "AA,113,read"])
def test_a_row_that_nobody_can_dial_is_named(tmp_path: Path, row: str) -> None:
    table = tmp_path / "numbers.csv"
    table.write_text(f"{HEADER}AA,112,read\n{row}\n", encoding="utf-8")
    with pytest.raises(FieldGuideError) as refused:
        load_emergency_numbers(table)
    assert refused.value.code is ErrorCode.GUIDE_BROKEN
    assert refused.value.facts["row"] == 3


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refused:
        load_emergency_numbers(tmp_path / "none.csv")
    assert refused.value.code is ErrorCode.GUIDE_MISSING
