"""Names of files that break lines or turn letters round: harmless on a terminal and in what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import escaped, explain, shown
from fieldguide.storage.rows import plain_suffix

MOVING = ["\n", "\r", "\x1b[2J", "\x85", "\u2028", "\u202e", "\u2066", "\u200f", "\u061c"]


@pytest.mark.parametrize("sign", MOVING)
def test_a_name_stays_on_its_line(sign: str) -> None:
    name = f"a{sign}no danger.jpg"
    for said in (shown(name), explain(FieldGuideError(ErrorCode.PHOTO_MISSING, file=name))):
        assert len(said.splitlines()) == 1
        assert sign[0] not in said
        assert "no danger.jpg" in said


@pytest.mark.parametrize("sign", MOVING)
def test_json_says_the_same_and_moves_nothing(sign: str) -> None:
    document = {"file": f"a{sign}b", "more": [1, {"x": "ü"}]}
    words = escaped(json.dumps(document, ensure_ascii=False, indent=2))
    assert json.loads(words) == document
    assert sign[0] not in words.replace("\n", "")
    assert "ü" in words


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.JPG", ".jpg"),
        ("a.jp\u202eg", ".jpg"),
        ("a.jpg\n=1+1", ".jpg11"),
        ("a." + "x" * 240, ".xxxxxxxxxxx"),
        ("a", ""),
    ],
)
def test_the_suffix_of_a_copy_is_one_on_every_system(name: str, suffix: str) -> None:
    assert plain_suffix(Path(name)) == suffix
