"""Odd pictures: what contradicts itself is told, what is sound is read as it is meant by whoever wrote it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import boxes, read_photo

WIDE, HIGH = 48, 36
_Y, _X = np.mgrid[0:HIGH, 0:WIDE]
COLOURS = np.stack([_X * 5, _Y * 7, (_X + _Y) * 3], -1).astype(np.uint8)
GREY = COLOURS[..., 2]
TABLE = bytes(range(192))  # 64 colours
INDICES = (GREY // 4).astype(np.uint8)  # 0 to 62


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(pixels: np.ndarray, colour_type: int, *before: bytes, after: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">2I5B", WIDE, HIGH, 8 * pixels.itemsize, colour_type, 0, 0, 0))
    packed = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + packed + after + chunk(b"IEND", b"")


def encoded(name: str, image: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, name, **options)
    return stream.getvalue()


def tiff(parts: list[bytes], bits: int = 8, samples: int = 3, **tags: tuple[int, ...]) -> bytes:
    """Strips as they are given, under tags `t278=(rows,)`; those that a picture needs are there."""
    offsets = [8 + sum(map(len, parts[:number])) for number in range(len(parts))]
    body = b"".join(parts)
    found: dict[int, tuple[int, ...]] = {
        **{256: (WIDE,), 257: (HIGH,), 258: (bits,) * samples, 259: (1,), 262: (2 if samples == 3 else 1,)},
        **{273: tuple(offsets), 277: (samples,), 278: (HIGH,), 279: tuple(map(len, parts))},
        **{int(name[1:]): values for name, values in tags.items()},
    }
    place, entries, beyond = 8 + len(body), b"", b""
    behind = place + 2 + 12 * len(found) + 4
    for tag, values in sorted(found.items()):
        packed = struct.pack(f"<{len(values)}I", *values)
        if len(packed) > 4:
            packed, beyond = struct.pack("<I", behind + len(beyond)), beyond + packed
        entries += struct.pack("<HHI", tag, 4, len(values)) + packed
    return b"II*\0" + struct.pack("<I", place) + body + struct.pack("<H", len(found)) + entries + bytes(4) + beyond


def rows(pixels: np.ndarray, at_once: int = 9) -> list[bytes]:
    return [pixels[first : first + at_once].tobytes() for first in range(0, HIGH, at_once)]


def gif(*, table: bytes = TABLE + bytes(768 - 192), bits: int = 8, local: bool = False) -> bytes:
    """A GIF by Pillow with another table of colours, or another size of its codes."""
    image = Image.fromarray(INDICES, "P")
    image.putpalette(TABLE)
    data = encoded("GIF", image)
    start = data.index(b",", 13 + 192)
    head = struct.pack("<2H3B", WIDE, HIGH, 0xF7 if table else 0x70, 0, 0)
    if table:
        head = head[:4] + bytes([0xF0 | (len(table) // 3 - 1).bit_length() - 1]) + head[5:]
    return b"GIF89a" + head + table + data[start : start + 10] + bytes([bits]) + data[start + 11 :]


def bmp(change: int, value: int) -> bytes:
    data = bytearray(encoded("BMP", Image.fromarray(COLOURS)))
    data[change : change + 4] = struct.pack("<I", value)
    return bytes(data)


def bmp_of_few_colours() -> bytes:
    image = Image.fromarray(INDICES, "P")
    image.putpalette(TABLE)
    data = bytearray(encoded("BMP", image))
    data[46:50] = struct.pack("<I", 5)
    return bytes(data)


PLTE = chunk(b"PLTE", TABLE)
RAW = rows(COLOURS)
CONTRADICTIONS = {
    "png that lacks colours": png(INDICES, 3),
    "png of too few colours": png(INDICES, 3, chunk(b"PLTE", TABLE[:90])),
    "png of two tables": png(INDICES, 3, PLTE, PLTE),
    "png whose table is cut": png(INDICES, 3, chunk(b"PLTE", TABLE + b"x")),
    "png whose table is late": png(INDICES, 3, after=PLTE),
    "png with a needed part that nobody knows": png(COLOURS, 2, chunk(b"ABCD", b"")),
    "gif without colours": gif(table=b""),
    "gif of too few colours": gif(table=TABLE[:48]),
    "gif of impossible codes": gif(bits=0),
    "bmp of too few colours": bmp_of_few_colours(),
    "bmp whose pixels begin in its head": bmp(10, 20),
    "bmp of other bits than its length tells": bmp(26, 1 | 16 << 16),
    "tiff of one strip of several": tiff([COLOURS.tobytes()], t278=(9,)),
    "tiff of one plane of three": tiff([COLOURS.tobytes()], t284=(2,)),
    "tiff whose strip is short": tiff([*RAW[:2], RAW[2][:-9], RAW[3]], t278=(9,)),
    "tiff whose strip is nowhere": tiff(RAW, t278=(9,), t273=(8, 8, 0, 8)),
    "tiff of half the width": tiff([zlib.compress(part) for part in RAW], t259=(8,), t278=(9,), t256=(WIDE // 2,)),
    "tiff of too few colours": tiff([INDICES.tobytes()], samples=1, t262=(3,), t320=(1000,) * 30),
    "tiff of colours in half their range": tiff([INDICES.tobytes()], samples=1, t262=(3,), t320=(200,) * 768),
    "tiff of shades below zero": tiff([GREY.tobytes()], samples=1, t339=(2,)),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_picture_that_contradicts_itself_is_told(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"a.{name.split()[0]}"
    file.write_bytes(CONTRADICTIONS[name])
    with pytest.raises(FieldGuideError) as caught:
        read_photo(file, 512)
    assert caught.value.code in {ErrorCode.PHOTO_UNREADABLE, ErrorCode.PHOTO_TRUNCATED}


THREE = np.dstack([GREY] * 3)
DEEP = GREY.astype("<u2")
BY_PALETTE = np.frombuffer(TABLE, np.uint8).reshape(-1, 3)[INDICES]
LINEAR = (255 * (COLOURS / 255.0) ** 2.2).round().astype(np.uint8)
EMPTY = np.dstack([COLOURS[..., ::-1], np.zeros_like(GREY)])[::-1].tobytes()
BMP_HEAD = struct.pack("<2sI4xI", b"BM", 70 + len(EMPTY), 70) + struct.pack(
    "<IiiHHIIiiII4I", 56, WIDE, HIGH, 1, 32, 3, len(EMPTY), 0, 0, 0, 0, 0xFF0000, 0xFF00, 0xFF, 0xFF000000
)
BEGINS_BLACK = COLOURS.copy()
BEGINS_BLACK[0, :3] = (0, 0, 0), (0, 0, 0), (9, 0, 0)  # where a longer head tells of packing and length
OS2 = struct.pack("<2sI4xIIHHHH", b"BM", 26 + COLOURS.size, 26, 12, WIDE, HIGH, 1, 24)
SOUND = {
    "bmp of OS/2 that begins in black": (OS2 + BEGINS_BLACK[..., ::-1].tobytes(), BEGINS_BLACK[::-1]),
    "png whose shades are light itself": (png(LINEAR, 2, chunk(b"gAMA", struct.pack(">I", 100_000))), COLOURS),
    "png of a gamma that cannot be": (png(COLOURS, 2, chunk(b"gAMA", bytes(4))), COLOURS),
    "png of 64 colours": (png(INDICES, 3, PLTE), BY_PALETTE),
    "gif of 64 colours": (gif(), BY_PALETTE),
    "bmp whose transparency was left empty": (BMP_HEAD + EMPTY, COLOURS),
    "tiff": (tiff(RAW, t278=(9,)), COLOURS),
    "tiff that tells no length": (tiff([COLOURS.tobytes()], t279=(0,)), COLOURS),
    "tiff of deflate": (tiff([zlib.compress(part) for part in RAW], t259=(8,), t278=(9,)), COLOURS),
    "tiff whose white is zero": (tiff([(65535 - DEEP * 257).tobytes()], 16, 1, t262=(0,)), THREE),
    "tiff of 32 bits": (tiff([(GREY.astype("<u4") << 24).tobytes()], 32, 1), THREE.astype(float) * 255 / GREY.max()),
    "webp with something behind it": (encoded("WEBP", Image.fromarray(COLOURS), lossless=True) + b"x" * 99, COLOURS),
}


@pytest.mark.parametrize("name", SOUND)
def test_an_odd_sound_picture_is_read_as_it_is_meant(tmp_path: Path, name: str) -> None:
    data, meant = SOUND[name]
    file = tmp_path / f"a.{name.split()[0]}"
    file.write_bytes(data)
    found = read_photo(file, 512).pixels.astype(int)
    assert np.abs(found - meant).mean() < 2


def test_twelve_bits_keep_their_upper_eight(tmp_path: Path) -> None:
    values = (GREY.astype(np.uint16) * 16).reshape(-1, 2)
    packed = np.stack([values[:, 0] >> 4, (values[:, 0] & 15) << 4 | values[:, 1] >> 8, values[:, 1] & 255], -1)
    (tmp_path / "a.tif").write_bytes(tiff([packed.astype(np.uint8).tobytes()], 12, 1))
    assert np.array_equal(read_photo(tmp_path / "a.tif", 512).pixels, THREE)


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def test_the_tiles_of_a_grid_are_found_where_phones_put_it() -> None:
    """The grid lies in a box of its own, not beside the pictures; its one tile is a row higher than the picture."""
    grid = bytes([0, 0, 0, 0]) + struct.pack(">HH", 64, 63)
    coded = struct.pack(">I", 1002) + b"\x28\x01" + bytes(range(1, 251)) * 4
    ids = b"".join(
        box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0")
        for number, kind in ((1, b"hvc1"), (2, b"grid"))
    )
    sizes = b"".join(box(b"ispe", struct.pack(">3I", 0, 64, high)) for high in (64, 63))
    ties = struct.pack(">2I", 0, 2) + struct.pack(">HBB", 1, 1, 1) + struct.pack(">HBB", 2, 1, 2)
    meta = b""
    for _ in range(2):  # the second time it is known where the picture begins
        start = len(box(b"ftyp", bytes(8))) + len(meta) + 8
        places = struct.pack(">HHHHII", 1, 0, 0, 1, start, len(coded)) + struct.pack(">HHHHII", 2, 1, 0, 1, 0, 8)
        inside = box(b"pitm", bytes(4) + struct.pack(">H", 2)) + box(b"idat", grid)
        inside += box(b"iloc", b"\1\0\0\0\x44\0\0\2" + places)
        inside += box(b"iinf", bytes(4) + struct.pack(">H", 2) + ids)
        inside += box(b"iprp", box(b"ipco", sizes) + box(b"ipma", ties))
        inside += box(b"iref", bytes(4) + box(b"dimg", struct.pack(">3H", 2, 1, 1)))
        meta = box(b"meta", bytes(4) + inside)
    found = boxes.tiles_of(box(b"ftyp", bytes(8)) + meta + box(b"mdat", coded))
    assert found is not None
    (tile,) = found.tiles
    assert tile.box == (0, 0, 64, 64)
    assert start < tile.start < tile.end <= start + len(coded)
