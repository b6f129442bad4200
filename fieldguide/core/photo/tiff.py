"""Damage inside a packed TIFF: each part is unpacked to its end, where libtiff stops as soon as it has its rows."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import zlib

from PIL import TiffImagePlugin, _imaging

from fieldguide.core.photo.jpeg import WatchedJpeg
from fieldguide.core.photo.structure import BrokenError

_STRIPS, _TILES, _TABLES = (273, 279), (324, 325), 347  # where the parts lie and how long they are
_DEFLATE, _JPEG, _PACK_BITS = (8, 32946), 7, 32773
_FAX = {2, 3, 4, 32771}  # black and white, which no photo is; its decoder goes on behind whatever damage

# What these decoders say of damage would reach the terminal beside our own sentence.
logging.getLogger("PIL").addHandler(logging.NullHandler())
with contextlib.suppress(OSError, AttributeError):  # where libtiff can be reached
    ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)


def refuse_loose_tiff(image: TiffImagePlugin.TiffImageFile, data: bytes) -> None:
    """Raises BrokenError (or zlib.error, or as a JPEG does) when a part does not unpack to what it should."""
    tags = image.tag_v2
    offsets, lengths = next(((tags.get(a), tags.get(b)) for a, b in (_STRIPS, _TILES) if a in tags), (None, None))
    if not isinstance(offsets, tuple) or not isinstance(lengths, tuple):
        return
    packing = tags.get(TiffImagePlugin.COMPRESSION)
    if packing in _FAX:
        raise BrokenError("a fax")
    for number, (offset, length) in enumerate(zip(offsets, lengths, strict=False)):
        part = data[offset : offset + length]
        if not part:
            continue
        if packing in _DEFLATE:
            _unpack(part)
        elif packing == _JPEG:
            WatchedJpeg(tags[_TABLES][:-2] + part[2:] if _TABLES in tags else part).load()
        elif packing == _PACK_BITS and _TILES[0] not in tags:
            _refuse_other_length(part, _strip_bytes(tags, number))


def _unpack(part: bytes) -> None:
    """Through zlib to its checksum, a piece at a time."""
    unpacker = zlib.decompressobj()
    while part and not unpacker.eof:
        unpacker.decompress(part, 2**20)
        part = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise BrokenError("a part without its end", cut=True)


def _strip_bytes(tags: TiffImagePlugin.ImageFileDirectory_v2, number: int) -> int:
    """How many bytes a strip holds unpacked (TIFF 6.0, section 3)."""
    height, rows = tags[TiffImagePlugin.IMAGELENGTH], tags.get(TiffImagePlugin.ROWSPERSTRIP, 2**32 - 1)
    planes = tags.get(TiffImagePlugin.SAMPLESPERPIXEL, 1)
    bits = tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,))[0]
    rows = min(rows, height)
    strips = -(-height // rows)
    apart = tags.get(TiffImagePlugin.PLANAR_CONFIGURATION, 1) == 2
    across = -(-tags[TiffImagePlugin.IMAGEWIDTH] * bits * (1 if apart else planes) // 8)
    return int(across * min(rows, height - rows * (number % strips)))


def _refuse_other_length(part: bytes, wanted: int) -> None:
    """PackBits (TIFF 6.0, section 9): a head, then that many bytes, or one to be repeated."""
    place = unpacked = 0
    while place < len(part) and unpacked < wanted:
        head = part[place]
        place += 1 if head == 128 else 2 if head > 128 else head + 2
        unpacked += 0 if head == 128 else 257 - head if head > 128 else head + 1
    if unpacked != wanted or not 0 <= len(part) - place <= 1:
        raise BrokenError("a part that unpacks to another length")
