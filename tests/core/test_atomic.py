"""A file is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path

import pytest

from fieldguide.core.atomic import write_whole, written_atomically, written_text, written_together
from fieldguide.core.errors import ErrorCode, FieldGuideError

ROOT = Path(__file__).resolve().parents[2]


def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    write_whole(file, "old")

    def fail() -> None:
        with written_text(file) as stream:
            stream.write("new, but ")
            raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        fail()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_files_that_belong_together_come_together_or_not_at_all(tmp_path: Path) -> None:
    first, second, blocked = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"
    write_whole(first, "old")
    (blocked / "in the way").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    def write(*paths: Path) -> None:
        with written_together(*paths) as streams:
            for stream in streams:
                stream.write(b"new")

    for last in (blocked, tmp_path / "none" / "d.csv"):
        with pytest.raises(FieldGuideError) as refused:
            write(first, second, last)
        assert refused.value.code is ErrorCode.NOT_WRITABLE
        assert first.read_text() == "old"
        assert sorted(tmp_path.rglob("*")) == before
    write(first, second)
    assert (first.read_text(), second.read_text()) == ("new", "new")
    assert len(list(tmp_path.iterdir())) == 3


def test_what_gets_in_the_way_at_the_end_brings_every_old_file_back(tmp_path: Path) -> None:
    kept, new, last = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    write_whole(kept, "old")

    def write() -> None:
        with written_together(kept, new, last) as streams:
            for stream in streams:
                stream.write(b"new")
            (last / "in the way").mkdir(parents=True)

    with pytest.raises(FieldGuideError) as refused:
        write()
    assert refused.value.code is ErrorCode.NOT_WRITABLE
    assert kept.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "c.csv"]


def test_a_fault_of_another_kind_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError), written_atomically(tmp_path / "a"):
        raise TimeoutError(errno.ETIMEDOUT, "no answer")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_what_is_no_file_is_not_put_away_for_one(tmp_path: Path) -> None:
    """An export to a device, by somebody who may do everything, took the device away."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FieldGuideError) as refused:
        write_whole(pipe, "new")
    assert refused.value.code is ErrorCode.NOT_WRITABLE
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_text_keeps_its_ends_of_lines_and_its_encoding(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with written_text(file, encoding="utf-8-sig") as stream:
        stream.write("ä\r\nb\n")
    assert file.read_bytes() == b"\xef\xbb\xbf\xc3\xa4\r\nb\n"


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, ErrorCode.DISK_FULL), (errno.EROFS, ErrorCode.NOT_WRITABLE)]
)
def test_what_the_system_refuses_becomes_a_code(number: int, code: ErrorCode, tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refused, written_atomically(tmp_path / "a"):
        raise OSError(number, "no")
    assert refused.value.code is code
    assert list(tmp_path.iterdir()) == []


def test_nobody_writes_files_by_hand() -> None:
    """`open("w")`, `write_text` and `write_bytes` belong to one module; what streams or appends is named here."""
    allowed = {
        "fieldguide/core/atomic.py": {"open"},
        "fieldguide/services/training_child.py": {"open"},  # streams that a child process writes itself
        "fieldguide/storage/trainer_home.py": {"open"},  # likewise: what pip says
        "trainer/data/collect/download.py": {"open"},  # a part that is looked at before it gets its name
    }
    found = {}
    for folder in ("fieldguide", "trainer"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            calls = {
                node.func.attr
                for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node)
            }
            left = calls - allowed.get(str(file.relative_to(ROOT)), set())
            if left:
                found[str(file.relative_to(ROOT))] = left
    assert found == {}


def _writes(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr in {"write_text", "write_bytes"}:
        return True
    modes = [value.value for value in call.args if isinstance(value, ast.Constant)]
    return call.func.attr == "open" and any(mode in {"w", "wb", "x", "xb"} for mode in modes[:1])
