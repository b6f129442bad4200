"""Which decoder reads a file, known by its first bytes (a `.png` that holds a JPEG is fine), and what is not read.

Trap: `PIL.Image.open` calls a 200-megapixel phone photo a bomb and refuses it, and its bound is a module variable that
every thread shares. So the decoders are called directly, and the bounds are our own.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageChops,
    ImageFile,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.boxes import refuse_pictureless, tiles_of
from fieldguide.core.photo.jpeg import WatchedJpeg
from fieldguide.core.photo.loose_ends import refuse_loose_webp
from fieldguide.core.photo.stairs import refuse_stair
from fieldguide.core.photo.structure import (
    MAX_KEPT,
    BrokenError,
    check_bmp,
    check_gif,
    check_png,
    jpeg_head,
    png_chunks,
    refuse_lost,
    webp_exif,
    webp_pictures,
)
from fieldguide.core.photo.tiff import refuse_loose_tiff, refuse_raw


class Format(StrEnum):
    """The formats that are read."""

    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    TIFF = "TIFF"
    WEBP = "WebP"
    BMP = "BMP"
    HEIC = "HEIC"
    AVIF = "AVIF"


PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif", ".hif", ".avif", ".bmp"}
    | {".gif"}
)
# Camera raw files look like TIFF and would yield their 160-pixel preview; one of another name is told by its tags.
RAW_SUFFIXES = frozenset(
    {".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".srw", ".3fr", ".crw", ".dcr"}
    | {".erf", ".fff", ".gpr", ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".rwl", ".sr2", ".srf", ".x3f"}
)
MAX_BOXED = 64 * 2**20  # bytes of a HEIC or AVIF file whose header is looked at; a phone's has 2 to 8 MB
FLAT = 300  # pixels a byte: photos have 1 to 50, and of white paper any end makes the same
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_KNOWN = {
    b"\xff\xd8\xff": Format.JPEG,
    b"\x89PNG\r\n\x1a\n": Format.PNG,
    **dict.fromkeys((b"GIF87a", b"GIF89a"), Format.GIF),
    **dict.fromkeys((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"), Format.TIFF),
    b"BM": Format.BMP,
}
_UNSUPPORTED = {
    b"8BPS": "Photoshop",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000",
    b"%PDF": "PDF",
    b"\x00\x00\x01\x00": "ICO",
    **dict.fromkeys((b"IIRO", b"IIRS", b"MMOR", b"IIU\x00", b"FUJIFILMCCD-RAW", b"FOVb", b"\x00MRM"), "RAW"),
    **dict.fromkeys((b"II\x1a\x00\x00\x00HEAPCCDR", b"\x00\x00\x00\x18ftypcrx "), "RAW"),
}


def format_of(head: bytes, path: Path) -> Format:
    """The format of a file that begins with `head` (32 bytes).

    Raises:
        FieldGuideError: PHOTO_UNSUPPORTED with `format` for a kind of picture that is not read; PHOTO_NOT_AN_IMAGE.
    """
    if path.suffix.lower() in RAW_SUFFIXES:
        raise FieldGuideError(ErrorCode.PHOTO_UNSUPPORTED, file=path.name, format="RAW")
    for magic, known in _KNOWN.items():
        if head.startswith(magic):
            return known
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[4:8] == b"ftyp":
        if head[8:12] in _AVIF_BRANDS or b"avif" in head[16:]:
            return Format.AVIF
        if head[8:12] in _HEIC_BRANDS:
            return Format.HEIC
    for magic, name in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise FieldGuideError(ErrorCode.PHOTO_UNSUPPORTED, file=path.name, format=name)
    raise FieldGuideError(ErrorCode.PHOTO_NOT_AN_IMAGE, file=path.name)


def check_head(stream: BinaryIO, kind: Format) -> None:
    """Walk what can be walked without reading the picture, so that a file padded without end is not even read.

    Raises:
        BrokenError: see `core.photo.structure`; and what Pillow raises of the head of a TIFF or BMP.
        UnreadError: a camera's raw file.
    """
    if kind is Format.JPEG:
        jpeg_head(stream)
    elif kind is Format.PNG:
        for _ in png_chunks(stream, pixels=False):
            pass
    elif kind is Format.WEBP:
        webp_exif(stream, stream.seek(0, io.SEEK_END))
    elif kind is Format.GIF:
        check_gif(stream)
    elif kind in (Format.HEIC, Format.AVIF):
        refuse_pictureless(stream)
    else:
        image = _decoder(kind)(stream)
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            refuse_raw(image)
    stream.seek(0)


def open_image(data: bytes, kind: Format) -> ImageFile.ImageFile:
    """The image with its header parsed and nothing decoded; what the format itself can tell of damage is found here.

    Raises:
        BrokenError: see `core.photo.structure`; and whatever Pillow's decoders raise.
    """
    if kind is Format.JPEG:
        return WatchedJpeg(data)
    stream = io.BytesIO(data)
    if kind is Format.PNG:
        check_png(stream)
        stream.seek(0)
    image = _decoder(kind)(stream)
    if kind is Format.WEBP:
        for picture in webp_pictures(data):
            refuse_lost(picture)
        refuse_loose_webp(data)
    elif isinstance(image, TiffImagePlugin.TiffImageFile):
        refuse_loose_tiff(image, data)
    elif kind is Format.BMP:
        check_bmp(data)
    elif kind in (Format.HEIC, Format.AVIF):
        exif = image.info.get("exif")  # a camera's notes may hold empty pages
        refuse_lost(data[data.find(b"mdat") :], exif[6:] if isinstance(exif, bytes) else b"")
    return image


def refuse_loose(image: Image.Image, data: bytes, kind: Format) -> None:
    """Look at a decoded picture for what its decoder read over.

    Raises:
        BrokenError: a HEIC or AVIF that does not miss its own end, decoded again for it; a JPEG that parts; a pixel of
            a colour that the file does not have.
    """
    if image.mode == "P":
        _, last = cast("tuple[int, int]", image.getextrema())
        if image.palette is None or 3 * last >= len(image.palette.palette):
            raise BrokenError("a colour that is not there")
    if isinstance(image, WatchedJpeg):
        refuse_stair(image)
    tiles = tiles_of(data) if kind in (Format.HEIC, Format.AVIF) else None
    if tiles is None or len(data) * FLAT < image.width * image.height:
        return
    try:
        other = _decoder(kind)(io.BytesIO(tiles.ended_otherwise(data)))
        other.load()
    except (OSError, ValueError, RuntimeError, SyntaxError, EOFError):
        return  # it does
    if other.size == image.size and tiles.is_loose(ImageChops.difference(image, other)):
        raise BrokenError("the picture ends before its data")


def _decoder(kind: Format) -> Callable[[BinaryIO], ImageFile.ImageFile]:
    if kind is Format.HEIC:
        from pi_heif import HeifImageFile  # costs 20 ms, and few need it

        return HeifImageFile  # type: ignore[no-any-return]
    return {
        Format.PNG: PngImagePlugin.PngImageFile,
        Format.GIF: GifImagePlugin.GifImageFile,
        Format.TIFF: TiffImagePlugin.TiffImageFile,
        Format.WEBP: WebPImagePlugin.WebPImageFile,
        Format.BMP: BmpImagePlugin.BmpImageFile,
        Format.AVIF: AvifImagePlugin.AvifImageFile,
    }[kind]


def exif_block(stream: BinaryIO, kind: Format) -> bytes:
    """The EXIF of a file without decoding its picture; empty when it has none.

    Of HEIC and AVIF the whole file is read, at most `MAX_BOXED` bytes: their own readers want it so.

    Raises:
        BrokenError: see `core.photo.structure`; and whatever those readers raise.
    """
    if kind is Format.JPEG:
        return jpeg_head(stream).exif
    if kind is Format.WEBP:
        return webp_exif(stream, stream.seek(0, io.SEEK_END))
    if kind is Format.PNG:
        return _png_exif(stream)
    if kind in (Format.HEIC, Format.AVIF):
        block = _decoder(kind)(io.BytesIO(stream.read(MAX_BOXED))).info.get("exif")
        return block if isinstance(block, bytes) else b""
    return b""


def _png_exif(stream: BinaryIO) -> bytes:
    """The newer chunk, or the text that older programs write: lines of hexadecimal digits."""
    for kind, body in png_chunks(stream, pixels=False):
        if kind == b"eXIf":
            return body
        if kind in (b"zTXt", b"tEXt") and body.startswith(b"Raw profile type exif\x00"):
            text = body[22:]
            if kind == b"zTXt":
                text = zlib.decompressobj().decompress(text[1:], MAX_KEPT)
            return bytes.fromhex(text.partition(b"\n")[2].partition(b"\n")[2].partition(b"\n")[2].decode("ascii"))
    return b""
