"""What a drop names, as the bytes it is."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from fieldguide.services.dropped import URI_LIST, dropped_paths

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the addresses of POSIX")


def listed(*lines: bytes) -> QMimeData:
    mime = QMimeData()
    mime.setData(URI_LIST, b"\r\n".join(lines) + b"\r\n")
    return mime


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (b"file:///tmp/a%20b.jpg", b"/tmp/a b.jpg"),
        (b"file:/tmp/a.jpg", b"/tmp/a.jpg"),
        (b"FILE:///tmp/a.jpg", b"/tmp/a.jpg"),
        (b"file://localhost/tmp/a.jpg", b"/tmp/a.jpg"),
        (b"file://" + platform.node().encode() + b"/tmp/a.jpg", b"/tmp/a.jpg"),
        (b"file:///tmp/Gr%FCn.jpg", b"/tmp/Gr\xfcn.jpg"),
        (b"file:///tmp/Gr%C3%BCn.jpg", b"/tmp/Gr\xc3\xbcn.jpg"),
        (b"file:///tmp/100%25%23.jpg", b"/tmp/100%#.jpg"),
    ],
)
def test_a_local_file_is_taken(address: bytes, name: bytes) -> None:
    assert [os.fsencode(path) for path in dropped_paths(listed(address))] == [name]


@pytest.mark.parametrize(
    "address",
    [
        b"file://",
        b"file:///",
        b"file:",
        b"",
        b"https://example.org/a.jpg",
        b"file://server/a.jpg",
        b"file:///a%00b",
        b"file:../a",
    ],
)
def test_what_names_no_local_file_is_left_out(address: bytes) -> None:
    assert dropped_paths(listed(address)) == []
    assert dropped_paths(listed(address, b"file:///tmp/b.jpg")) == [Path("/tmp/b.jpg")]


def test_an_address_without_end_is_read_in_no_time_and_named() -> None:
    began = time.thread_time()
    (path,) = dropped_paths(listed(b"file:///" + b"%20" * 1_000_000))
    assert time.thread_time() - began < 0.5
    assert 4096 < len(os.fsencode(path)) < 20_000, "longer than any path, so that reading it is refused by a sentence"


def test_a_drop_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldguide.services.dropped.MAX_ADDRESSES", 3)
    assert dropped_paths(listed(*[b"file:///tmp/%d" % number for number in range(9)])) == [
        Path(f"/tmp/{number}") for number in range(3)
    ]


def test_addresses_of_qt_are_taken_too() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/ä b.jpg"), QUrl("https://example.org/"), QUrl()])
    assert dropped_paths(mime) == [Path("/tmp/ä b.jpg")]
    assert dropped_paths(QMimeData()) == dropped_paths(None) == []
