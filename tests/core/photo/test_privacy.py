"""A copy does not tell where it was taken, and is the same picture."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fieldguide.core.photo.privacy import without_place


def placed(name: str) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8769)[0x9003] = "2024:10:05 11:12:13"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 12.34), 3: "E", 4: (14.0, 15.0, 0.0)})
    pixels, out = np.random.default_rng(2).integers(0, 255, (40, 60, 3), dtype=np.uint8), io.BytesIO()
    Image.fromarray(pixels).save(out, name, exif=exif.tobytes())
    return out.getvalue()


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_place_is_gone_and_the_rest_is_there(name: str) -> None:
    data = placed(name)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(without_place(data)))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    assert dict(before.getexif().get_ifd(0x8825))
    assert dict(after.getexif().get_ifd(0x8825)) == {}
    assert after.getexif().get_ifd(0x8769)[0x9003] == "2024:10:05 11:12:13"
    assert len(without_place(data)) == len(data)


def test_coordinates_in_words_are_gone_too() -> None:
    words = b"<rdf exif:GPSLatitude=\"50,30.2N\" exif:GPSLongitude='14,15E'><exif:GPSAltitude>300</exif:GPSAltitude>"
    assert not set(b"0123456789") & set(without_place(words))
    assert len(without_place(words)) == len(words)


def test_the_block_of_a_heic_that_begins_with_its_offset_alone_is_emptied_too() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 12.34)})
    block = exif.tobytes().removeprefix(b"Exif\x00\x00")
    data = b"\x00\x00\x00\x18ftypheic" + bytes(20) + block
    kept = Image.Exif()
    kept.load(b"Exif\x00\x00" + without_place(data)[-len(block) :])
    assert dict(kept.get_ifd(0x8825)) == {}


def test_words_of_a_drone_are_gone_too() -> None:
    words = b'<x drone-dji:GpsLatitude="+48.1" drone-dji:GPSLongitude="11.5"/>'
    assert not set(b"0123456789") & set(without_place(words))


@pytest.mark.parametrize(
    "data", [b"", b"II*\x00", b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", bytes(100), placed("JPEG")[:60]]
)
def test_what_is_damaged_comes_back_as_long_as_it_was(data: bytes) -> None:
    assert len(without_place(data)) == len(data)


LATITUDE = struct.pack("<6I", 50, 1, 30, 1, 1234, 100)


def exif_block(order: str = "<", *, wide: bool = False) -> bytes:
    """A block whose second part holds the GPS tags, beside details with notes of the camera's maker."""
    kind, size = ("Q", 8) if wide else ("I", 4)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 43 if wide else 42)
    head += struct.pack(f"{order}HHQ", 8, 0, 16) if wide else struct.pack(f"{order}I", 8)

    def entry(tag: int, form: int, count: int, value: int) -> bytes:
        return struct.pack(f"{order}HH{kind}{kind}", tag, form, count, value)

    def part(*entries: bytes, following: int = 0) -> bytes:
        return (
            struct.pack(f"{order}{'Q' if wide else 'H'}", len(entries))
            + b"".join(entries)
            + struct.pack(f"{order}{kind}", following)
        )

    one = len(part(b"x" * (4 + 2 * size)))
    begin = len(head)
    second, details, gps = begin + one, begin + 2 * one, begin + 3 * one
    notes = gps + one
    latitude = notes + 16
    pointer = 18 if wide else 4
    return (
        head
        + part(entry(0x8769, pointer, 1, details), following=second)
        + part(entry(0x8825, pointer, 1, gps))
        + part(entry(0x927C, 7, 16, notes))
        + part(entry(2, 5, 3, latitude))
        + b"Praha, 50.5034 N"
        + (LATITUDE if order == "<" else struct.pack(">6I", *struct.unpack("<6I", LATITUDE)))
    )


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + placed("JPEG")[2:]


def captions() -> bytes:
    records = b"".join(
        b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(words)) + words
        for number, words in ((5, b"A mushroom"), (90, b"Praha"), (101, b"Cesko"))
    )
    return b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    whole = placed("PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


BLOCK = b"Exif\0\0" + exif_block()
HEXADECIMAL = b"\nexif\n%d\n" % len(BLOCK) + BLOCK.hex().encode() + b"\n"
WORDS = b'<x photoshop:City="Praha" geo:lat="50.5034" Iptc4xmpCore:Location="Les Praha">'
WORDS += b"<exif:GPSLatitude>50,30N</exif:GPSLatitude></x>"
TELLING = {
    "a second part": jpeg(segment(0xE1, BLOCK)),
    "the other order": jpeg(segment(0xE1, b"Exif\0\0" + exif_block(">"))),
    "a large TIFF": exif_block(wide=True),
    "a large TIFF of the other order": exif_block(">", wide=True),
    "captions": jpeg(segment(0xED, captions())),
    "XMP": jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + WORDS)),
    "a film behind the picture": jpeg() + b"\0\0\0\x20ftypmp42" + b"\xa9xyz\0\x12\x15\xc7+50.5034+014.2500/",
    "a text in PNG": png(chunk(b"tEXt", b"Raw profile type exif\0" + HEXADECIMAL)),
    "a packed text in PNG": png(chunk(b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(HEXADECIMAL))),
    "packed XMP in PNG": png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(WORDS))),
    "XMP in PNG": png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + WORDS)),
}
FOUND = (b"Praha", b"50.50", LATITUDE, struct.pack(">6I", *struct.unpack("<6I", LATITUDE)), LATITUDE.hex().encode())


def told(data: bytes) -> bool:
    """Whether a place stands in the file, packed texts of a PNG and hexadecimal ones too."""
    open_texts = b"".join(zlib.decompress(data[at:]) for at in range(len(data) - 1) if data[at : at + 2] == b"\x78\x9c")
    return any(words in data + (open_texts if b"TXt" in data else b"") for words in FOUND)


@pytest.mark.parametrize("name", TELLING)
def test_a_place_is_gone_wherever_it_stands(name: str) -> None:
    data = TELLING[name]
    kept = without_place(data)
    assert told(data), "nothing was told"
    assert not told(kept)
    assert without_place(kept) == kept
    if data[:2] not in (b"II", b"MM"):
        before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(kept))
        assert np.array_equal(np.asarray(before), np.asarray(after))
    assert b"A mushroom" in kept or name != "captions"


@pytest.mark.parametrize("cut", [1, 90, 173, 176, 190])
def test_xmp_that_is_torn_between_segments_or_wide_keeps_no_place(cut: int) -> None:
    """Adobe's extended XMP is parted every 64 KB, wherever that falls; UTF-16 is allowed outside of a JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64), "tan").save(stream, "JPEG")
    plain = stream.getvalue()
    words = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a b="{"-" * 120}" exif:GPSLatitude="47,22.5N"/></x:xmpmeta>'.encode()
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 40
    torn = [b"\xff\xe1" + struct.pack(">H", len(head + part) + 2) + head + part for part in (words[:cut], words[cut:])]
    parted = plain[:2] + b"".join(torn) + plain[2:]
    filled = plain[:2] + b"\xff\xff".join((b"", *torn)) + plain[2:]
    for photo in (parted, filled, plain + parted, plain + words.decode().encode("utf-16")):
        kept = without_place(photo)
        assert len(kept) == len(photo)
        assert not any(part in kept.replace(b"\0", b"") for part in (b"47,", b"22.", b".5N"))
        assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(photo)).tobytes()


def test_a_file_of_one_endless_word_costs_no_time() -> None:
    """Where every letter is tried as a beginning of the rest, this would take days."""
    data = b"a" * 2_000_000 + b":GPS" + b"a" * 2_000_000
    assert without_place(data) == data


@pytest.mark.parametrize("start", [b"II*\x00", b"MM\x00*"])
def test_pixels_that_begin_as_a_block_does_stay(start: bytes) -> None:
    order, random = "<" if start[:1] == b"I" else ">", np.random.default_rng(3)
    pixels = bytearray(start + struct.pack(order + "IH", 8, 2000) + random.integers(0, 256, 30000, np.uint8).tobytes())
    struct.pack_into(order + "HHII", pixels, 22, 0x927C, 7, 5000, 2000)
    assert without_place(bytes(pixels)) == pixels
