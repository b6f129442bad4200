"""What numbers say of the place where a photo was taken, overwritten where it stands: EXIF, TIFF and captions.

GPS tags of every part of a block (Exif 2.32, tag 0x8825), the notes of its maker (nobody else knows what these say),
the frame of a map (GeoTIFF 1.1), and captions of press agencies (IPTC-IIM 4.2). Knows no file around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TIFF = re.compile(rb"II[*+]\0|MM\0[*+]")
_CAPTIONS = re.compile(rb"(?<=8BIM|PHUT|DCSR|AgHg|MeSa)\x04\x04")  # IPTC within a Photoshop block, whoever wrote it
_FIRST_RECORD = re.compile(
    rb"\x1c(?:\x02\0\0\x02\0|\x01\x5a\0\x03\x1b%G)"
)  # IPTC anywhere: its version, or its letters
_OF_PLACE = frozenset({26, 27, 90, 92, 95, 100, 101})  # IPTC-IIM 4.2: records 2:26 to 2:101
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_GPS, _IPTC = 0x8825, 33723
_PARTS = frozenset({0x8769, 330})  # details, and pictures beside the first
_EMPTIED = frozenset({0x927C, 0xC634, 33922, 34264, 34735, 34736, 34737, 42112})  # notes of makers, frames of maps
_RECORD, _LONG = 0x1C, 0x8000  # a record's first byte; the bit of a length that tells how long the length is
_MOST_PARTS, _MOST_TAGS = 1000, 4096  # of one block, and of one of its parts


def empty_tags(data: bytearray, spared: Iterable[tuple[int, int]] = ()) -> None:
    """Empty what tells of a place in the blocks and captions within `data` that do not begin in a `spared` piece."""
    looked_at = bytearray(data)
    for start, end in spared:
        _zero(looked_at, start, end)
    for found in _TIFF.finditer(looked_at):
        _Block(data, found.start()).empty()
    passed = 0
    for found in sorted((*_CAPTIONS.finditer(looked_at[:-1]), *_FIRST_RECORD.finditer(looked_at)), key=re.Match.start):
        place = found.start()
        if data[place] != _RECORD:
            name = data[found.end()] // 2 * 2 + 2  # its length and its letters, an even number of bytes
            place = found.end() + name + 4
        if place >= passed:
            passed = _empty_captions(data, place, len(data))


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
        while place and place not in self._seen and len(self._seen) < _MOST_PARTS:
            self._seen.add(place)
            entries = self._entries(place)
            for entry in entries:
                tag = self._number(entry, 2)
                if tag in _PARTS:
                    for part in self._values(entry):
                        self._follow(part)
                elif tag == _GPS:
                    for part in self._values(entry):
                        self._empty_tags(part)
                elif tag in _EMPTIED or tag == _IPTC:
                    where, length = self._held(entry)
                    (_empty_captions if tag == _IPTC else _zero)(self._data, where, where + length)
            place = self._number(entries.stop, 8 if self._wide else 4) if entries else None

    def _empty_tags(self, place: int) -> None:
        entries = self._entries(place)
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

    def _values(self, entry: int) -> list[int]:
        """The numbers of an entry, of two, four or eight bytes."""
        size = _SIZES.get(self._number(entry + 2, 2) or 0, 0)
        where, length = self._held(entry)
        places = range(where, where + length, size)[:_MOST_PARTS] if size > 1 else ()
        return [number for place in places if (number := self._number(place, size))]

    def _held(self, entry: int) -> tuple[int, int]:
        """Where the values of an entry stand and how many bytes they have."""
        size = 8 if self._wide else 4
        length = _SIZES.get(self._number(entry + 2, 2) or 0, 1) * (self._number(entry + 4, size) or 0)
        inside = entry + 4 + size
        return (inside, length) if length <= size else (self._start + (self._number(inside, size) or 0), length)

    def _number(self, place: int, size: int) -> int | None:
        found = self._data[place : place + size]
        return int.from_bytes(found, "little" if self._order == "<" else "big") if len(found) == size else None


def _empty_captions(data: bytearray, place: int, end: int) -> int:
    """Blank what IPTC says of places, one record behind the other, and return where they end."""
    while place + 5 <= min(end, len(data)) and data[place] == _RECORD:
        is_of_place = data[place + 1] == 2 and data[place + 2] in _OF_PLACE
        length, place = int.from_bytes(data[place + 3 : place + 5], "big"), place + 5
        if length > _LONG:  # then so many bytes tell it
            length, place = int.from_bytes(data[place : place + length - _LONG], "big"), place + length - _LONG
        if is_of_place:
            last = min(place + length, len(data))
            data[place:last] = b" " * max(0, last - place)
        place += length
    return place


def _zero(data: bytearray, start: int, end: int) -> None:
    end = min(end, len(data))
    data[start:end] = bytes(max(0, end - start))
