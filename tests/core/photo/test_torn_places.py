"""Places that stand in a photo's file in rarer ways: torn, nested, packed, told by other programs."""

import io
import struct

import pytest
from PIL import Image

from fieldguide.core.photo.privacy import without_place

LATITUDE = struct.pack("<6I", 50, 1, 30, 1, 1234, 100)
FOUND = (b"Praha", b"Aquila", b"50.50", b"50,30", b"+5030", b"geonames", LATITUDE, b"\x00\x32\x80\xd8")
XMP = b"http://ns.adobe.com/xap/1.0/\0"
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def jpeg(*segments: bytes) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 60).save(stream, "JPEG")
    return b"\xff\xd8" + b"".join(segments) + stream.getvalue()[2:]


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


def part(*entries: bytes) -> bytes:
    return struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


def block(tag: int = 0x8825, filling: int = 0) -> bytes:
    """EXIF whose part with the coordinates lies behind so many bytes of something else."""
    gps = 8 + 18 + filling
    return b"II*\0\x08\0\0\0" + part(entry(tag, 4, 1, gps)) + b"-" * filling + part(entry(2, 5, 3, gps + 18)) + LATITUDE


def torn(marker: int, head: bytes, body: bytes, cut: int) -> bytes:
    return segment(marker, head + body[:cut]) + segment(marker, head + body[cut:])


def records(*told: tuple[int, bytes]) -> bytes:
    return b"".join(b"\x1c\x02" + bytes([n]) + struct.pack(">H", len(words)) + words for n, words in told)


def resource(body: bytes, sign: bytes = b"8BIM") -> bytes:
    return sign + b"\x04\x04\0\0" + struct.pack(">I", len(body)) + body + bytes(len(body) % 2)


def xmp(words: bytes) -> bytes:
    return jpeg(segment(0xE1, XMP + b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + words + b"</x:xmpmeta>"))


CAPTIONS = records((0, b"\0\2"), (5, b"A mushroom"), (90, b"Praha"), (92, b"Praha 6"))
LONG = records((0, b"\0\2")) + b"\x1c\x02\x78\x80\x04\0\0\0\x05aaaaa" + records((90, b"Praha"))
MANIFEST = b"\0\0\1\0jumb....jumdc2pa" + b'{"exif:GPSLatitude": "50,30.2N", "exif:GPSLongitude": "14,15E"}'
LOCI = struct.pack(">I4sI", 12 + 21, b"loci", 0) + b"\x15\xc7Praha\0\0" + struct.pack(">iii", 921600, 3309784, 0)
WEBP = io.BytesIO()
Image.effect_noise((64, 64), 60).convert("RGB").save(WEBP, "WEBP", exif=block())


def tiff(*entries: bytes, behind: bytes) -> bytes:
    """A grey picture of 8 x 8 whose tags have values from byte 300 on."""
    tags = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 200)]
    made = [entry(*tag) for tag in [*tags, (278, 4, 1, 8), (279, 4, 1, 64)]] + list(entries)
    return (
        (b"II*\0\x08\0\0\0" + part(*sorted(made, key=lambda each: struct.unpack("<H", each[:2])))).ljust(200, b"\0")
        + bytes(range(64)).ljust(100, b"\0")
        + behind
    )


CASES = {
    "captions torn in two": jpeg(torn(0xED, b"Photoshop 3.0\0", resource(CAPTIONS), 39)),
    "captions torn in their head": jpeg(torn(0xED, b"Photoshop 3.0\0", resource(CAPTIONS[7:]), 3)),
    "captions behind a long one": jpeg(segment(0xED, b"Photoshop 3.0\0" + resource(LONG))),
    "captions of another program": jpeg(segment(0xED, b"Photoshop 3.0\0" + resource(CAPTIONS[7:], b"PHUT"))),
    "captions behind the picture": jpeg() + b"AXS!*..." + CAPTIONS,
    "EXIF torn in two": jpeg(torn(0xE1, b"Exif\0\0", block(filling=300), 200)),
    "EXIF torn within its coordinates": jpeg(torn(0xE1, b"Exif\0\0", block(filling=300), 354)),
    "an element with attributes": xmp(b'<exif:GPSLatitude rdf:datatype="s">50,30.2N</exif:GPSLatitude>'),
    "an element in other words": xmp(b"<exif:GPSLatitude><![CDATA[50,30.2N]]></exif:GPSLatitude>"),
    "an apostrophe": xmp(b"""<a photoshop:City="L'Aquila"/><photoshop:City>L'Aquila</photoshop:City>"""),
    "names in languages": xmp(
        b'<Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li><Iptc4xmpExt:LocationName><rdf:Alt><rdf:li xml:lang="cs">Praha'
        b"</rdf:li></rdf:Alt></Iptc4xmpExt:LocationName><Iptc4xmpExt:LocationId><rdf:Bag><rdf:li>http://sws.geonames."
        b"org/3067696</rdf:li></rdf:Bag></Iptc4xmpExt:LocationId></rdf:li></rdf:Bag></Iptc4xmpExt:LocationCreated>"
    ),
    "Darwin Core": xmp(b'<a dwc:decimalLatitude="50.5034" dwc:locality="Praha" dwc:verbatimCoordinates="50.50N"/>'),
    "coverage": xmp(b"<dc:coverage><rdf:Alt><rdf:li>Praha</rdf:li></rdf:Alt></dc:coverage>"),
    "credentials": jpeg(segment(0xEB, b"JP\0\1\0\0\0\1" + MANIFEST)),
    "credentials torn in two": jpeg(
        segment(0xEB, b"JP\0\1\0\0\0\1" + MANIFEST[:43]),
        segment(0xEB, b"JP\0\1\0\0\0\2" + MANIFEST[:8] + MANIFEST[43:]),
    ),
    "credentials in WebP": WEBP.getvalue() + b"C2PA" + struct.pack("<I", len(MANIFEST)) + MANIFEST,
    "credentials in a box": jpeg() + struct.pack(">I4s", 24 + len(MANIFEST), b"uuid") + C2PA + MANIFEST,
    "a film of an older phone": jpeg() + LOCI,
    "a film in minutes": jpeg() + b"\0\0\0\x20ftypmp42" + b"\xa9xyz\0\x12\x15\xc7+5030.2057+01415.50/",
    "a part of a TIFF": tiff(
        entry(330, 4, 1, 300), behind=part(entry(0x8825, 4, 1, 318)) + part(entry(2, 5, 3, 336)) + LATITUDE
    ),
    "two parts of a TIFF": tiff(
        entry(330, 4, 2, 300),
        behind=struct.pack("<2I", 0, 308) + part(entry(0x8825, 4, 1, 326)) + part(entry(2, 5, 3, 344)) + LATITUDE,
    ),
    "a TIFF of a map": tiff(entry(33922, 12, 3, 300), behind=LATITUDE),
    "private notes in a TIFF": tiff(entry(0xC634, 1, 30, 300), behind=b"MakN Praha, 50.50".ljust(30, b"\0")),
    "captions in a TIFF": tiff(entry(33723, 4, len(CAPTIONS) // 4, 300), behind=CAPTIONS),
    "WebP": WEBP.getvalue(),
}


@pytest.mark.parametrize("name", CASES)
def test_a_place_is_gone_however_it_is_written(name: str) -> None:
    data = CASES[name]
    kept = without_place(data)
    assert any(words in data for words in FOUND) or "torn" in name, "nothing was told"
    assert [words for words in (*FOUND, b"raha", b"Prah", b"0,30.") if words in kept] == []
    assert len(kept) == len(data)
    assert Image.open(io.BytesIO(data)).tobytes() == Image.open(io.BytesIO(kept)).tobytes()
    assert without_place(kept) == kept
