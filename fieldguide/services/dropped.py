"""Which files a drop or the clipboard names. Knows no window.

Trap: QUrl cannot give back a name that is no UTF-8, calls `file://localhost/...` and the own host a network share, and
makes the current folder of an empty address. So the list is read as the bytes it is (RFC 2483, RFC 8089).
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData

URI_LIST = "text/uri-list"
MAX_ADDRESS = 16_384  # bytes of one address that are read: four for each of the longest path that a system takes
MAX_ADDRESSES = 200_000  # of one drop; what comes after them is no selection of photos


def dropped_paths(mime: QMimeData | None) -> list[Path]:
    """The local files that were dropped or copied, in their order; addresses of elsewhere are left out."""
    if mime is None or not mime.hasUrls():
        return []
    if os.name == "nt":  # its names are always text, and its shares are addresses with a host
        return [Path(name) for url in mime.urls() if url.isLocalFile() and (name := url.toLocalFile())]
    lines = (
        bytes(mime.data(URI_LIST).data()).split(b"\n", MAX_ADDRESSES)[:MAX_ADDRESSES]
        if mime.hasFormat(URI_LIST)
        else []
    )
    lines = lines or [bytes(url.toEncoded().data()) for url in mime.urls()]
    here = {b"", b"localhost", platform.node().lower().encode()}
    return [path for line in lines if (path := _local_path(line.strip(), here)) is not None]


def _local_path(address: bytes, here: set[bytes]) -> Path | None:
    scheme, colon, rest = address.partition(b":")
    if not colon or scheme.lower() != b"file":
        return None
    host = b""
    if rest.startswith(b"//"):
        host, slash, rest = rest[2:].partition(b"/")
        rest = slash + rest
    rest = rest.partition(b"#")[0].partition(b"?")[0]
    if host.lower() not in here or len(rest) < 2 or not rest.startswith(b"/"):
        return None
    name = unquote_to_bytes(rest[:MAX_ADDRESS])
    return None if b"\0" in name else Path(os.fsdecode(name))
