"""From an image file to an upright RGB picture at reduced scale, with its date, place and digest.

Any file may be handed in: what cannot be read ends in a `FieldGuideError` with a code. Knows nothing of models.

Trap: `PIL.Image.open` calls a 200-megapixel phone photo a bomb and refuses it, and its bound is a module variable that
every thread shares. So the decoders are called directly, chosen by the first bytes (a `.png` that holds a JPEG is
fine), and the bounds are our own.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin
from PIL import WebPImagePlugin as WebpImagePlugin

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.exif import Exif, read_exif
from fieldguide.core.records import Photo

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif", ".bmp", ".gif"})

MAX_FILE_BYTES = 512 * 2**20  # a 16-bit TIFF of 80 megapixels is 460 MiB
MAX_PIXELS = 400_000_000  # twice the largest phone sensor; a baseline JPEG of this size decodes in about 2 s at 1/8
MAX_DECODED_PIXELS = 120_000_000  # what is held in memory at once: 4 bytes a pixel, so 480 MB

# Camera raw files look like TIFF and would yield their 160-pixel preview.
_RAW_SUFFIXES = frozenset({".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".srw"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_UNSUPPORTED = {
    b"8BPS": "Photoshop",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000",
    b"%PDF": "PDF",
    b"\x00\x00\x01\x00": "ICO",
}
_TRUNCATION_WORDS = ("truncated", "end of file", "unexpected end", "broken data stream", "premature", "cut off")

_quiet_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """A photo with its picture: `pixels` is uint8 [H,W,3], upright sRGB-like RGB, at the full or at a reduced scale."""

    photo: Photo
    pixels: npt.NDArray[np.uint8]


def find_photos(paths: Iterable[Path]) -> list[Path]:
    """Files given by name, kept whatever their suffix, and the photos inside given folders, recursive and sorted.

    Inside folders, hidden files and folders (a leading dot, as macOS leaves them) are skipped. A folder without
    photos adds nothing. Paths that do not exist are kept, so that reading them names them.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(sorted(_photos_below(path)))
        else:
            found.append(path)
    return found


def _photos_below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() in PHOTO_SUFFIXES:
                yield Path(parent, name)


def read_photo(path: Path, short_side: int) -> DecodedPhoto:
    """Decode one file at a reduced scale that keeps its short side at least twice `short_side` pixels, if it has them.

    JPEG is scaled while it is decoded (by powers of two in the DCT: 37 ms instead of 137 for 12 megapixels), other
    formats right after. Animations give their first frame, transparency lies on white, 16 bits become 8.

    Raises:
        FieldGuideError: one of the PHOTO_ codes, always with the fact `file` (the name without its folder).
    """
    data = _read_file(path)
    with _naming(path):
        image = _open(data, path)
        width, height = image.size
        _shrink_while_decoding(image, short_side)
        _refuse_bombs(path, (width, height), image)
        with _quiet():
            exif = read_exif(image)
        _load(image)
        if isinstance(image, TiffImagePlugin.TiffImageFile):  # the one decoder that turns the picture by itself
            exif = replace(exif, orientation=1)
        pixels = _to_rgb(image, short_side)
    pixels = _upright(pixels, exif.orientation)
    if exif.orientation >= 5:
        width, height = height, width
    digest = hashlib.sha256(data).hexdigest()
    photo = Photo(path, digest, width, height, exif.taken_at, exif.latitude, exif.longitude, len(data))
    return DecodedPhoto(photo, pixels)


def read_header(path: Path) -> Exif:
    """What a file says of its time and place, without decoding a pixel.

    Raises:
        FieldGuideError: one of the PHOTO_ codes, always with the fact `file`.
    """
    data = _read_file(path)
    with _naming(path):
        image = _open(data, path)
        with _quiet():
            return read_exif(image)


def _read_file(path: Path) -> bytes:
    """The whole file, after its kind and size were looked at: a pipe or a device would never end."""
    try:
        size = path.stat().st_size
        if path.is_dir() or not path.is_file():
            raise FieldGuideError(ErrorCode.PHOTO_NOT_AN_IMAGE, file=path.name)
        if size > MAX_FILE_BYTES:
            limit = f"{MAX_FILE_BYTES // 2**20} MB"
            raise FieldGuideError(ErrorCode.PHOTO_TOO_LARGE, file=path.name, size=f"{size // 2**20} MB", limit=limit)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise FieldGuideError(ErrorCode.PHOTO_MISSING, file=path.name) from missing
    except (OSError, ValueError) as problem:  # no permission, a failing disk, a name with a NUL
        raise FieldGuideError(ErrorCode.PHOTO_UNREADABLE, file=path.name) from problem
    if not data:
        raise FieldGuideError(ErrorCode.PHOTO_EMPTY, file=path.name)
    return data


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into a coded error that names the file."""
    try:
        yield
    except FieldGuideError:
        raise
    except MemoryError as problem:
        raise FieldGuideError(ErrorCode.PHOTO_TOO_LARGE, file=path.name, size="?", limit="?") from problem
    except Exception as problem:  # parsers of hostile files raise nearly every built-in exception
        cut = any(word in str(problem).lower() for word in _TRUNCATION_WORDS) or isinstance(problem, EOFError)
        code = ErrorCode.PHOTO_TRUNCATED if cut else ErrorCode.PHOTO_UNREADABLE
        raise FieldGuideError(code, file=path.name) from problem


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Pillow's warnings about odd headers. All threads share the filters: hence the lock, held shortly."""
    with _quiet_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _open(data: bytes, path: Path) -> ImageFile.ImageFile:
    """The image with its header parsed and nothing decoded yet; the decoder is chosen by the first bytes."""
    decoder = _decoder(data[:32], path)
    if data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise FieldGuideError(ErrorCode.PHOTO_TRUNCATED, file=path.name)
    with _quiet():
        return decoder(io.BytesIO(data))


def _decoder(head: bytes, path: Path) -> Callable[[io.BytesIO], ImageFile.ImageFile]:
    if path.suffix.lower() in _RAW_SUFFIXES:
        raise FieldGuideError(ErrorCode.PHOTO_UNSUPPORTED, file=path.name, format="RAW")
    if head.startswith(b"\xff\xd8\xff"):
        return JpegImagePlugin.JpegImageFile
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImagePlugin.PngImageFile
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GifImagePlugin.GifImageFile
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return TiffImagePlugin.TiffImageFile
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WebpImagePlugin.WebPImageFile
    if head.startswith(b"BM"):
        return BmpImagePlugin.BmpImageFile
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIC_BRANDS and b"avif" not in head[16:]:
            from pi_heif import HeifImageFile  # costs 20 ms, and few need it

            return HeifImageFile  # type: ignore[no-any-return]
        if head[8:12] in _AVIF_BRANDS or b"avif" in head[16:]:
            raise FieldGuideError(ErrorCode.PHOTO_UNSUPPORTED, file=path.name, format="AVIF")
    for magic, name in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise FieldGuideError(ErrorCode.PHOTO_UNSUPPORTED, file=path.name, format=name)
    raise FieldGuideError(ErrorCode.PHOTO_NOT_AN_IMAGE, file=path.name)


def _shrink_while_decoding(image: ImageFile.ImageFile, short_side: int) -> None:
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (2 * short_side, 2 * short_side))


def _refuse_bombs(path: Path, full: tuple[int, int], image: ImageFile.ImageFile) -> None:
    """Bound the declared size, and what decoding holds: a progressive JPEG keeps every coefficient at any scale."""
    declared = full[0] * full[1]
    progressive = "progressive" in image.info or "progression" in image.info
    held = declared if progressive else image.size[0] * image.size[1]
    for count, limit in ((declared, MAX_PIXELS), (held, MAX_DECODED_PIXELS)):
        if count > limit:
            facts = {"size": f"{count // 10**6} megapixels", "limit": f"{limit // 10**6} megapixels"}
            raise FieldGuideError(ErrorCode.PHOTO_TOO_LARGE, file=path.name, **facts)


def _load(image: ImageFile.ImageFile) -> None:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        with _quiet():  # the one decoder that warns while decoding
            image.load()
    else:
        image.load()


def _to_rgb(image: Image.Image, short_side: int) -> npt.NDArray[np.uint8]:
    """uint8 [H,W,3] of a decoded image of any mode, box-averaged by a whole factor while twice `short_side` remains."""
    factor = max(1, min(image.size) // (2 * short_side))
    if image.mode in {"RGB", "L", "CMYK"} and "transparency" not in image.info:
        return np.asarray(image.reduce(factor).convert("RGB"))  # the common ones: a large one is never held twice
    if image.mode.startswith(("I", "F")):
        rgb = _eight_bits(image).convert("RGB")
    elif image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        colour = image.convert("RGBA")
        rgb = Image.new("RGB", colour.size, "white")
        rgb.paste(colour, mask=colour.getchannel("A"))
    else:
        rgb = image.convert("RGB")
    return np.asarray(rgb.reduce(factor))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits loses its low byte; 32 bits and floats have no fixed range, so their own becomes 0..255."""
    values = np.asarray(image)
    if image.mode.startswith("I;16") or (image.mode == "I" and 255 < values.max(initial=0) <= 65535):
        return Image.fromarray((values.astype(np.uint16) >> 8).astype(np.uint8))
    finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    stretched = (finite - low) * (255.0 / (high - low)) if high > low else np.zeros_like(finite)
    return Image.fromarray(stretched.astype(np.uint8))


def _upright(pixels: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """Undo the EXIF orientation 1..8 (Exif 2.32, tag 0x0112)."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
