"""The pencil: colours of what is drawn, and the few shapes of SVG that every renderer knows. 200 by 200 units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

SIDE = 200
Point = tuple[float, float]

# Colours of flesh and skin as the values of `cap_colour`, `gill_colour`, `spore_print`, `milk` and `bruising` name them.
COLOURS = {
    "white": "#f4efe4",
    "cream": "#eadbb4",
    "yellow": "#e5bd4f",
    "orange": "#d98438",
    "red": "#b93a2c",
    "pink": "#dba097",
    "violet": "#8b6f9c",
    "lilac": "#b8a3bf",
    "blue": "#5f7f9b",
    "green": "#7f9472",
    "olive": "#8d8650",
    "brown": "#8d6039",
    "rusty": "#a9602c",
    "purple_brown": "#553a42",
    "grey": "#9b958b",
    "black": "#3f3a36",
    "clear": "#cfd8d8",
    "changing": "#d9c98a",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """What it is drawn on: `ink` of outlines, `soil` and `straw` of the ground, `wood`, `mark` for differences,
    and the `edge` of small colours that stand on the page itself."""

    ink: str
    soil: str
    straw: str
    wood: str
    mark: str
    edge: str


DAY = Paper(ink="#43362a", soil="#cdb899", straw="#a89a68", wood="#a98660", mark="#285a86", edge="#43362a")
NIGHT = Paper(ink="#17120d", soil="#5b4b3a", straw="#8d8259", wood="#7b6046", mark="#8fc0ea", edge="#8d8259")


def mix(one: str, other: str, share: float) -> str:
    """A colour between two (#rrggbb): `share` (0 to 1) of the other."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def darker(colour: str, share: float = 0.25) -> str:
    """A shade of a colour."""
    return mix(colour, "#241a12", share)


def lighter(colour: str, share: float = 0.35) -> str:
    """A tint of a colour."""
    return mix(colour, "#fffaf0", share)


def path(data: str, fill: str, ink: str = "none", width: float = 2.0, opacity: float = 1.0) -> str:
    """A path with round joins; `fill` "none" draws its line only."""
    seen = "" if opacity >= 1 else f' opacity="{opacity:g}"'
    line = "" if ink == "none" else f' stroke="{ink}" stroke-width="{width:g}" stroke-linejoin="round"'
    cap = "" if ink == "none" else ' stroke-linecap="round"'
    return f'<path d="{data}" fill="{fill}"{line}{cap}{seen}/>'


def ellipse(centre: Point, rx: float, ry: float, fill: str, ink: str = "none", width: float = 2.0) -> str:
    """An upright ellipse."""
    line = "" if ink == "none" else f' stroke="{ink}" stroke-width="{width:g}"'
    x, y = centre
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}"{line}/>'


def line(points: Sequence[Point], ink: str, width: float = 1.2, opacity: float = 1.0) -> str:
    """A line through points."""
    data = "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return path(data, "none", ink, width, opacity)


def blob(centre: Point, rx: float, ry: float, seed: int, lobes: int = 9, rough: float = 0.12) -> str:
    """Path data of a closed uneven outline around a centre."""
    x, y = centre
    points = []
    for number in range(lobes):
        angle = 2 * pi * number / lobes
        reach = 1 + rough * (2 * chance(seed, number) - 1)
        points.append((x + rx * reach * cos(angle), y + ry * reach * sin(angle)))
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(points, points[1:] + points[:1], strict=True)]
    data = f"M{middles[-1][0]:.1f},{middles[-1][1]:.1f}"
    for corner, middle in zip(points, middles, strict=True):
        data += f" Q{corner[0]:.1f},{corner[1]:.1f} {middle[0]:.1f},{middle[1]:.1f}"
    return data + "Z"


def chance(seed: int, number: int) -> float:
    """An even number from 0 to 1 that is always the same for the same two."""
    value = (seed * 2654435761 + number * 40503 + 12345) & 0xFFFFFFFF
    value ^= value >> 15
    value = (value * 2246822519) & 0xFFFFFFFF
    value ^= value >> 13
    return (value & 0xFFFFFF) / 0xFFFFFF
