"""The nearest town of any place on the globe, and the towns of a part of it. Facts: GeoNames, CC BY 4.0.

`resources/map/towns.npz` holds places with a thousand people or more, the most populous first; `packaging/make_map.py`
makes it. Reads no database and shows nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.places import EARTH, kilometres
from fieldguide.core.resources import resource

_BAND = 0.5  # degrees of latitude on either side that are looked at first; nothing beyond can be nearer than 55 km


@dataclass(frozen=True, slots=True)
class Town:
    """A town. `country`: ISO 3166-1 alpha-2. Latitude and longitude in degrees, to 110 m."""

    name: str
    country: str
    latitude: float
    longitude: float

    def away(self, latitude: float, longitude: float) -> float:
        """Kilometres from a place."""
        return kilometres(self.latitude, self.longitude, latitude, longitude)


class Towns:
    """All towns of the file. Build it once (`towns`)."""

    def __init__(self) -> None:
        with np.load(resource("map", "towns.npz")) as held:
            self._names = held["names"].tobytes()
            self._degrees = held["thousandths"] / np.float64(1000)
            self._countries = held["country"]
            self._codes = held["codes"].tobytes().decode().split(" ")
        ends = np.flatnonzero(np.frombuffer(self._names, np.uint8) == ord("\n"))
        self._ends = np.append(ends, len(self._names))
        self._north = np.argsort(self._degrees[:, 0], kind="stable")  # rows from south to north
        self._latitudes = self._degrees[self._north, 0]
        self._vectors = _on_sphere(self._degrees[self._north])

    def __len__(self) -> int:
        return len(self._ends)

    def nearest(self, latitude: float, longitude: float) -> Town:
        """The town next to a place in degrees, across the date line and at the poles too."""
        here = _on_sphere(np.array([[latitude, longitude]]))[0]
        first, last = np.searchsorted(self._latitudes, (latitude - _BAND, latitude + _BAND))
        near = self._closest(here, int(first), int(last))
        if near is None or near[1] > np.radians(_BAND) * EARTH:
            near = self._closest(here, 0, len(self))
        assert near is not None
        return self._town(int(self._north[near[0]]))

    def within(self, south: float, west: float, north: float, east: float, most: int) -> list[Town]:
        """The `most` largest towns of a box in degrees; west may be east of east: across the date line."""
        latitudes, longitudes = self._degrees[:, 0], self._degrees[:, 1]
        inside = (latitudes >= south) & (latitudes <= north)
        if west <= east:
            inside &= (longitudes >= west) & (longitudes <= east)
        else:
            inside &= (longitudes >= west) | (longitudes <= east)
        return [self._town(int(number)) for number in np.flatnonzero(inside)[:most]]

    def called(self, beginning: str, most: int) -> list[Town]:
        """The `most` largest towns whose names begin so, whatever the capitals and accents."""
        begun = _fold(beginning.strip())
        hits = (number for number, name in enumerate(self._folded) if name.startswith(begun))
        return [self._town(number) for number in islice(hits, most)] if begun else []

    @cached_property
    def _folded(self) -> list[str]:
        return _fold(self._names.decode("utf-8")).split("\n")

    def _closest(self, here: NDArray[np.float64], first: int, last: int) -> tuple[int, float] | None:
        """Row from the south and kilometres (through the ground: no matter for what is nearest)."""
        if first >= last:
            return None
        apart = ((self._vectors[first:last] - here) ** 2).sum(axis=1)
        best = int(apart.argmin())
        return first + best, float(np.sqrt(apart[best])) * EARTH

    def _town(self, number: int) -> Town:
        start = int(self._ends[number - 1]) + 1 if number else 0
        name = self._names[start : int(self._ends[number])].decode("utf-8")
        latitude, longitude = (float(each) for each in self._degrees[number])
        return Town(name, self._codes[int(self._countries[number])], latitude, longitude)


@cache
def towns() -> Towns:
    """The towns, read at the first call."""
    return Towns()


def place_name(latitude: float, longitude: float) -> str:
    """The nearest town with its country's code: "Eching, DE"."""
    town = towns().nearest(latitude, longitude)
    return f"{town.name}, {town.country}"


def _on_sphere(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of latitude and longitude in degrees as points on the unit sphere."""
    latitude, longitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    across = np.cos(latitude)
    return np.column_stack((across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)))


def _fold(words: str) -> str:
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", words.casefold()))
