"""A copy does not tell where it was taken, and is the same picture."""

import io

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
