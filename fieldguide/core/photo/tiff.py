"""Damage inside a packed TIFF: each part is unpacked to its end, where libtiff stops as soon as it has its rows."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import zlib

from PIL import TiffImagePlugin, _imaging

from fieldguide.core.photo.jpeg import WatchedJpeg
from fieldguide.core.photo.structure import BrokenError, UnreadError

Tags = TiffImagePlugin.ImageFileDirectory_v2
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_STRIPS, _TILES, _TABLES = (273, 279), (324, 325), 347  # where the parts lie and how long they are
_RAW, _YCBCR = 1, 6
_DEFLATE, _JPEG, _PACK_BITS = (8, 32946), 7, 32773
_KIND, _OLD_KIND = 254, 255  # whether a picture is a smaller one of another in the file
_OF_RAW = {0xC612, 0xC5D8, 0x828E}  # version of DNG, slices of CR2, pattern of a sensor's colours
_MOSAICS = {32803, 34892}  # a sensor's colours, one of three at each pixel
_FAX = {2, 3, 4, 32771}  # black and white, which no photo is; its decoder goes on behind whatever damage

# What these decoders say of damage would reach the terminal beside our own sentence.
logging.getLogger("PIL").addHandler(logging.NullHandler())
with contextlib.suppress(OSError, AttributeError):  # where libtiff can be reached
    ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)


def refuse_raw(image: TiffImagePlugin.TiffImageFile) -> None:
    """Raises UnreadError for a camera's raw file, whatever its name: what stands first there is a small preview."""
    tags = image.tag_v2
    is_reduced = tags.get(_KIND, 0) & 1 or tags.get(_OLD_KIND) == 2
    if is_reduced or tags.keys() & _OF_RAW or tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) in _MOSAICS:
        raise UnreadError("RAW")


def refuse_loose_tiff(image: TiffImagePlugin.TiffImageFile, data: bytes) -> None:
    """Raises BrokenError (or zlib.error, or as a JPEG does) when a part does not unpack to what it should."""
    tags = image.tag_v2
    offsets, lengths = next(((tags.get(a), tags.get(b)) for a, b in (_STRIPS, _TILES) if a in tags), (None, None))
    if not isinstance(offsets, tuple):
        return
    packing = tags.get(TiffImagePlugin.COMPRESSION)
    if packing in _FAX:
        raise BrokenError("a fax")
    if len(offsets) < _parts_of(tags):
        raise BrokenError("parts are missing", cut=True)
    _refuse_odd_shades(tags)
    known = tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) != _YCBCR  # whose colours may be halved
    for number, (offset, length) in enumerate(zip(offsets, lengths or (), strict=False)):
        part = data[offset : offset + length]
        if packing == _RAW and len(offsets) > 1:  # of a single part older programs leave the length out
            _refuse_other_length(len(part) if offset else 0, tags, number, known=known)
        elif not part:
            continue
        elif packing in _DEFLATE:
            _refuse_other_length(_unpacked(part), tags, number, known=known)
        elif packing == _JPEG:
            WatchedJpeg(tags[_TABLES][:-2] + part[2:] if _TABLES in tags else part).load()
        elif packing == _PACK_BITS and _TILES[0] not in tags:
            _refuse_other_pack_bits(part, _part_bytes(tags, number))


def _parts_of(tags: Tags) -> int:
    """How many strips or tiles a picture of this size has (TIFF 6.0, sections 3 and 15)."""
    width, height = tags[TiffImagePlugin.IMAGEWIDTH], tags[TiffImagePlugin.IMAGELENGTH]
    across, down = tags.get(_TILE_WIDTH, width), tags.get(_TILE_LENGTH, tags.get(TiffImagePlugin.ROWSPERSTRIP, height))
    planes = tags.get(TiffImagePlugin.SAMPLESPERPIXEL, 1) if _is_apart(tags) else 1
    return int(-(-width // across) * -(-height // down) * planes)


def _refuse_odd_shades(tags: Tags) -> None:
    """A table of colours of another length than the pixels need, or of half its range; shades below zero."""
    bits = tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,))[0]
    colours = tags.get(TiffImagePlugin.COLORMAP, ())
    if colours and (len(colours) != 3 << bits or max(colours) < 256):
        raise BrokenError("colours that cannot be")
    if bits <= 8 and 2 in tags.get(TiffImagePlugin.SAMPLEFORMAT, ()):
        raise BrokenError("shades below zero")


def _refuse_other_length(unpacked: int, tags: Tags, number: int, *, known: bool) -> None:
    """The last strip may be filled up to the length of the others."""
    least, most = _part_bytes(tags, number), _part_bytes(tags, 0)
    if known and not least <= unpacked <= most:
        raise BrokenError("a part of another length", cut=unpacked < least)


def _unpacked(part: bytes) -> int:
    """How many bytes zlib makes of it, up to its checksum, a piece at a time."""
    unpacker, length = zlib.decompressobj(), 0
    while part and not unpacker.eof:
        length += len(unpacker.decompress(part, 2**20))
        part = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise BrokenError("a part without its end", cut=True)
    return length


def _is_apart(tags: Tags) -> bool:
    return bool(tags.get(TiffImagePlugin.PLANAR_CONFIGURATION, 1) == 2)


def _part_bytes(tags: Tags, number: int) -> int:
    """How many bytes a strip or tile holds unpacked (TIFF 6.0, sections 3 and 15)."""
    bits, planes = tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,))[0], tags.get(TiffImagePlugin.SAMPLESPERPIXEL, 1)
    wide = tags.get(_TILE_WIDTH, tags[TiffImagePlugin.IMAGEWIDTH])
    across = -(-wide * bits * (1 if _is_apart(tags) else planes) // 8)
    if _TILE_LENGTH in tags:
        return int(across * tags[_TILE_LENGTH])
    height = tags[TiffImagePlugin.IMAGELENGTH]
    rows = min(tags.get(TiffImagePlugin.ROWSPERSTRIP, height), height)
    return int(across * min(rows, height - rows * (number % -(-height // rows))))


def _refuse_other_pack_bits(part: bytes, wanted: int) -> None:
    """PackBits (TIFF 6.0, section 9): a head, then that many bytes, or one to be repeated."""
    place = unpacked = 0
    while place < len(part) and unpacked < wanted:
        head = part[place]
        place += 1 if head == 128 else 2 if head > 128 else head + 2
        unpacked += 0 if head == 128 else 257 - head if head > 128 else head + 1
    if unpacked != wanted or not 0 <= len(part) - place <= 1:
        raise BrokenError("a part that unpacks to another length")
