"""Coasts and borders of the world as lines, and the projection they are drawn in. Facts: Natural Earth 1:50m.

`resources/map/world.npz` holds them; `packaging/make_map.py` makes it. Draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.resources import resource

_STEPS = 65535  # of a uint16 over the whole span of degrees: see `packaging/make_map.py`
FARTHEST = 85.0511287798  # degrees of latitude where the Mercator square ends

Line = NDArray[np.float64]  # [N, 2]: x from 0 (180 W) to 1 (180 E), y from 0 (north) to 1 (south)


@dataclass(frozen=True, slots=True)
class World:
    """`land`: closed rings, holes among them (even-odd). `borders`: open lines between countries.

    What lies across 180 degrees goes on beyond x = 1, so that no line runs back round the world.
    """

    land: tuple[Line, ...]
    borders: tuple[Line, ...]


@cache
def world() -> World:
    """The world in the Mercator square, read at the first call."""
    with np.load(resource("map", "world.npz")) as held:
        return World(*(_lines(held[f"{name}_points"], held[f"{name}_starts"]) for name in ("land", "border")))


def to_square(latitude: float, longitude: float) -> tuple[float, float]:
    """A place in degrees as x and y of the Mercator square, 0 to 1; beyond 85 degrees the edge (EPSG:3857, scaled)."""
    x, y = _square(np.array([[longitude, latitude]]))[0]
    return float(x), float(y)


def squared(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> Line:
    """Many places at once."""
    return _square(np.column_stack((longitudes, latitudes)))


def from_square(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude in degrees of a point of the square; x beyond it goes round the world."""
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))
    return float(latitude), (x % 1.0) * 360 - 180


def _lines(points: NDArray[np.uint16], starts: NDArray[np.int32]) -> tuple[Line, ...]:
    square = _square(points / np.float64(_STEPS) * [360, 180] - [180, 90])
    return tuple(_unrolled(square[first:last]) for first, last in pairwise(starts))


def _unrolled(line: Line) -> Line:
    x = np.unwrap(line[:, 0], period=1.0)
    if abs(x[-1] - x[0]) < 0.5:
        return np.column_stack((x - np.floor(x.min()), line[:, 1]))
    jump = int(np.abs(np.diff(line[:, 0])).argmax())  # round a pole: closed along the edge of the square
    edge = np.column_stack((line[jump : jump + 2, 0], [1.0, 1.0]))
    return np.insert(line, jump + 1, edge, axis=0)


def _square(degrees: NDArray[np.float64]) -> Line:
    latitude = np.radians(np.clip(degrees[:, 1], -FARTHEST, FARTHEST))
    y = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2
    return np.column_stack(((degrees[:, 0] + 180) / 360, y))
