"""Zips as no honest program writes them: records by hand, so that two readers find different things."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Packed:
    """Files as local records (`body`) and as a directory, both to be put anywhere."""

    body: bytes = b""
    directory: bytes = b""
    count: int = 0
    offsets: list[int] = field(default_factory=list)


def files_of(archive: Path | bytes) -> dict[str, bytes]:
    """The files of an honest archive, torch's notes for debuggers left out."""
    with zipfile.ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive) as opened:
        return {name: opened.read(name) for name in opened.namelist() if not name.endswith("debug_pkl")}


def pack(files: dict[str, bytes], base: int = 0, *, last_comment: bytes = b"", gap: int = 0, shift: int = 0) -> Packed:
    """Stored files whose body begins at `base` of the file; `gap` bytes lie between them.

    The directory says that each begins `shift` bytes later than it does.
    """
    packed = Packed()
    for place, (name, data) in enumerate(files.items()):
        path, crc, offset = name.encode(), zipfile.crc32(data), base + len(packed.body)
        common = (0, 0, 0, 0x21, crc, len(data), len(data), len(path), 0)
        packed.body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *common) + path + data + bytes(gap)
        comment = last_comment if place == len(files) - 1 else b""
        rest = (len(comment), 0, 0, 0, offset + shift)
        packed.directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *common, *rest) + path + comment
        packed.count += 1
        packed.offsets.append(offset)
    return packed


def end(count: int, size: int, start: int, comment: bytes = b"") -> bytes:
    """The record at the end, which says where a directory is."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, len(comment)) + comment


def end64(count: int, size: int, start: int, where: int, rest: int = 44) -> bytes:
    """Its longer form, then the record that says `where` that lies."""
    long = struct.pack("<4sQ2H2L4Q", b"PK\6\6", rest, 45, 45, 0, 0, count, count, size, start)
    return long + struct.pack("<4sLQL", b"PK\6\7", 0, where, 1)
