"""Every bad photo that may be handed in: a code, and a sentence that names it and says what to do."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo import reading as module
from fieldguide.core.text import explain


def refused(path: Path, short_side: int = 64) -> ErrorCode:
    """The code; along the way: no warning leaks, and the sentence names the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FieldGuideError) as caught:
            read_photo(path, short_side)
    assert path.name in explain(caught.value)
    return caught.value.code


def noise(width: int = 90, height: int = 70) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8))


def test_missing(tmp_path: Path) -> None:
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_MISSING
    (tmp_path / "file").write_bytes(b"x")
    assert refused(tmp_path / "file" / "a.jpg") is ErrorCode.PHOTO_MISSING


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_EMPTY


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_NOT_AN_IMAGE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_NOT_AN_IMAGE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").chmod(0)
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_UNREADABLE


@pytest.mark.parametrize(
    "data",
    [b"\x00", b"hello", b"<html></html>", b"%!PS-Adobe\n", b"MZ" + bytes(200), b"\x1f\x8b" + bytes(90), bytes(5000)],
)
def test_not_an_image_whatever_its_suffix(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_NOT_AN_IMAGE


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.psd", b"8BPS" + bytes(90)),
        ("a.jxl", b"\xff\x0a" + bytes(90)),
        ("a.nef", b"MM\x00*" + bytes(90)),
        ("a.pdf", b"%PDF-1.7" + bytes(90)),
    ],
)
def test_formats_that_are_not_read_are_called_by_their_name(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert refused(tmp_path / name) is ErrorCode.PHOTO_UNSUPPORTED


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "gif", "bmp"])
@pytest.mark.parametrize("kept", [0.02, 0.4, 0.9])
def test_truncated(tmp_path: Path, suffix: str, kept: float) -> None:
    file = tmp_path / f"a.{suffix}"
    noise().save(file)
    file.write_bytes(file.read_bytes()[: max(30, int(file.stat().st_size * kept))])
    assert refused(file) in {ErrorCode.PHOTO_TRUNCATED, ErrorCode.PHOTO_UNREADABLE}


def test_a_truncated_jpeg_is_called_truncated(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[: len(data) // 2])
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_TRUNCATED


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "gif", "bmp"])
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    noise().save(file)
    whole, random = file.read_bytes(), np.random.default_rng(1)
    for _ in range(25):
        data = bytearray(whole)
        for place in random.integers(4, min(len(data), 400), 6):
            data[place] = int(random.integers(0, 256))
        file.write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                assert read_photo(file, 64).pixels.shape[2] == 3
            except FieldGuideError as error:
                explain(error)  # has every fact that its sentence needs


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [12_000, 60_000, 2_000_000_000])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, side: int) -> None:
    (tmp_path / "a.png").write_bytes(png_of(side, side))
    assert refused(tmp_path / "a.png") is ErrorCode.PHOTO_TOO_LARGE


def test_a_jpeg_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.jpg")
    data = bytearray((tmp_path / "a.jpg").read_bytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xff\xdc\xff\xdc"
    (tmp_path / "a.jpg").write_bytes(data)
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_TOO_LARGE


def test_a_progressive_bomb_is_refused_although_it_could_be_scaled(tmp_path: Path) -> None:
    noise().save(tmp_path / "a.jpg", progressive=True)
    data = bytearray((tmp_path / "a.jpg").read_bytes())
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 15_000, 15_000)
    (tmp_path / "a.jpg").write_bytes(data)
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_TOO_LARGE


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.jpg").open("wb") as stream:
        stream.truncate(module.MAX_FILE_BYTES + 1)
    assert refused(tmp_path / "a.jpg") is ErrorCode.PHOTO_TOO_LARGE


def test_what_is_held_at_once_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise(640, 480).save(tmp_path / "a.jpg")
    monkeypatch.setattr(module, "MAX_DECODED_PIXELS", 640 * 480 // 2)
    assert read_photo(tmp_path / "a.jpg", 64).photo.width == 640  # scaled while decoding
    assert refused(tmp_path / "a.jpg", 400) is ErrorCode.PHOTO_TOO_LARGE


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units, or not at all")
def test_large_photos_wait_for_each_other(tmp_path: Path) -> None:
    """Small files, 324 MB each as they are decoded: as many as there are cores would take all memory."""
    Image.new("RGB", (9000, 9000)).save(tmp_path / "a.png", compress_level=1)
    code = (
        "from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from fieldguide.core.photo import read_photo\n"
        f"files = [Path({str(tmp_path / 'a.png')!r})] * 4\n"
        "with ThreadPoolExecutor(4) as pool: list(pool.map(lambda file: read_photo(file, 224), files))\n"
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert int(done.stdout) < 600 * 1024, done.stderr[-2000:]


def test_a_phone_photo_of_200_megapixels_is_read(tmp_path: Path) -> None:
    """Restart markers let a small file stand for a large one: every strip of this JPEG is the same."""
    strip = Image.new("RGB", (16_320, 128), (150, 90, 40))
    strip.save(tmp_path / "a.jpg", quality=30, subsampling=2, restart_marker_rows=1)
    data = bytearray((tmp_path / "a.jpg").read_bytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 7] = struct.pack(">H", 12_160)
    scan = data.index(b"\xff\xda")
    body = scan + 2 + struct.unpack(">H", data[scan + 2 : scan + 4])[0]
    (tmp_path / "a.jpg").write_bytes(bytes(data[:body]) + b"\xff\xd7".join([bytes(data[body:-2])] * 95) + b"\xff\xd9")
    try:
        decoded = read_photo(tmp_path / "a.jpg", 128)
    except FieldGuideError as error:
        pytest.fail(f"{error}: {error.__cause__}")
    assert (decoded.photo.width, decoded.photo.height) == (16_320, 12_160)
    assert decoded.pixels.nbytes < 20 * 2**20


def test_names_of_every_kind(tmp_path: Path) -> None:
    for name in ("Grüner Knollenblätterpilz.jpg", "a b{c}.jpg", "鬼筆.jpg", "-x.jpg", "100%.jpg"):
        noise().save(tmp_path / name, format="JPEG")
        assert read_photo(tmp_path / name, 64).photo.path.name == name
        (tmp_path / name).write_bytes(b"no")
        assert refused(tmp_path / name) is ErrorCode.PHOTO_NOT_AN_IMAGE
