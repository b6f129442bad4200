"""From an image file to an upright RGB picture at reduced scale, with its date, place and digest.

Any file may be handed in: what cannot be read whole ends in a `FieldGuideError` with a code, and no damaged picture is
handed on. Knows nothing of models.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import BmpImagePlugin, Image, ImageFile, JpegImagePlugin, TiffImagePlugin

from fieldguide.core.bounded import NoFileError, open_file, read_at_most
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.memory import give_memory_back
from fieldguide.core.photo.colour import to_srgb, with_gamma, with_numbers
from fieldguide.core.photo.exif import Exif, read_exif
from fieldguide.core.photo.folders import DEAD, is_folder
from fieldguide.core.photo.formats import Format, check_head, exif_block, format_of, open_image, refuse_loose
from fieldguide.core.photo.structure import BrokenError, UnreadError, png_is_short
from fieldguide.core.records import Photo

MAX_FILE_BYTES = 512 * 2**20  # a 16-bit TIFF of 80 megapixels is 460 MiB
MAX_PIXELS = 400_000_000  # twice the largest phone sensor; a baseline JPEG of this size decodes in about 2 s at 1/8
LARGE = 256 * 2**20  # bytes of a file, or of its picture as it is decoded, above which it is read alone: cores are many
MAX_DECODED_PIXELS = 120_000_000  # what is held in memory at once: 4 bytes a pixel, so 480 MB

_TRUNCATION_WORDS = ("truncated", "end of file", "unexpected end", "broken data stream", "premature", "cut off")
# What parsers of hostile files raise; anything else is a defect of ours, and is not called a damaged photo.
_DECODERS_RAISE = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError),
    *(RuntimeError, AssertionError, struct.error, zlib.error, Image.DecompressionBombError),
)

_quiet_lock = threading.Lock()
_large_turn = threading.RLock()  # a file may be large and have a large picture


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """A photo with its picture: `pixels` is uint8 [H,W,3], upright sRGB, at the full or at a reduced scale."""

    photo: Photo
    pixels: npt.NDArray[np.uint8]


def read_photo(path: Path, short_side: int) -> DecodedPhoto:
    """Decode one file at a reduced scale that keeps its short side at least twice `short_side` pixels, if it has them.

    JPEG is scaled while it is decoded (by powers of two in the DCT: 37 ms instead of 137 for 12 megapixels), other
    formats right after. Animations give their first frame, transparency lies on white, 16 bits become 8, colours of a
    wide-gamut profile become sRGB.

    Raises:
        FieldGuideError: one of the PHOTO_ codes, always with the fact `file` (the name without its folder).
    """
    with ExitStack() as turn:
        return _read(path, short_side, turn)


def _read(path: Path, short_side: int, turn: ExitStack) -> DecodedPhoto:
    """`turn`: holds the large ones' turn until the photo is read."""
    with _naming(path), _opened(path) as (stream, kind):
        with _quiet():
            check_head(stream, kind)
        if os.fstat(stream.fileno()).st_size > LARGE:
            turn.enter_context(_turn_of_large())
        data = read_at_most(stream, MAX_FILE_BYTES)
    with _naming(path):
        with _quiet():
            image = open_image(data, kind)
        width, height = image.size
        _shrink_while_decoding(image, short_side)
        _refuse_bombs(path, (width, height), image)
        if 4 * image.width * image.height > LARGE:
            turn.enter_context(_turn_of_large())
        turn.callback(image.close)
        exif = Exif()
        if kind is not Format.PNG:  # whose EXIF may stand behind the picture; TIFF drops its own when it is decoded
            with _quiet():
                exif = read_exif(image)
        _load(image)
        refuse_loose(image, data, kind)
        if kind is Format.PNG:
            if _ends_black(image) and png_is_short(io.BytesIO(data)):
                raise BrokenError("rows are missing", cut=True)
            with _quiet():
                exif = read_exif(image)
        if kind is Format.TIFF:  # the one decoder that turns the picture by itself
            exif = replace(exif, orientation=1)
        pixels = _to_rgb(image, short_side)
    pixels = _upright(pixels, exif.orientation)
    if exif.orientation >= 5:
        width, height = height, width
    digest = hashlib.sha256(data).hexdigest()
    photo = Photo(path, digest, width, height, exif.taken_at, exif.latitude, exif.longitude, len(data))
    return DecodedPhoto(photo, pixels)


def read_header(path: Path) -> Exif:
    """What a file says of its time and place: no pixel is decoded, and of most formats only the header is read.

    Raises:
        FieldGuideError: one of the PHOTO_ codes, always with the fact `file`.
    """
    with _naming(path), _opened(path) as (stream, kind):
        if kind is Format.TIFF:
            with _quiet():
                check_head(stream, kind)
                return read_exif(TiffImagePlugin.TiffImageFile(stream))
        block = exif_block(stream, kind)
        exif = Image.Exif()
        with _quiet():
            exif.load(block)
            return read_exif(exif) if block else Exif()


@contextmanager
def _turn_of_large() -> Iterator[None]:
    """Read alone, and leave nothing of it for the next."""
    with _large_turn:
        try:
            yield
        finally:
            give_memory_back()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, Format]]:
    """The file at its beginning, its kind and size looked at: a pipe or a device would never end."""
    try:
        try:
            stream = open_file(path)  # and no look before: a card may be pulled until it is
        except IsADirectoryError:
            next(path.iterdir(), None)  # one that cannot be looked into says so
            raise
    except (FileNotFoundError, NotADirectoryError) as missing:
        raise FieldGuideError(ErrorCode.PHOTO_MISSING, file=path.name) from missing
    except (NoFileError, IsADirectoryError) as other:
        raise FieldGuideError(ErrorCode.PHOTO_NOT_AN_IMAGE, file=path.name) from other
    except (OSError, ValueError) as problem:  # no permission, a dead drive, too long a name, a name with a NUL
        gone = is_folder(path) or getattr(problem, "errno", None) in DEAD
        code = ErrorCode.FOLDER_UNREADABLE if gone else ErrorCode.PHOTO_UNREADABLE
        raise FieldGuideError(code, file=path.name) from problem
    with stream:
        length = os.fstat(stream.fileno()).st_size
        if length > MAX_FILE_BYTES:
            size, limit = f"{length // 2**20} MB", f"{MAX_FILE_BYTES // 2**20} MB"
            raise FieldGuideError(ErrorCode.PHOTO_TOO_LARGE, file=path.name, size=size, limit=limit)
        head = stream.read(32)
        if not head:
            raise FieldGuideError(ErrorCode.PHOTO_EMPTY, file=path.name)
        kind = format_of(head, path)
        stream.seek(0)
        yield stream, kind


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into a coded error that names the file."""
    try:
        yield
    except FieldGuideError:
        raise
    except UnreadError as other:
        raise FieldGuideError(ErrorCode.PHOTO_UNSUPPORTED, file=path.name, format=str(other)) from other
    except MemoryError as problem:
        raise FieldGuideError(ErrorCode.PHOTO_TOO_LARGE, file=path.name, size="?", limit="?") from problem
    except _DECODERS_RAISE as problem:
        cut = isinstance(problem, EOFError) or (isinstance(problem, BrokenError) and problem.cut)
        cut = cut or any(word in str(problem).lower() for word in _TRUNCATION_WORDS)
        code = ErrorCode.PHOTO_TRUNCATED if cut else ErrorCode.PHOTO_UNREADABLE
        raise FieldGuideError(code, file=path.name) from problem


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Pillow's warnings about odd headers. All threads share the filters: hence the lock, held shortly."""
    with _quiet_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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


def _ends_black(image: Image.Image) -> bool:
    """Whether the last two rows hold nothing but zeros: of an interlaced picture every other row may be written."""
    width, height = image.size
    return any(
        not image.crop((0, row, width, row + 1)).getbbox(alpha_only=False) for row in range(max(0, height - 2), height)
    )


def _to_rgb(image: Image.Image, short_side: int) -> npt.NDArray[np.uint8]:
    """uint8 [H,W,3] of a decoded image of any mode, box-averaged by a whole factor while twice `short_side` remains."""
    factor = max(1, min(image.size) // (2 * short_side))
    if image.mode in {"RGB", "L", "CMYK"} and "transparency" not in image.info:
        rgb = image.reduce(factor).convert("RGB")  # the common ones: a large one is never held twice
    else:
        rgb = _flat(image).reduce(factor)
    profile = image.info.get("icc_profile")
    if profile is None and "srgb" not in image.info:
        rgb = with_numbers(with_gamma(rgb, image.info.get("gamma")), image.info.get("nclx_profile"))
    coloured = image.mode in {"RGB", "RGBA", "RGBX", "P", "PA"}
    return np.asarray(to_srgb(rgb, profile) if coloured else rgb)


def _flat(image: Image.Image) -> Image.Image:
    """RGB of the rarer modes, what is transparent on white."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image).convert("RGB")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        colour = image.convert("RGBA")
        if isinstance(image, BmpImagePlugin.BmpImageFile) and not colour.getchannel("A").getbbox():
            return colour.convert("RGB")  # many programs leave it empty
        rgb = Image.new("RGB", colour.size, "white")
        rgb.paste(colour, mask=colour.getchannel("A"))
        return rgb
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of up to 16 bits keeps its upper eight; 32 bits and floats have no fixed range, so their own is 0..255."""
    values = np.asarray(image)
    tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else {}
    bits = tags.get(TiffImagePlugin.BITSPERSAMPLE, (16,))[0]
    if image.mode == "I" and bits == 32 and 2 not in tags.get(TiffImagePlugin.SAMPLEFORMAT, ()):
        values = values.view(np.uint32)
    short = image.mode == "I" and values.min(initial=0) >= 0 and 255 < values.max(initial=0) <= 65535
    if image.mode.startswith("I;16") or short:
        grey = (values.astype(np.uint16) >> (min(bits, 16) - 8)).astype(np.uint8)
    else:
        finite = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
        low, high = float(finite.min()), float(finite.max())
        stretched = (finite - low) * (255.0 / (high - low)) if high > low else np.zeros_like(finite)
        grey = stretched.astype(np.uint8)
    return Image.fromarray(255 - grey if tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0 else grey)


def _upright(pixels: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """Undo the EXIF orientation 1..8 (Exif 2.32, tag 0x0112)."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
