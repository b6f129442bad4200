"""What a picture's file is made of, before any decoder sees it: whole, bounded, and where its EXIF lies.

Walks segments, chunks and blocks of JPEG, PNG, WebP and GIF on an open file, seeking over what it need not read, so
that a file without an end, or padded with nothing, costs next to nothing. Knows no pixel.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_PADDING = 2**16  # bytes that belong to nothing, between the parts of one file
MAX_PARTS = 65_536  # chunks, segments or blocks of one file: a PNG of 500 MB in pieces of 8 KB
MAX_KEPT = 16 * 2**20  # bytes of EXIF, profiles and texts
MAX_SCANS = 100  # of a JPEG; encoders write ten, and each is another way through all blocks
LOST = 4096  # bytes that are all 0 or all 255: a page of a disk that was never written, and nothing that a coder makes

_LONE = frozenset({0x01, *range(0xD0, 0xD8)})  # JPEG markers without a length
_SCANS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_NEEDED = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})  # a PNG's other parts begin with a small letter
_CODE_SIZES = frozenset(bytes([bits]) for bits in range(1, 9))  # of a GIF's pixels
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")


class BrokenError(ValueError):
    """The file is not made as its format says; `cut` when its end is missing."""

    def __init__(self, problem: str, *, cut: bool = False) -> None:
        super().__init__(problem)
        self.cut = cut


class UnreadError(ValueError):
    """The file is whole, and of a kind that is not read: its words are the kind's name."""


@dataclass(frozen=True, slots=True)
class JpegHead:
    """Up to the first scan: the kind of its frame (its marker's second byte), where that scan's data starts, EXIF."""

    frame: int
    scan: int
    exif: bytes


def jpeg_head(stream: BinaryIO) -> JpegHead:
    """Walk the segments up to the first scan.

    Raises:
        BrokenError: something else than segments, or none that starts a scan.
    """
    stream.seek(2)
    exif, frame, padding, kept = b"", 0, 0, 0
    for _ in range(MAX_PARTS):
        window = stream.read(2)
        while len(window) == 2 and not (window[0] == 0xFF and window[1] not in (0x00, 0xFF)):
            padding += 1
            if padding > MAX_PADDING:
                raise BrokenError("padding without end")
            window = window[1:] + stream.read(1)
        if len(window) < 2:
            break
        marker = window[1]
        if marker == 0xD9:
            raise BrokenError("an end before the picture", cut=True)
        if marker in _LONE:
            continue
        length = int.from_bytes(stream.read(2), "big") - 2
        if length < 0:
            raise BrokenError("a segment of negative length")
        kept += length
        body = stream.read(length) if marker == 0xE1 and kept <= MAX_KEPT else b""
        if not body:
            stream.seek(length, 1)
        if body.startswith(b"Exif\x00\x00"):
            exif += body if not exif else body[6:]
        elif marker in _SCANS:
            frame = marker
        elif marker == 0xDA:
            return JpegHead(frame, stream.tell(), exif)
    raise BrokenError("no picture in it", cut=True)


def jpeg_scan_end(data: bytes, head: JpegHead) -> int | None:
    """Where the data of a baseline JPEG's only scan ends; None when it has several scans, or is not baseline.

    Raises:
        BrokenError: restart markers out of order, a marker inside the scan that may not stand there, arithmetic coding
            (no camera has it; any data decodes to some picture), scans without end, or a part of one that was lost.
    """
    if head.frame > 0xC8:
        raise BrokenError("arithmetic coding")
    found = _MARKER.search(data, head.scan)
    places: Iterator[re.Match[bytes]] = iter(())
    if found and 0xD0 <= data[found.start() + 1] <= 0xD7:  # few have any: one way through their data
        places = _RESTART.finditer(data, head.scan)
        found = _NEXT_MARKER.search(data, head.scan)
    end = found.start() if found else len(data)
    if any(place[1][0] - 0xD0 != number % 8 for number, place in enumerate(places) if place.start() < end):
        raise BrokenError("restart markers out of order")
    marker = data[end + 1] if found else 0xD9
    if marker == 0xD9 and head.frame in (0xC0, 0xC1):
        return end - _run_before(data, end)
    if marker not in (0xD9, 0xDA, 0xC4, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)):
        raise BrokenError("a marker inside the picture")
    _walk_scans(data, head.scan)
    return None


def _run_before(data: bytes, end: int) -> int:
    """How many bytes of 255 stand before `end`: they fill up, a picture's own are each followed by a 0."""
    start = end
    while start and data[start - 1] == 0xFF:
        start -= 1
    return end - start


def _walk_scans(data: bytes, begin: int) -> None:
    """Bound how many scans follow, look for lost parts in those that hold no raw bits of flat ground, miss no scan."""
    finished: dict[int, set[int]] = {}
    for _ in range(MAX_SCANS):
        _note_finished(finished, data[data.rindex(b"\xff\xda", 0, begin) : begin])
        place = begin
        while (found := _NEXT_MARKER.search(data, place)) and data[found.start() + 1] not in (0xD9, 0xDA):
            place = found.start() + 2 + int.from_bytes(data[found.start() + 2 : found.start() + 4], "big")
        end = found.start() if found else len(data)
        if data[begin - 3]:  # where the band of frequencies begins; 0: the means of blocks
            refuse_lost(data[begin:end])
        if found is None or data[end + 1] == 0xD9:
            if any(len(bands) < 64 for bands in finished.values()):
                raise BrokenError("scans are missing", cut=True)
            return
        begin = end + 2 + int.from_bytes(data[end + 2 : end + 4], "big")
    raise BrokenError("scans without end")


def _note_finished(finished: dict[int, set[int]], head: bytes) -> None:
    """Add the frequencies that a scan brings to their last bit, by component (ITU T.81, B.2.3)."""
    for component in head[5 : len(head) - 3 : 2]:
        bands = finished.setdefault(component, set())
        if not head[-1] & 15:
            bands.update(range(head[-3], head[-2] + 1))


def refuse_lost(data: bytes, spared: bytes = b"") -> None:
    """Raises BrokenError when a page of compressed data is missing; `spared` is metadata within, which may be empty."""
    for piece in data.split(spared) if spared else [data]:
        if piece.find(bytes(LOST)) >= 0 or piece.find(b"\xff" * LOST) >= 0:
            raise BrokenError("a part that was never written", cut=True)


def png_chunks(stream: BinaryIO, *, pixels: bool) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk up to the end; checksums are tried. Without `pixels` those chunks are passed over.

    Raises:
        BrokenError: a checksum that does not fit, no end, or too many chunks.
    """
    stream.seek(8)
    kept = 0
    for _ in range(MAX_PARTS):
        head = stream.read(8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if len(head) < 8 or length > 2**31 - 1:
            break
        if not kind.isalpha():
            raise BrokenError("a chunk without a name")
        if kind in (b"IDAT", b"fdAT") and not pixels:
            stream.seek(length + 4, 1)
            continue
        kept += 0 if kind in (b"IDAT", b"fdAT") else length
        if kept > MAX_KEPT:
            raise BrokenError("too much beside the picture")
        body, sum_ = stream.read(length), stream.read(4)
        if len(sum_) < 4:
            break
        if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(sum_, "big"):
            raise BrokenError(f"checksum of {kind.decode('ascii')}")
        yield kind, body
        if kind == b"IEND":
            return
    raise BrokenError("no end", cut=True)


def check_png(stream: BinaryIO) -> None:
    """All chunks with their checksums; colours stand once, and before the pixels that need them (PNG 1.2, section 4).

    Raises:
        BrokenError: as `png_chunks`; colours missing, late, twice or cut; a needed part that nobody knows.
    """
    seen, colour_type = set[bytes](), b""
    for kind, body in png_chunks(stream, pixels=True):
        if kind == b"IHDR":
            colour_type = body[9:10]
        elif kind == b"PLTE" and (len(body) % 3 or seen & {b"PLTE", b"IDAT"}):
            raise BrokenError("colours that cannot be")
        elif kind == b"IDAT" and colour_type == b"\3" and b"PLTE" not in seen:
            raise BrokenError("no colours")
        elif kind[:1].isupper() and kind not in _NEEDED:
            raise BrokenError(f"a part {kind.decode('ascii')}")
        seen.add(kind)


def png_is_short(stream: BinaryIO) -> bool:
    """Whether the rows end before the picture does: Pillow leaves the rest black and says nothing. Unpacks all."""
    unpacker, unpacked, needed = zlib.decompressobj(), 0, 0
    for kind, body in png_chunks(stream, pixels=True):
        if kind == b"IHDR":
            needed = _png_bytes(*struct.unpack(">2I2B2xB", body))
        while kind == b"IDAT" and body and not unpacker.eof and unpacked < needed:
            unpacked += len(unpacker.decompress(body, 2**20))
            body = unpacker.unconsumed_tail
    return unpacked < needed


def _png_bytes(width: int, height: int, depth: int, colour: int, interlaced: int) -> int:
    """Bytes of all rows with their filters (PNG 1.2, sections 2.3, 2.6 and 8.2)."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // across), -(-(height - y) // down)) for x, y, across, down in passes]
    return sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0)


def webp_exif(stream: BinaryIO, size: int) -> bytes:
    """The EXIF chunk of a WebP file of `size` bytes, or nothing; what lies behind the end that it tells is let be.

    Raises:
        BrokenError: a chunk that reaches beyond the file, or too many.
    """
    stream.seek(4)
    size = min(size, 8 + int.from_bytes(stream.read(8)[:4], "little"))
    for _ in range(MAX_PARTS):
        head = stream.read(8)
        if len(head) < 8 or stream.tell() > size:
            return b""
        length = int.from_bytes(head[4:], "little")
        if stream.tell() + length > size:
            raise BrokenError("a chunk beyond the end", cut=True)
        if head[:4] == b"EXIF":
            return stream.read(length) if length <= MAX_KEPT else b""
        stream.seek(length + length % 2, 1)
    raise BrokenError("chunks without end")


def webp_pictures(data: bytes) -> Iterator[bytes]:
    """The compressed chunks of a walked WebP file, but for lossless ones, where flat ground may be zeros."""
    place = 12
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] in (b"VP8 ", b"ALPH", b"ANMF"):
            yield data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def check_bmp(data: bytes) -> None:
    """Raises BrokenError where pixels begin inside the head, or have another length than it tells (0: it does not)."""
    begin, head, width, height, bits, packing, told = struct.unpack_from("<10xIIii2xHII", data)
    row = (width * bits + 31) // 32 * 4
    tells = head >= 40 and packing == 0 and told  # the heads of OS/2 have no such fields
    if begin < 14 + head or (tells and abs(told - row * abs(height)) >= max(row, 4)):
        raise BrokenError("a picture that its head does not tell of")


def check_gif(stream: BinaryIO) -> None:
    """Walk the blocks up to the first picture.

    Raises:
        BrokenError: something else than blocks, no picture, no colours for it, or codes of a size that cannot be.
    """
    stream.seek(10)
    coloured = _pass_colours(stream, stream.read(3)[:1])
    padding = 0
    for _ in range(MAX_PARTS):
        kind = stream.read(1)
        if kind == b",":
            coloured |= _pass_colours(stream, stream.read(9)[8:])
            if not coloured or stream.read(1) not in _CODE_SIZES:
                raise BrokenError("no colours, or no codes")
            return
        if kind == b"!":
            stream.seek(1, 1)
            while length := int.from_bytes(stream.read(1), "big"):
                stream.seek(length, 1)
        elif not kind or kind == b";":
            break
        else:
            padding += 1
            if padding > 64:
                raise BrokenError("no block")
    raise BrokenError("no picture in it", cut=True)


def _pass_colours(stream: BinaryIO, flags: bytes) -> bool:
    """Go on behind a table of colours; False when `flags` tell of none."""
    if not flags or not flags[0] & 0x80:
        return False
    stream.seek(3 << ((flags[0] & 7) + 1), 1)
    return True
