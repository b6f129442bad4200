"""How exactly an export tells where finds were made. Rare kinds are dug out by whoever reads an exact place."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from math import cos, radians
from pathlib import Path

from fieldguide.core.records import Observation

CELL = 0.1  # degrees of latitude: 11 km
UNCERTAINTY = 7_900  # metres from the middle of a cell to its corner, rounded up


class Places(StrEnum):
    """Exact as stored; blurred to the middle of a cell of about 10 km; or left out."""

    EXACT = "exact"
    BLURRED = "blurred"
    NONE = "none"


def placed(find: Observation, places: Places) -> Observation:
    """The find as an export may tell it; its photos too."""
    if places is Places.EXACT:
        return find
    latitude, longitude = rounded(find.latitude, find.longitude, places)
    photos = []
    for photo in find.photos:
        north, east = rounded(photo.latitude, photo.longitude, places)
        photos.append(replace(photo, latitude=north, longitude=east))
    return replace(find, photos=tuple(photos), latitude=latitude, longitude=longitude)


def rounded(latitude: float | None, longitude: float | None, places: Places) -> tuple[float | None, float | None]:
    """A place as an export may tell it, in degrees; at the date line and at the poles it stays on the globe."""
    if latitude is None or longitude is None or places is Places.NONE:
        return None, None
    if places is Places.EXACT:
        return latitude, longitude
    row = min(int((latitude + 90.0) / CELL), round(180.0 / CELL) - 1)
    north = (row + 0.5) * CELL - 90.0
    columns = max(1, int(360.0 * cos(radians(north)) / CELL))
    column = int((longitude + 180.0) / 360.0 * columns) % columns
    return round(north, 4), round((column + 0.5) * 360.0 / columns - 180.0, 4)


def beside(path: Path, word: str) -> Path:
    """The name of a second file of the same export."""
    return path.with_name(f"{path.stem}_{word}{path.suffix}")
