"""A photo's bytes without the place where it was taken; not one pixel changes, and no other part moves.

What tells of a place is overwritten where it stands: in tags (`place_tags`) and in words (`place_words`). What a JPEG
parts into segments may be torn there: EXIF and captions are put together before they are looked through, XMP in several
segments is blanked whole. Of a PNG, texts that are packed are left out whole.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import islice

from fieldguide.core.photo.place_tags import empty_tags
from fieldguide.core.photo.place_words import words_of_place

_JPEG = re.compile(rb"\xff\xd8\xff")
_HEADS = re.compile(  # of segments that hold one thing together
    rb"(?s:\xe1..(?P<exif>Exif\0\0)|\xe1..(?P<xmp>http://ns\.adobe\.com/x(?:ap/1\.0/\0|mp/extension/\0.{40}))|"
    rb"\xed..(?P<captions>Photoshop 3\.0\0)|\xeb..(?P<credentials>JP.{10}jumb))"
)
_PIXELS, _FILL = 0xDA, 0xFF  # within a JPEG: where coded pixels begin, nothing
_MOST_JPEGS = 64  # within one file

Piece = tuple[int, int]


def without_place(data: bytes) -> bytes:
    """The same file without places, as long as it was; what holds none, or is no picture, comes back as it is.

    Of a PNG whose packed texts may hold one these are gone.
    """
    png = data.startswith(b"\x89PNG")
    if png:
        data = _without_packed_texts(data)
    kept, apart = bytearray(data), list[Piece]()
    for kind, pieces in _parted(data):
        if kind == "credentials" or (kind == "xmp" and len(pieces) > 1):
            for start, end in pieces:
                kept[start:end] = b" " * (end - start)
        elif kind != "xmp":
            apart += pieces
            joined = bytearray().join(kept[start:end] for start, end in pieces)
            empty_tags(joined)
            for start, end in pieces:
                kept[start:end], joined = joined[: end - start], joined[end - start :]
    for start, end in words_of_place(bytes(kept)):
        end = min(end, len(kept))
        kept[start:end] = b" " * (end - start)
    empty_tags(kept, apart)
    if png and kept != data:
        _sum_anew(kept)
    return bytes(kept)


def _parted(data: bytes) -> Iterator[tuple[str, list[Piece]]]:
    """What each JPEG within the file holds in segments of one kind, by the name of the kind."""
    for start in islice(_JPEG.finditer(data), _MOST_JPEGS):
        found = dict[str, list[Piece]]()
        for kind, piece in _segments(data, start.end() - 1):
            found.setdefault(kind, []).append(piece)
        yield from found.items()


def _segments(data: bytes, place: int) -> Iterator[tuple[str, Piece]]:
    """Kinds and contents from the first segment of a JPEG, at `place`, until its pixels."""
    while data[place : place + 1] == b"\xff" and len(data) >= place + 4:
        kind, size = struct.unpack_from(">BH", data, place + 1)
        if kind == _FILL:
            place += 1
            continue
        if kind == _PIXELS or size < 2:
            return
        head = _HEADS.match(data, place + 1, place + 2 + size)
        if head:
            yield head.lastgroup or "", (head.end(), min(place + 2 + size, len(data)))
        place += 2 + size


def _chunks(data: bytes, take: Callable[[int, int], None]) -> None:
    """Hand on where each chunk of a PNG begins and ends; what lies behind the last one that is whole is one more."""
    place = 8
    while place + 12 <= len(data) and (end := place + 12 + int.from_bytes(data[place : place + 4], "big")) <= len(data):
        take(place, end)
        place = end
    take(place, len(data))


def _without_packed_texts(data: bytes) -> bytes:
    kept = bytearray(data[:8])

    def keep(start: int, end: int) -> None:
        kind, body = data[start + 4 : start + 8], data[start + 8 : end - 4]
        keyword, _, rest = body.partition(b"\0")
        packed = kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1")
        if not packed and not (kind in (b"tEXt", b"iTXt") and keyword.startswith(b"Raw profile type")):
            kept.extend(data[start:end])

    _chunks(data, keep)
    return bytes(kept)


def _sum_anew(data: bytearray) -> None:
    """Checksums of a PNG's chunks."""

    def write(start: int, end: int) -> None:
        if start + 12 <= end:
            data[end - 4 : end] = struct.pack(">I", zlib.crc32(data[start + 4 : end - 4]))

    _chunks(bytes(data), write)
