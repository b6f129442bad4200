"""Texts and tables that people edit, as any program saves them; and what is refused with a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fieldguide.core.edited import decode, is_plain, parted, read_text, rows_of
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
    assert [row["danger"] for row in rows_of(f'"sep={sign}"\n{text}')] == ["deadly"]


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
