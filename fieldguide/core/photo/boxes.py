"""Where the coded pictures of a HEIC or AVIF file end, so that damage can be told by what a decoder leaves unread.

Both code a picture, or each tile of one, with an arithmetic coder that never finds its step again. A sound picture
becomes another one when its last bytes are others; one that lost its step before is through, and does not miss them.
ISO/IEC 14496-12 (boxes), 23008-12 (items and grids), 14496-15 (HEVC), AV1 bitstream specification 5.3. Decodes nothing.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from fieldguide.core.photo.structure import BrokenError

LEAST = 256  # bytes of a coded picture below which it is flat, and its end says nothing
SHARE = 512  # one in this many bytes, the last, are made others: more than what may lie beyond the visible edge

MOST_CUT = 1  # pixels: an encoder makes the sides of a picture even, and cuts what it added
MOST_BOXES = 1000  # of the file itself; a phone's has four or five
_PICTURES = frozenset({b"meta", b"moov"})
_CODED = frozenset({b"hvc1", b"av01"})


Box = tuple[int, int, int, int]  # left, top, right, bottom; None: the whole picture


@dataclass(frozen=True, slots=True)
class Tile:
    """`start` and `end` of the last part of its data in the file; its `box` in the picture before it is turned."""

    start: int
    end: int
    box: Box | None


@dataclass(frozen=True, slots=True)
class Tiles:
    """Tiles of the main picture that are seen whole; by how many `quarters` its decoder turns it (anticlockwise)."""

    tiles: tuple[Tile, ...]
    quarters: int

    def ended_otherwise(self, data: bytes) -> bytes:
        """The file with the last part of each tile's data made another."""
        changed = bytearray(data)
        for tile in self.tiles:
            changed[tile.start : tile.end] = bytes(each ^ 0x55 for each in data[tile.start : tile.end])
        return bytes(changed)

    def is_loose(self, changed: Image.Image) -> bool:
        """Whether a tile did not miss its end; `changed` is black where the picture stayed as it was.

        Where all of many did not, the file fills its parts up in a way that is not known here: no damage.
        """
        before = changed.rotate(-90 * self.quarters, expand=True)
        kept = [before.crop(tile.box).getbbox(alpha_only=False) is None for tile in self.tiles]
        return any(kept) and (len(kept) == 1 or not all(kept))


def refuse_pictureless(stream: BinaryIO) -> None:
    """Raises BrokenError where no box of the file tells of a picture; only the heads of its boxes are read."""
    end, place = stream.seek(0, io.SEEK_END), 0
    for _ in range(MOST_BOXES):
        stream.seek(place)
        head = stream.read(16)
        if head[4:8] in _PICTURES:
            return
        size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4], "big")
        if size < 8 or place + size >= end:
            break
        place += size
    raise BrokenError("no picture is told of", cut=place + size > end)


def tiles_of(data: bytes) -> Tiles | None:
    """The tiles of the main picture; None where the file is made in a way that tells nothing here."""
    try:
        return _tiles_of(data)
    except (struct.error, LookupError, ValueError, ZeroDivisionError):
        return None  # its own readers have the word


def _tiles_of(data: bytes) -> Tiles | None:
    meta = next(body for kind, body in _boxes(data, slice(0, len(data))) if kind == b"meta")
    inside = dict(_boxes(data, slice(meta.start + 4, meta.stop)))
    kinds = _kinds(data, inside[b"iinf"])
    places = _places(data, inside[b"iloc"], inside.get(b"idat", slice(0, 0)))
    properties = _properties(data, inside[b"iprp"])
    main = _number(data, inside[b"pitm"].start + 4, 4 if data[inside[b"pitm"].start] else 2)
    own = properties.get(main, {})
    if b"imir" in own or (b"clap" in own and _cut(data, own[b"clap"], own[b"ispe"]) > MOST_CUT):
        return None  # the end of a tile may be elsewhere than it seems, or cut away
    cells: list[tuple[int, Box | None]]
    if kinds[main] in _CODED:
        cells = [(main, None)]
    elif kinds[main] == b"grid":
        cells = list(_cells(data, places[main], _parts(data, inside[b"iref"], main), properties))
    else:
        return None
    tiles = [Tile(*_end(data, places[item], kinds[item]), box) for item, box in cells]
    told = tuple(tile for tile in tiles if tile.end > tile.start)
    turned = b"irot" in own and b"hvc1" in kinds.values()  # Pillow hands an AVIF on as it is coded
    return Tiles(told, data[own[b"irot"].start] & 3 if turned else 0) if told else None


def _boxes(data: bytes, within: slice) -> Iterator[tuple[bytes, slice]]:
    """Kind and body of each box."""
    place = within.start
    while place + 8 <= within.stop:
        size, kind, head = _number(data, place, 4), data[place + 4 : place + 8], 8
        if size == 1:
            size, head = _number(data, place + 8, 8), 16
        size = size or within.stop - place
        if size < head:
            return
        yield kind, slice(place + head, min(place + size, within.stop))
        place += size


def _number(data: bytes, place: int, size: int) -> int:
    if place + size > len(data):
        raise ValueError("beyond the end")
    return int.from_bytes(data[place : place + size], "big")


def _places(data: bytes, box: slice, kept: slice) -> dict[int, slice]:
    """Where each item lies that is one piece of this file, or of the box `kept`: where phones put their grids."""
    version, sizes = data[box.start], _number(data, box.start + 4, 2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    id_size, place, found = 4 if version == 2 else 2, box.start + 6, {}
    count, place = _number(data, place, id_size), place + id_size
    for _ in range(count):
        item, place = _number(data, place, id_size), place + id_size
        method = _number(data, place, 2) & 15 if version else 0
        place += 4 if version else 2
        base, place = _number(data, place, base_size), place + base_size
        pieces, place = _number(data, place, 2), place + 2
        for _ in range(pieces):
            place += index_size
            start, place = base + _number(data, place, offset_size), place + offset_size
            length, place = _number(data, place, length_size), place + length_size
            start += kept.start if method == 1 else 0
            if method <= 1 and pieces == 1 and start + length <= (kept.stop if method else len(data)):
                found[item] = slice(start, start + length)
    return found


def _kinds(data: bytes, box: slice) -> dict[int, bytes]:
    found, short = {}, data[box.start] == 0
    for kind, body in _boxes(data, slice(box.start + (6 if short else 8), box.stop)):
        if kind == b"infe" and data[body.start] >= 2:
            size = 2 if data[body.start] == 2 else 4
            found[_number(data, body.start + 4, size)] = data[body.start + 6 + size : body.start + 10 + size]
    return found


def _properties(data: bytes, box: slice) -> dict[int, dict[bytes, slice]]:
    """The properties of each item by their kind."""
    inside = dict(_boxes(data, box))
    known, found = list(_boxes(data, inside[b"ipco"])), {}
    place = inside[b"ipma"].start
    id_size, size = (4 if data[place] else 2), (2 if data[place + 3] & 1 else 1)
    count, place = _number(data, place + 4, 4), place + 8
    for _ in range(count):
        item, place = _number(data, place, id_size), place + id_size
        many, place = data[place], place + 1
        numbers = [_number(data, place + size * each, size) & (0x7FFF if size == 2 else 0x7F) for each in range(many)]
        found[item] = dict(known[number - 1] for number in numbers if number)
        place += size * many
    return found


def _cut(data: bytes, kept: slice, whole: slice) -> float:
    """By how many pixels the clean aperture is narrower or lower than the picture (ISO/IEC 14496-12, 12.1.4)."""
    numbers = [_number(data, kept.start + 4 * each, 4) for each in range(4)]
    sides = [_number(data, whole.start + 4 + 4 * each, 4) for each in range(2)]
    return max(side - above / below for side, above, below in zip(sides, numbers[::2], numbers[1::2], strict=True))


def _parts(data: bytes, box: slice, whole: int) -> list[int]:
    """The items that a grid is made of, in its order."""
    size = 4 if data[box.start] else 2
    for kind, body in _boxes(data, slice(box.start + 4, box.stop)):
        if kind == b"dimg" and _number(data, body.start, size) == whole:
            first = body.start + size + 2
            count = _number(data, first - 2, 2)
            return [_number(data, first + size * each, size) for each in range(count)]
    return []


def _cells(
    data: bytes, grid: slice, items: list[int], properties: dict[int, dict[bytes, slice]]
) -> Iterator[tuple[int, Box]]:
    """The tiles that lie wholly inside the picture, but for what makes it even; of others the end may be cut away."""
    size = 4 if data[grid.start + 1] & 1 else 2
    columns = data[grid.start + 3] + 1
    width, height = (_number(data, grid.start + 4 + size * each, size) for each in range(2))
    extent = properties[items[0]][b"ispe"].start + 4
    across, down = _number(data, extent, 4), _number(data, extent + 4, 4)
    for number, item in enumerate(items):
        top, left = number // columns * down, number % columns * across
        if top + down <= height + MOST_CUT and left + across <= width + MOST_CUT:
            yield item, (left, top, left + across, top + down)


def _end(data: bytes, item: slice, kind: bytes) -> tuple[int, int]:
    """The last part of the coded data of one item, without what fills it up; (0, 0) when there is too little of it."""
    last = slice(0, 0)
    for unit in (_hevc_units if kind == b"hvc1" else _av1_units)(data, item):
        last = unit
    stop = last.stop
    while stop > last.start and (data[stop - 1] == 0 or data[stop - 3 : stop] == b"\0\0\3"):
        stop -= 1
    if stop - last.start < LEAST:
        return 0, 0
    return stop - max(16, (stop - last.start) // SHARE), stop


def _hevc_units(data: bytes, item: slice) -> Iterator[slice]:
    """Slices of a picture: units of kinds 0 to 31, each behind its length in four bytes."""
    place = item.start
    while place + 6 < item.stop:
        length = _number(data, place, 4)
        if data[place + 4] >> 1 & 63 < 32:
            yield slice(place + 6, min(place + 4 + length, item.stop))
        place += 4 + length


def _av1_units(data: bytes, item: slice) -> Iterator[slice]:
    """Frames and groups of tiles."""
    place = item.start
    while place < item.stop:
        head, place = data[place], place + 1 + (data[place] >> 2 & 1)
        length = item.stop - place
        if head & 2:
            length = 0
            for shift in range(0, 56, 7):
                byte, place = data[place], place + 1
                length |= (byte & 127) << shift
                if byte < 128:
                    break
        if head >> 3 & 15 in (4, 6):
            yield slice(place, min(place + length, item.stop))
        place += length
