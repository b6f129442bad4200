"""A camera's raw file is named as one, whatever it is called: the small preview that stands first in it is no photo."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import find_photos, read_header, read_photo
from fieldguide.storage.log import without_private

THUMBNAIL = bytes(range(256)) * 75  # 160 x 120 grey pixels


def raw(*tags: tuple[int, int, int], magic: bytes = b"*\0", marks: bytes = b"") -> bytes:
    """A TIFF whose first picture is a preview; `tags`: number, form, value; `marks` stand behind its head."""
    begin, last = 8 + len(marks), 8 + len(marks) + 2 + 12 * (9 + len(tags)) + 4
    plain = [(256, 3, 160), (257, 3, 120), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, last), (277, 3, 1)]
    entries = sorted([*plain, (278, 3, 120), (279, 4, 19200), *tags])
    packed = b"".join(struct.pack("<HHII", number, form, 1, value) for number, form, value in entries)
    return (
        b"II"
        + magic
        + struct.pack("<I", begin)
        + marks
        + struct.pack("<H", len(entries))
        + packed
        + bytes(4)
        + THUMBNAIL
    )


PREVIEW = io.BytesIO()
Image.effect_noise((640, 480), 80).save(PREVIEW, "JPEG")
RAW = {
    "as Nikon's": raw((254, 4, 1)),
    "as Adobe's": raw((50706, 1, 0x0401)),
    "as Adobe's, with a preview at an odd place": raw((254, 4, 1)) + b"x" + PREVIEW.getvalue(),
    "as Adobe's, with one that is cut off": raw((254, 4, 1)) + PREVIEW.getvalue()[:999],
    "with a picture of two gigabytes": raw((254, 4, 1), (330, 4, 2**31)),
    "old": raw((255, 3, 2)),
    "as Canon's": raw((50648, 4, 0), marks=b"CR\2\0\0\0\0\0"),
    "of a sensor's colours": raw((33422, 1, 0x02010100)),
    "turned": raw((254, 4, 1), (274, 3, 6)),
    "as Olympus's": raw(magic=b"RO"),
    "as Panasonic's": raw(magic=b"U\0"),
    "as Fuji's": b"FUJIFILMCCD-RAW 0201FF129502" + PREVIEW.getvalue(),
    "as Canon's newer": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + PREVIEW.getvalue(),
}


@pytest.mark.parametrize("suffix", [".tif", ".jpg", ".dng"])
@pytest.mark.parametrize("name", RAW)
def test_it_is_named_whatever_it_is_called(name: str, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"photo{suffix}"
    file.write_bytes(RAW[name])
    for read in (lambda: read_photo(file, 224), lambda: read_header(file)):
        with pytest.raises(FieldGuideError) as refused:
            read()
        assert refused.value.code is ErrorCode.PHOTO_UNSUPPORTED
        assert refused.value.facts == {"file": file.name, "format": "RAW"}


def test_the_same_picture_that_is_no_preview_is_read(tmp_path: Path) -> None:
    (tmp_path / "photo.tif").write_bytes(raw((254, 4, 0)))
    assert read_photo(tmp_path / "photo.tif", 60).pixels.shape == (120, 160, 3)


def test_one_in_a_folder_is_named_unless_its_photo_lies_beside(tmp_path: Path) -> None:
    for name in ("a.NEF", "b.dng", "B.JPG", "c.jpg", "d.hif", "e.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in find_photos([tmp_path])] == ["B.JPG", "a.NEF", "c.jpg", "d.hif"]


def test_its_name_stays_out_of_what_is_handed_on() -> None:
    assert "garden" not in without_private("WARNING 'my garden.nef' is not read: garden.cr2")
