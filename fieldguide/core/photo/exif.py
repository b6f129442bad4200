"""What a photo's header says of its orientation, date and place; what it does not say stays None, never invented."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import ExifTags, Image

_EARLIEST_YEAR = 1900
_CLOCK_SLACK = timedelta(hours=26)  # the widest difference between two local times on Earth

# What Pillow's parser of EXIF raises for a damaged one.
_PARSER_RAISES = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError),
    *(RuntimeError, AssertionError, struct.error),
)
# DateTime (0x0132) is left out on purpose: it is when a program last changed the file.
_DATE_TAGS = (ExifTags.Base.DateTimeOriginal, ExifTags.Base.DateTimeDigitized)


@dataclass(frozen=True, slots=True)
class Exif:
    """`orientation` 1 to 8; `taken_at` local time without a zone; place in decimal degrees (WGS 84)."""

    orientation: int = 1
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


def read_exif(source: Image.Image | Image.Exif, now: datetime | None = None) -> Exif:
    """The header of an opened image, or a block of it. Damage in it costs only what is damaged; nothing is raised.

    Trap: of a PNG without EXIF `getexif` decodes the picture; decode it before, or a failure is lost here.
    """
    try:
        header = source.getexif() if isinstance(source, Image.Image) else source
        main, details = dict(header), header.get_ifd(ExifTags.IFD.Exif)
        place = header.get_ifd(ExifTags.IFD.GPSInfo)
    except _PARSER_RAISES:
        return Exif()
    orientation = main.get(ExifTags.Base.Orientation, 1)
    if orientation not in range(1, 9):
        orientation = 1
    latitude, longitude = _place(place)
    return Exif(int(orientation), _date({**main, **details}, now or datetime.now()), latitude, longitude)


def _date(tags: Mapping[int, Any], now: datetime) -> datetime | None:
    """The moment of exposure; None when absent, malformed, before photography or in the future."""
    for tag in _DATE_TAGS:
        raw = tags.get(tag)
        if isinstance(raw, bytes):
            raw = raw.decode("ascii", "replace")
        if not isinstance(raw, str):
            continue
        digits = raw.strip("\0 ")[:19].replace("-", ":").replace("T", " ")
        try:
            taken = datetime.strptime(digits, "%Y:%m:%d %H:%M:%S")
        except ValueError:
            continue
        if taken.year >= _EARLIEST_YEAR and taken <= now + _CLOCK_SLACK:
            return taken
    return None


def _place(tags: Mapping[int, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude, or (None, None) unless both are whole: a side without its hemisphere is half a place."""
    gps = ExifTags.GPS
    latitude = _degrees(tags.get(gps.GPSLatitude), tags.get(gps.GPSLatitudeRef), "NS", 90.0)
    longitude = _degrees(tags.get(gps.GPSLongitude), tags.get(gps.GPSLongitudeRef), "EW", 180.0)
    without_fix = latitude == 0.0 and longitude == 0.0  # what receivers write before they know
    if latitude is None or longitude is None or without_fix:
        return None, None
    return latitude, longitude


def _degrees(parts: Any, hemisphere: Any, letters: str, limit: float) -> float | None:
    """Degrees, minutes and seconds as a signed decimal; None when malformed or outside -limit..limit."""
    if isinstance(hemisphere, bytes):
        hemisphere = hemisphere.decode("ascii", "replace")
    letter = str(hemisphere or "").strip("\0 ").upper()[:1]
    if not letter or letter not in letters:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in (*parts, 0, 0)[:3])
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return -value if letter == letters[1] else value
