"""A photo's bytes without the place where it was taken; not one pixel changes, and no other part moves.

What tells of a place is overwritten where it stands: the GPS tags of every EXIF block (Exif 2.32, tag 0x8825) and the
notes of its maker (nobody else knows what these say), coordinates and places that XMP writes in words, the captions of
press agencies (IPTC), and where a phone's short film was taken. XMP in several segments or in UTF-16 is blanked whole;
of a PNG, texts that are packed are left out whole.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from itertools import islice

_TIFF = re.compile(rb"II[*+]\0|MM\0[*+]")
_PLACES = (
    rb"[Gg][Pp][Ss]\w{0,60}|[Ll]at(?:itude)?|[Ll]ong?(?:itude)?|(?:Sub)?[Ll]ocation(?:Name)?|City|State|ProvinceState|"
    rb"Country(?:Name|Code)?|WorldRegion"
)
_IN_WORDS = re.compile(rb"""(?<=:)((?:""" + _PLACES + rb""")\s{0,99}(?:=\s{0,99}["']|>))([^"'<]*)""")
_WIDE = b"x\0:\0x\0m\0p\0m\0e\0t\0a"  # the tag around XMP in UTF-16
_JPEG = re.compile(rb"\xff\xd8\xff")
_OF_XMP = re.compile(rb"http://ns\.adobe\.com/x(?:ap/1\.0/\0|mp/extension/\0.{40})", re.DOTALL)  # heads of its segments
_OF_FILM = re.compile(rb"[+-]\d{2}\.\d{2,}[+-]\d{3}\.\d{2,}(?:[+-]\d+(?:\.\d*)?)?")  # ISO 6709
_CAPTIONS = re.compile(rb"8BIM\x04\x04")  # IPTC within a Photoshop block
_OF_PLACE = frozenset({26, 27, 90, 92, 95, 100, 101})  # IPTC-IIM 4.2: records 2:26 to 2:101
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_GPS, _DETAILS, _MAKERS_NOTES, _IPTC = 0x8825, 0x8769, 0x927C, 33723
_APPLICATION, _PIXELS, _FILL = 0xE1, 0xDA, 0xFF  # within a JPEG: XMP and EXIF, where coded pixels begin, nothing
_MOST_BLOCKS, _MOST_TAGS = 64, 4096  # of one EXIF block, and of one of its parts


def without_place(data: bytes) -> bytes:
    """The same file without places, as long as it was; what holds none, or is no picture, comes back as it is.

    Of a PNG whose packed texts may hold one these are gone.
    """
    png = data.startswith(b"\x89PNG")
    if png:
        data = _without_packed_texts(data)
    kept = bytearray(_IN_WORDS.sub(lambda found: found[1] + b" " * len(found[2]), data))
    for start, end in (*_split_xmp(data), *_wide_xmp(data)):
        kept[start:end] = b" " * (end - start)
    for found in _OF_FILM.finditer(data):
        kept[found.start() : found.end()] = b" " * len(found[0])
    for found in _TIFF.finditer(data):
        _Block(kept, found.start()).empty()
    for found in _CAPTIONS.finditer(data[:-1]):
        name = data[found.end()] // 2 * 2 + 2  # of the captions: its length and its letters, an even number of bytes
        _empty_captions(kept, found.end() + name + 4, len(kept))
    if png and kept != data:
        _sum_anew(kept)
    return bytes(kept)


def _split_xmp(data: bytes) -> list[tuple[int, int]]:
    """Where XMP stands that a JPEG, or one within the file, parts into segments: a place may be torn in two there."""
    parted = (_xmp_segments(data, start.end() - 1) for start in islice(_JPEG.finditer(data), _MOST_BLOCKS))
    return [segment for segments in parted if len(segments) > 1 for segment in segments]


def _xmp_segments(data: bytes, place: int) -> list[tuple[int, int]]:
    """What the segments of XMP hold from the first segment of a JPEG, at `place`, until its pixels."""
    found = []
    while data[place : place + 1] == b"\xff" and len(data) >= place + 4:
        kind, size = struct.unpack_from(">BH", data, place + 1)
        if kind == _FILL:
            place += 1
            continue
        if kind == _PIXELS or size < 2:
            break
        head = _OF_XMP.match(data, place + 4, place + 2 + size) if kind == _APPLICATION else None
        if head:
            found.append((head.end(), min(place + 2 + size, len(data))))
        place += 2 + size
    return found


def _wide_xmp(data: bytes) -> list[tuple[int, int]]:
    """Where XMP in UTF-16 stands, between its tags."""
    found, start = [], data.find(_WIDE)
    while start >= 0 and (end := data.find(_WIDE, start + len(_WIDE))) >= 0:
        found.append((start + len(_WIDE), end))
        start = data.find(_WIDE, end + len(_WIDE))
    return found


class _Block:
    """A block of EXIF, or a TIFF file; a damaged one is left as far as it cannot be followed."""

    def __init__(self, data: bytearray, start: int) -> None:
        self._data = data
        self._start = start
        self._order = "<" if data[start : start + 1] == b"I" else ">"
        self._wide = 0x2B in data[start + 2 : start + 4]  # BigTIFF: counts and offsets of eight bytes
        self._seen: set[int] = set()

    def empty(self) -> None:
        """Empty what tells of a place in every part of it."""
        first = self._number(self._start + (8 if self._wide else 4), 8 if self._wide else 4)
        self._follow(first)

    def _follow(self, place: int | None) -> None:
        while place and place not in self._seen and len(self._seen) < _MOST_BLOCKS:
            self._seen.add(place)
            entries = self._entries(place)
            for entry in entries:
                tag = self._number(entry, 2)
                if tag == _DETAILS:
                    self._follow(self._value(entry))
                elif tag == _GPS:
                    self._empty_tags(self._value(entry))
                elif tag in (_MAKERS_NOTES, _IPTC):
                    where, length = self._held(entry)
                    (_zero if tag == _MAKERS_NOTES else _empty_captions)(self._data, where, where + length)
            place = self._number(entries.stop, 8 if self._wide else 4) if entries else None

    def _empty_tags(self, place: int | None) -> None:
        entries = self._entries(place or len(self._data))
        for entry in entries:
            where, length = self._held(entry)
            _zero(self._data, where, where + min(length, 1000))
        if entries:
            _zero(self._data, entries.start - (8 if self._wide else 2), entries.stop)

    def _entries(self, place: int) -> range:
        """Where the entries of the part at `place` begin; none when it cannot be one."""
        head, step = (8, 20) if self._wide else (2, 12)
        begin = self._start + place + head
        count = self._number(begin - head, head) or 0
        end = begin + count * step
        entries = range(begin, end if count <= _MOST_TAGS and end <= len(self._data) else begin, step)
        known = sum(self._number(entry + 2, 2) in _SIZES for entry in entries)
        return entries if 2 * known >= len(entries) else range(begin, begin, step)  # pixels that begin as a block does

    def _value(self, entry: int) -> int | None:
        """The number in an entry, of two, four or eight bytes."""
        size = _SIZES.get(self._number(entry + 2, 2) or 0, 0)
        return self._number(entry + (12 if self._wide else 8), size) if size > 1 else None

    def _held(self, entry: int) -> tuple[int, int]:
        """Where the values of an entry stand and how many bytes they have."""
        size = 8 if self._wide else 4
        length = _SIZES.get(self._number(entry + 2, 2) or 0, 1) * (self._number(entry + 4, size) or 0)
        inside = entry + 4 + size
        return (inside, length) if length <= size else (self._start + (self._number(inside, size) or 0), length)

    def _number(self, place: int, size: int) -> int | None:
        found = self._data[place : place + size]
        return int.from_bytes(found, "little" if self._order == "<" else "big") if len(found) == size else None


def _empty_captions(data: bytearray, place: int, end: int) -> None:
    """Blank what IPTC says of places, one record behind the other."""
    while place + 5 <= min(end, len(data)) and data[place] == 0x1C:
        length = int.from_bytes(data[place + 3 : place + 5], "big")
        if data[place + 1] == 2 and data[place + 2] in _OF_PLACE:
            last = min(place + 5 + length, len(data))
            data[place + 5 : last] = b" " * (last - place - 5)
        place += 5 + length


def _zero(data: bytearray, start: int, end: int) -> None:
    end = min(end, len(data))
    data[start:end] = bytes(max(0, end - start))


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
