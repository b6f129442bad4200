"""Texts and tables that people edit, as any program saves them; and what is refused with a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fieldguide.core.edited import Rows, decode, is_plain, parted, read_text
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain

WORDS = "name,danger\nGrüner Knollenblätterpilz,deadly\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_tells_its_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "words.csv"
    file.write_bytes(WORDS.encode(encoding))
    assert read_text(file) == WORDS


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-16-le", "utf-32"])
def test_what_does_not_is_one_sentence_with_the_file(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "words.csv"
    file.write_bytes(WORDS.encode(encoding))
    with pytest.raises(FieldGuideError) as refused:
        read_text(file)
    assert refused.value.code is ErrorCode.EDITED_ENCODING
    assert str(file) in explain(refused.value)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_columns_are_parted_as_the_head_says(sign: str) -> None:
    text = WORDS.replace(",", sign)
    assert parted(text) == (text, sign)
    assert parted(f"sep={sign}\r\n{text}") == (text, sign)
    assert [row["danger"] for row in Rows(f'"sep={sign}"\n{text}', Path("x.csv"))] == ["deadly"]


def test_what_this_project_writes_is_plain_and_nothing_else_is() -> None:
    assert is_plain(WORDS.encode())
    for other in (WORDS.encode("utf-8-sig"), WORDS.encode("utf-16"), WORDS.replace(",", ";").encode()):
        assert not is_plain(other)


def test_line_ends_stay_as_they_are() -> None:
    assert decode(b"one\r\ntwo\n") == "one\r\ntwo\n"


def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    endless = [Path("/dev/zero")] if Path("/dev/zero").exists() else []
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        endless.append(tmp_path / "pipe")
    large = tmp_path / "large"
    large.write_bytes(b"x" * 100)
    for file, most in [*((each, 1000) for each in endless), (large, 99), (tmp_path, 1000)]:
        with pytest.raises(FieldGuideError) as refused:
            read_text(file, most)
        assert refused.value.code is ErrorCode.EDITED_ENDLESS


@pytest.mark.parametrize(
    ("row", "table"),
    [
        (3, 'name,danger\na,b\n"c,d\ne,f\n'),
        (2, 'name,danger\n"a"b,c\nd,e\n'),
        (2, "name,danger\n" + "a" * 200_000 + ",b\n"),
        (2, "name,danger\na" + ",b" * 600_000 + "\n"),
        (1, "name" + ",c" * 20_000 + "\na,b\n"),
        (2, "name,danger\n" + "\n" * 2_000_000),
        (2, 'name,danger\n"' + '\n","' * 300_000),
    ],
    ids=["open quote", "quote inside", "long cell", "long row", "wide head", "blank lines", "row of many lines"],
)
def test_what_is_no_row_is_one_sentence_with_the_line_where_it_begins(row: int, table: str) -> None:
    with pytest.raises(FieldGuideError) as refused:
        list(Rows(table, Path("finds.csv")))
    assert refused.value.code is ErrorCode.EDITED_TABLE
    assert refused.value.facts["row"] == row
    assert "finds.csv" in explain(refused.value)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_table_of_more_rows_than_photos_are_taken_is_refused_before_it_is_read(end: str) -> None:
    with pytest.raises(FieldGuideError) as refused:
        Rows("file" + end + ("a" + end) * 5_000_000, Path("photos.csv"))
    assert refused.value.code is ErrorCode.EDITED_ENDLESS


def test_chosen_columns_come_in_their_order_and_blank_where_there_is_none() -> None:
    rows = Rows("a,b,a\n1,2,3,4\n5\n\n6,7\n", Path("finds.csv"))
    assert [tuple(row) for row in rows.chosen("b", "c", "a")] == [("2", "", "3"), ("", "", ""), ("7", "", "")]


def test_a_table_is_read_as_spreadsheets_mean_it() -> None:
    """Blank lines, short rows, empty columns at the end as a spreadsheet saves them, a cell of two lines."""
    rows = Rows('\r\n name ,danger,,,\r\n\r\n"a\nb",deadly,,,\r\nc\r\n', Path("finds.csv"))
    assert [(row["name"], row["danger"]) for row in rows] == [("a\nb", "deadly"), ("c", None)]
    assert rows.on_last_line
