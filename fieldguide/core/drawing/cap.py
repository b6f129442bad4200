"""A cap in five shapes, what lies on it and what is below it."""

from __future__ import annotations

from math import cos, pi, sin

from fieldguide.core.drawing.build import Build
from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import (
    COLOURS,
    Paper,
    Point,
    blob,
    chance,
    darker,
    ellipse,
    lighter,
    line,
    mix,
    path,
)


def draw_cap(look: Look, paper: Paper, b: Build) -> str:
    """The cap from the side: outline, shade, shine and skin."""
    colour = COLOURS[look.cap_colour or "cream"]
    left, right, x, e, h = b.x - b.width, b.x + b.width, b.x, b.edge, b.height
    outline = _outline(b)
    shade = path(
        f"M{x + b.width * 0.25:.1f},{e - h * 0.86:.1f} C{right - b.width * 0.1:.1f},{e - h * 0.7:.1f} {right:.1f},{e - h * 0.3:.1f} "
        f"{right:.1f},{e:.1f} Q{x + b.width * 0.72:.1f},{e + 2:.1f} {x + b.width * 0.5:.1f},{e + 3:.1f} "
        f"C{x + b.width * 0.72:.1f},{e - h * 0.2:.1f} {x + b.width * 0.62:.1f},{e - h * 0.6:.1f} {x + b.width * 0.25:.1f},{e - h * 0.86:.1f}Z",
        darker(colour, 0.3), opacity=0.55,
    )  # fmt: skip
    end = 0.42 if b.shape in ("dip", "funnel") else 0.1  # the dip has none
    shine = path(
        f"M{left + b.width * 0.3:.1f},{e - h * 0.38:.1f} Q{left + b.width * 0.46:.1f},{e - h * 0.74:.1f} {x - b.width * end:.1f},{e - h * 0.84:.1f}",
        "none", lighter(colour, 0.6), 4.5 if look.surface == "slimy" else 2.6, 0.9 if look.surface == "slimy" else 0.55,
    )  # fmt: skip
    return path(outline, colour) + shade + shine + _skin(look, paper, b, colour) + path(outline, "none", paper.ink, 2.2)


def _outline(b: Build) -> str:
    left, right, x, e, h = b.x - b.width, b.x + b.width, b.x, b.edge, b.height
    lip = b.width * 0.13
    below = f"Q{right - 2:.1f},{e + lip:.1f} {x:.1f},{e + lip:.1f} Q{left + 2:.1f},{e + lip:.1f} {left:.1f},{e:.1f}Z"
    if b.shape == "bell":
        return (
            f"M{left:.1f},{e:.1f} C{left + b.width * 0.12:.1f},{e - h * 0.62:.1f} {x - b.width * 0.5:.1f},{e - h * 1.06:.1f} {x:.1f},{e - h * 1.08:.1f} "
            f"C{x + b.width * 0.5:.1f},{e - h * 1.06:.1f} {right - b.width * 0.12:.1f},{e - h * 0.62:.1f} {right:.1f},{e:.1f} {below}"
        )
    if b.shape in ("dip", "funnel"):
        dip = 0.3 if b.shape == "dip" else 0.1
        return (
            f"M{left:.1f},{e:.1f} C{left - 2:.1f},{e - h * 0.9:.1f} {x - b.width * 0.62:.1f},{e - h * 1.12:.1f} {x - b.width * 0.36:.1f},{e - h:.1f} "
            f"Q{x:.1f},{e - h * dip:.1f} {x + b.width * 0.36:.1f},{e - h:.1f} "
            f"C{x + b.width * 0.62:.1f},{e - h * 1.12:.1f} {right + 2:.1f},{e - h * 0.9:.1f} {right:.1f},{e:.1f} {below}"
        )
    full = 1.0 if b.shape == "bun" else 0.72
    return (
        f"M{left:.1f},{e:.1f} C{left:.1f},{e - h * full:.1f} {x - b.width * 0.6:.1f},{e - h:.1f} {x:.1f},{e - h:.1f} "
        f"C{x + b.width * 0.6:.1f},{e - h:.1f} {right:.1f},{e - h * full:.1f} {right:.1f},{e:.1f} {below}"
    )


def _on_cap(b: Build, across: float, up: float) -> Point:
    """A point of the cap: `across` -1 to 1, `up` 0 (edge) to 1 (top of the dome there)."""
    rise = b.height * (1 - abs(across) ** 2.2) ** 0.7 * (0.8 if b.shape in ("dip", "funnel") else 0.95)
    return b.x + across * b.width * 0.94, b.edge - up * rise


def _skin(look: Look, paper: Paper, b: Build, colour: str) -> str:
    """What lies on the cap."""
    seed, made = look.seed, []
    spots = [
        _on_cap(b, -0.72 + 1.44 * (n + 0.5) / 9 + 0.1 * (chance(seed, n) - 0.5), 0.2 + 0.62 * chance(seed, 40 + n))
        for n in range(9)
    ]
    if look.surface == "warts":
        pale = lighter(colour, 0.85) if look.cap_colour != "white" else "#e2d5ba"
        made = [
            path(
                blob(spot, 2.6 + 2.4 * chance(seed, 60 + n), 2 + 1.4 * chance(seed, 70 + n), seed + n, 6),
                pale,
                darker(colour, 0.35),
                0.8,
            )
            for n, spot in enumerate(spots)
        ]
    elif look.surface == "scaly":
        for n in range(15):
            x, y = _on_cap(b, -0.8 + 1.6 * (n % 5 + 0.5) / 5 + 0.12 * (n // 5 % 2), 0.2 + 0.25 * (n // 5))
            made.append(
                path(
                    f"M{x - 4:.1f},{y:.1f} Q{x:.1f},{y - 5:.1f} {x + 4:.1f},{y:.1f} Q{x:.1f},{y - 1.5:.1f} {x - 4:.1f},{y:.1f}Z",
                    darker(colour, 0.42),
                )
            )
    elif look.surface in ("fibrous", "striate_edge", "wrinkled"):
        start = {"fibrous": 0.9, "striate_edge": 0.3, "wrinkled": 0.75}[look.surface]
        for n in range(13):
            across = -0.9 + 1.8 * n / 12
            ends = [
                _on_cap(b, across, 0.02),
                _on_cap(b, across * (0.88 if look.surface == "striate_edge" else 0.55), start),
            ]
            if look.surface == "wrinkled":
                ends.insert(1, _on_cap(b, across * 0.8 + 0.06 * (-1) ** n, 0.4))
            made.append(line(ends, darker(colour, 0.4), 1.1, 0.75))
    elif look.surface == "zoned":
        for up in (0.25, 0.5, 0.74):
            half = [_on_cap(b, -0.9 + 1.8 * n / 12, up) for n in range(13)]
            made.append(line(half, darker(colour, 0.4), 2.4, 0.6))
    elif look.surface == "cracked":
        made = [
            path(
                blob(
                    _on_cap(b, -0.66 + 0.33 * (n % 5) + 0.12 * (n // 5), 0.24 + 0.34 * (n // 5)),
                    8.5,
                    5,
                    seed + n,
                    5,
                    0.2,
                ),
                darker(colour, 0.18),
                lighter(colour, 0.7),
                1.5,
            )
            for n in range(9)
        ]
    elif look.surface in ("velvety", "powdery"):
        tone = lighter(colour, 0.5) if look.surface == "powdery" else darker(colour, 0.4)
        for n in range(34):
            x, y = _on_cap(b, 1.7 * chance(seed, n) - 0.85, 0.12 + 0.8 * chance(seed, 100 + n))
            made.append(
                ellipse((x, y), 0.9, 0.9, tone)
                if look.surface == "powdery"
                else line([(x, y), (x, y + 2.6)], tone, 0.9, 0.8)
            )
    return "".join(made)


def draw_underside(look: Look, paper: Paper, b: Build) -> str:
    """The disc below the cap, or the cone of a funnel, with gills, pores, spines or nothing on it."""
    colour = (
        COLOURS[look.gill_colour] if look.gill_colour else mix(COLOURS[look.cap_colour or "cream"], "#efdfae", 0.72)
    )
    dark = darker(colour, 0.38)
    lip = b.width * 0.13
    if b.shape == "funnel":
        return _cone(look, paper, b, colour, dark)
    centre = (b.x, b.edge + lip * 0.25)
    rx, ry = b.width * 0.93, lip * 1.02
    parts = [ellipse(centre, rx, ry, colour, paper.ink, 1.6)]
    if look.underside in ("gills", "ridges", "maze"):
        count = {"gills": 34, "ridges": 17, "maze": 22}[look.underside]
        for n in range(count):
            angle = 2 * pi * (n + 0.5) / count
            start = 0.2 if look.gill_attachment != "free" else 0.3
            inner = (centre[0] + rx * start * cos(angle), centre[1] + ry * start * sin(angle))
            outer = (centre[0] + rx * 0.96 * cos(angle), centre[1] + ry * 0.96 * sin(angle))
            parts.append(line([inner, outer], dark, 0.8 if look.underside == "gills" else 1.5, 0.8))
    elif look.underside == "pores":
        for n in range(44):
            angle, reach = 2 * pi * chance(look.seed, n), (0.15 + 0.8 * chance(look.seed, 200 + n)) ** 0.6
            parts.append(
                ellipse(
                    (centre[0] + rx * 0.92 * reach * cos(angle), centre[1] + ry * 0.85 * reach * sin(angle)),
                    1.0,
                    0.7,
                    dark,
                )
            )
    elif look.underside == "teeth":
        for n in range(17):
            x = centre[0] - rx * 0.9 + 1.8 * rx * n / 16
            top = centre[1] + ry * 0.8 * (1 - ((x - centre[0]) / rx) ** 2) ** 0.5
            parts.append(
                path(f"M{x - 2:.1f},{top:.1f} L{x:.1f},{top + 7:.1f} L{x + 2:.1f},{top:.1f}Z", colour, paper.ink, 0.8)
            )
    return "".join(parts)


def _cone(look: Look, paper: Paper, b: Build, colour: str, dark: str) -> str:
    depth = 26 * b.width / 50
    left, right, low = b.x - b.width * 0.96, b.x + b.width * 0.96, b.edge + depth
    data = (
        f"M{left:.1f},{b.edge + 1:.1f} Q{b.x - b.width * 0.3:.1f},{b.edge + depth * 0.35:.1f} {b.x - b.thin:.1f},{low:.1f} "
        f"L{b.x + b.thin:.1f},{low:.1f} Q{b.x + b.width * 0.3:.1f},{b.edge + depth * 0.35:.1f} {right:.1f},{b.edge + 1:.1f} "
        f"Q{b.x:.1f},{b.edge + b.width * 0.15:.1f} {left:.1f},{b.edge + 1:.1f}Z"
    )
    count = 17 if look.underside == "ridges" else 24
    lines = []
    for n in range(count) if look.underside in ("gills", "ridges") else ():
        across = -0.92 + 1.84 * n / (count - 1)
        top = (b.x + across * b.width, b.edge + 2 + b.width * 0.07 * (1 - across**2))
        lines.append(
            path(
                f"M{top[0]:.1f},{top[1]:.1f} Q{b.x + across * b.width * 0.3:.1f},{b.edge + depth * 0.4:.1f} {b.x + across * b.thin * 0.9:.1f},{low - 1:.1f}",
                "none",
                dark,
                0.9,
                0.85,
            )
        )
    for n in range(21 if look.underside in ("teeth", "pores") else 0):
        across, down = -0.86 + 1.72 * n / 20, 0.16 + 0.3 * (n % 3) / 2
        x, y = b.x + across * b.width * (1 - 0.75 * down), b.edge + depth * down + b.width * 0.07 * (1 - across**2)
        if look.underside == "pores":
            lines.append(ellipse((x, y), 1.1, 0.8, dark))
        else:
            lines.append(path(f"M{x - 2:.1f},{y:.1f} l2,7 l2,-7Z", colour, paper.ink, 0.8))
    return path(data, colour, paper.ink, 1.8) + "".join(lines)


def draw_drops(look: Look, paper: Paper, b: Build) -> str:
    """Drops of milk at the gills."""
    if look.milk in ("", "none"):
        return ""
    y = b.edge + b.width * (0.16 if b.shape != "funnel" else 0.13)
    spots = [(b.x + across * b.width, y + 1.5 * (1 - across**2)) for across in (-0.62, -0.44, 0.52)]
    return "".join(
        path(f"M{x:.1f},{yy:.1f} q-3.4,5.5 0,7.6 q3.4,-2.1 0,-7.6Z", COLOURS[look.milk], paper.ink, 0.9)
        for x, yy in spots
    )


def draw_bruise(look: Look, b: Build) -> str:
    """A rubbed place on the stem."""
    if look.bruising in ("", "none", "brown"):
        return ""
    y = b.edge + (b.foot - b.edge) * 0.62
    return path(
        blob((b.x - b.thick * 0.2, y), b.thin * 0.5, 5.5, look.seed, 7, 0.3), COLOURS[look.bruising], opacity=0.6
    )
