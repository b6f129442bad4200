"""Places on the globe: how far apart they are. Degrees are decimal, WGS 84."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH = 6371.0  # mean radius in kilometres (IUGG)


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance by the haversine formula; right across the date line and at the poles too."""
    one, other = radians(latitude), radians(other_latitude)
    half = sin((other - one) / 2) ** 2
    half += cos(one) * cos(other) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))
