"""A zip from a stranger: read by one reader, refused where another could find something else in it, and written anew.

Two readers need not agree on what a zip holds. Python takes the directory that stands at the end, torch the one that a
record says; a comment, a gap, a longer field or a second record can hide one directory from either. So a file is taken
only when its parts lie side by side without a gap, and no other reader ever gets the file: it gets what `rewritten`
made of what was read here. Knows nothing of what the files inside mean.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import IO

from fieldguide.core.errors import ErrorCode, FieldGuideError

MAX_UNPACKED_BYTES = 1024 * 2**20
MAX_RATIO = 100  # torch stores its files unpacked (ratio 1); text packs 10:1, only a bomb packs 1000:1
MAX_ENTRIES = 20_000

# Records of a zip and where they begin to matter: PKWARE's APPNOTE 6.3, sections 4.3.7 to 4.3.16.
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF  # stands for "see the longer record"
_ENCRYPTED, _DESCRIBED_BEHIND, _PATCHED, _HIDDEN = 0x1, 0x8, 0x20, 0x2040
_DESCRIPTOR_BYTES = {12, 16, 20, 24}  # with or without a signature, with 4- or 8-byte sizes
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_SYMLINK = 0xA000


def refuse_tricks(archive: zipfile.ZipFile, file: str, unpacked: int = MAX_UNPACKED_BYTES) -> None:
    """Refuse what is too large, or could be read in two ways; nothing inside is unpacked. `unpacked`: bytes allowed.

    Raises:
        FieldGuideError: BUNDLE_TOO_LARGE, BUNDLE_UNSAFE or BUNDLE_DAMAGED with `file`.
    """
    entries = archive.infolist()
    refuse_sizes(entries, file, unpacked)
    _refuse_names(entries, file)
    stream = archive.fp
    assert stream is not None  # open until it is closed
    start = _directory(stream, len(entries), file)
    if start != archive.start_dir or not _side_by_side(stream, entries, start):
        raise unsafe(file, "parts that overlap or leave a gap")


def rewritten(archive: zipfile.ZipFile, keep: Callable[[str], bool]) -> bytes:
    """A plain archive of the files whose names `keep` wants, each read (its checksum too) and written anew."""
    fresh = io.BytesIO()
    with zipfile.ZipFile(fresh, "w") as written:
        for entry in archive.infolist():
            if keep(entry.filename):
                plain = zipfile.ZipInfo(entry.filename)
                plain.compress_type = entry.compress_type
                written.writestr(plain, archive.read(entry))
    return fresh.getvalue()


def refuse_sizes(entries: list[zipfile.ZipInfo], file: str, limit: int = MAX_UNPACKED_BYTES) -> None:
    """Bound what the archive says it unpacks to (the reader stops there, whatever it really holds).

    Raises:
        FieldGuideError: BUNDLE_TOO_LARGE or BUNDLE_UNSAFE with `file`.
    """
    if len(entries) > MAX_ENTRIES:
        raise unsafe(file, f"{len(entries)} files inside")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limit:
        raise too_large(file, unpacked, limit)
    if unpacked > 2**20 and unpacked > MAX_RATIO * sum(entry.compress_size for entry in entries):
        raise unsafe(file, "many files that are packed too well")
    for entry in entries:
        if entry.file_size > 2**20 and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise unsafe(file, f"{entry.filename:.60} is packed too well")


def too_large(file: str, size: int, limit: int) -> FieldGuideError:
    """BUNDLE_TOO_LARGE; both in bytes."""
    facts = {"size": f"{size // 2**20} MB", "limit": f"{limit // 2**20} MB"}
    return FieldGuideError(ErrorCode.BUNDLE_TOO_LARGE, file=file, **facts)


def unsafe(file: str, problem: str) -> FieldGuideError:
    """BUNDLE_UNSAFE; `problem` is a short phrase."""
    return FieldGuideError(ErrorCode.BUNDLE_UNSAFE, file=file, problem=problem)


def _refuse_names(entries: list[zipfile.ZipInfo], file: str) -> None:
    """Names that leave the archive, stand twice (two readers may take different ones), hide, or point elsewhere."""
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        parts = name.split("/")
        odd = "\\" in name or ":" in name or not name.isprintable() or entry.orig_filename != name
        if odd or {"", ".", ".."} & set(parts) or name.lower() in seen:
            raise unsafe(file, f"a file named {name!r:.60}")
        locked = entry.flag_bits & (_ENCRYPTED | _PATCHED | _HIDDEN) or entry.compress_type not in _PACKINGS
        if locked or (entry.external_attr >> 16) & 0xF000 == _SYMLINK:
            raise unsafe(file, f"{name:.60} is a link or locked")
        seen.add(name.lower())


def _directory(stream: IO[bytes], count: int, file: str) -> int:
    """Where the one directory begins, by a record that is the very end of the file and agrees with its longer form."""
    end_of_file = stream.seek(0, io.SEEK_END)
    tail_bytes = min(end_of_file, _END64.size + _LOCATOR.size + _END.size)
    stream.seek(end_of_file - tail_bytes)
    tail = stream.read(tail_bytes)
    if tail[-_END.size :][:4] != b"PK\5\6":
        raise unsafe(file, "something behind the archive")
    _, disk, first_disk, here, all_entries, size, start, comment = _END.unpack(tail[-_END.size :])
    if comment or disk or first_disk or here != all_entries:
        raise unsafe(file, "a comment, or a part of several")
    end = end_of_file - _END.size
    if tail[-_END.size - _LOCATOR.size :][:4] == b"PK\6\7":
        end = end_of_file - tail_bytes
        _, where_disk, where, disks = _LOCATOR.unpack(tail[_END64.size : -_END.size])
        kind, rest, _, _, disk, first_disk, here, long_count, long_size, long_start = _END64.unpack(tail[: _END64.size])
        fields = (where_disk, where, disks, kind, rest, disk, first_disk, here)
        if fields != (0, end, 1, b"PK\6\6", _END64.size - 12, 0, 0, long_count):
            raise unsafe(file, "two directories")
        pairs = ((all_entries, long_count, _FULL16), (size, long_size, _FULL32), (start, long_start, _FULL32))
        if any(short not in (long, full) for short, long, full in pairs):
            raise unsafe(file, "two directories")
        all_entries, size, start = long_count, long_size, long_start
    if all_entries != count or start + size != end:
        raise unsafe(file, "two directories")
    return int(start)


def _side_by_side(stream: IO[bytes], entries: list[zipfile.ZipInfo], end: int) -> bool:
    """Whether the files lie one behind the other from 0 to `end`, each under the name that the directory gives it."""
    place = 0
    ordered = sorted(entries, key=lambda each: each.header_offset)
    for entry, following in zip(ordered, [*(each.header_offset for each in ordered[1:]), end], strict=True):
        stream.seek(place)
        header = stream.read(_LOCAL.size)
        if entry.header_offset != place or entry.comment or header[:4] != b"PK\3\4" or len(header) < _LOCAL.size:
            return False
        _, _, flags, packing, _, _, crc, packed, unpacked, name_bytes, extra_bytes = _LOCAL.unpack(header)
        name = entry.filename.encode("utf-8" if flags & 0x800 else "cp437")
        if (flags, packing) != (entry.flag_bits, entry.compress_type) or stream.read(name_bytes) != name:
            return False
        place += _LOCAL.size + name_bytes + extra_bytes + entry.compress_size
        if flags & _DESCRIBED_BEHIND:
            if following - place not in _DESCRIPTOR_BYTES:
                return False
            place = following
        elif not (
            crc == entry.CRC and packed in (entry.compress_size, _FULL32) and unpacked in (entry.file_size, _FULL32)
        ):
            return False
    return place == end
