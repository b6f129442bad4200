"""A cap on a stem: the cap in five shapes, what is below it, the stem, its ring and its foot."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

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


@dataclass(frozen=True, slots=True)
class Build:
    """Measures of one fruit body, in units: `x` of its axis, `foot` y of its base, the `edge` y of its cap, the cap's
    half `width` and `height`, the stem's half thickness above (`thin`) and below (`thick`), `shape` of the cap."""

    x: float
    foot: float
    edge: float
    width: float
    height: float
    thin: float
    thick: float
    shape: str


def build_of(look: Look, x: float = 100.0, foot: float = 166.0, scale: float = 1.0) -> Build:
    """Measures from the characters: small and fragile ones slender, boletes stout, brittle ones with a dip."""
    vary = chance(look.seed, 1) - 0.5
    reach = min(1.0, max(0.0, (look.size - 1.0) / 11.0)) ** 0.6
    shape, width, height, stem, thin = "dome", 36 + 24 * reach, 30 + 6 * vary, 84 + 8 * vary, 5.5 + 3.5 * reach
    if look.underside == "pores" and look.flesh != "tough":
        shape, height, stem, thin = "bun", 38 + 5 * vary, 74, 11 + 5 * reach
    elif look.gill_attachment == "decurrent":
        shape, height, stem = "funnel", 16 + 6 * vary, 82
    elif look.flesh == "brittle_like_chalk":
        shape, height, thin, stem = "dip", 26 + 4 * vary, 9 + 2 * reach, 72
    elif look.size < 3.2 or look.flesh == "fragile":
        shape, width, height, thin = "bell", 24 + 15 * reach, 34 + 8 * vary, 2.6 + 2 * reach
    elif look.underside == "teeth":
        shape, height, stem = "dip", 24, 62
    if look.gill_attachment == "free" and look.size > 12 and look.base == "bulb":
        width, stem, thin = 64, 102, 6  # a parasol
    swollen = look.base in ("bulb", "sac", "rim_or_scales")
    thick = thin * (1.25 + 0.2 * chance(look.seed, 2)) + (1.5 if swollen else 0)
    edge = foot - stem * scale
    return Build(x, foot, edge, width * scale, height * scale, thin * scale, thick * scale, shape)


def draw_capped(look: Look, paper: Paper, build: Build) -> str:
    """One fruit body, from the back to the front."""
    parts = [_foot_behind(look, paper, build), _cap(look, paper, build), _underside(look, paper, build)]
    parts += [_stem(look, paper, build), _pattern(look, paper, build), _drops(look, paper, build)]
    if build.shape == "funnel":
        parts.insert(1, parts.pop(3))  # its gills run down over the stem
        parts.insert(2, parts.pop(4))
    parts += [_ring(look, paper, build), _foot_before(look, paper, build), _bruise(look, build)]
    return "".join(parts)


def stem_colour(look: Look) -> str:
    """Paler than the cap, never quite white; nearly white where the gills are pale."""
    share = 0.9 if look.gill_colour in ("white", "cream") else 0.66
    return mix(COLOURS[look.cap_colour or "cream"], "#f1e7d2", share)


def _cap(look: Look, paper: Paper, b: Build) -> str:
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


def _underside(look: Look, paper: Paper, b: Build) -> str:
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


def _stem(look: Look, paper: Paper, b: Build) -> str:
    colour = stem_colour(look)
    top = b.edge + b.width * 0.05
    bend = 4 * (chance(look.seed, 3) - 0.5)
    swell = b.thick * (1.55 if look.base == "bulb" else 1.0)
    left = f"M{b.x - b.thin:.1f},{top:.1f} C{b.x - b.thin + bend:.1f},{(top + b.foot) / 2:.1f} {b.x - b.thick:.1f},{b.foot - 22:.1f} {b.x - swell:.1f},{b.foot - 5:.1f}"
    foot = f"Q{b.x:.1f},{b.foot + (7 if look.base in ('bulb', 'sac', 'rim_or_scales') else 3):.1f} {b.x + swell:.1f},{b.foot - 5:.1f}"
    if look.base == "rooting":
        foot = f"Q{b.x + 2:.1f},{b.foot + 4:.1f} {b.x + 1:.1f},{b.foot + 24:.1f} Q{b.x + 5:.1f},{b.foot + 4:.1f} {b.x + swell:.1f},{b.foot - 5:.1f}"
    right = f"C{b.x + b.thick:.1f},{b.foot - 22:.1f} {b.x + b.thin + bend:.1f},{(top + b.foot) / 2:.1f} {b.x + b.thin:.1f},{top:.1f}"
    shade = path(
        f"M{b.x + b.thin * 0.35:.1f},{top + 2:.1f} C{b.x + b.thin * 0.4 + bend:.1f},{(top + b.foot) / 2:.1f} {b.x + b.thick * 0.5:.1f},{b.foot - 22:.1f} {b.x + swell * 0.5:.1f},{b.foot - 2:.1f} L{b.x + swell:.1f},{b.foot - 5:.1f} {right[0:]}Z",
        darker(colour, 0.3),
        opacity=0.45,
    )
    return path(f"{left} {foot} {right}Z", colour) + shade + path(f"{left} {foot} {right}", "none", paper.ink, 2)


def _pattern(look: Look, paper: Paper, b: Build) -> str:
    """Net, bands, dots, scales, fibres or grooves between cap and foot."""
    colour, seed, made = darker(mix(stem_colour(look), COLOURS[look.cap_colour or "brown"], 0.35), 0.3), look.seed, []
    top, low = b.edge + b.width * (0.5 if b.shape == "funnel" else 0.22), b.foot - 16

    def at(down: float, across: float) -> Point:
        half = b.thin + (b.thick - b.thin) * down
        return b.x + across * half * 0.86, top + (low - top) * down

    kind = look.stem_pattern
    if kind == "net":
        for n in range(9):
            for way in (-1, 1):
                made.append(line([at(n / 12, -way), at(n / 12 + 0.16, way)], colour, 0.8, 0.7))
    elif kind == "bands":
        for n in range(5):
            down = 0.1 + 0.18 * n
            made.append(
                line(
                    [at(down, -1), at(down + 0.05, -0.4), at(down, 0), at(down + 0.05, 0.5), at(down, 1)],
                    colour,
                    1.3,
                    0.75,
                )
            )
    elif kind in ("dots", "scales", "powdery", "velvety"):
        for n in range(22 if b.thin > 5 else 12):
            x, y = at(chance(seed, 300 + n), 1.7 * chance(seed, 330 + n) - 0.85)
            if kind == "scales":
                made.append(
                    path(f"M{x - 2:.1f},{y:.1f} L{x:.1f},{y + 3.6:.1f} L{x + 2:.1f},{y:.1f}", "none", colour, 1.1)
                )
            elif kind == "velvety":
                made.append(line([(x, y), (x, y + 2.4)], colour, 0.8, 0.7))
            else:
                made.append(ellipse((x, y), 0.9, 0.9, colour if kind == "dots" else "#fffaf0"))
    elif kind in ("fibrous", "grooved"):
        for across in (-0.6, -0.2, 0.2, 0.6) if kind == "fibrous" else (-0.5, 0.0, 0.5):
            made.append(
                line(
                    [at(0.03, across), at(0.5, across), at(0.97, across)],
                    colour,
                    0.8 if kind == "fibrous" else 1.6,
                    0.6,
                )
            )
    return "".join(made)


def _ring(look: Look, paper: Paper, b: Build) -> str:
    colour = lighter(stem_colour(look), 0.5)
    y = b.edge + (b.foot - b.edge) * 0.33
    half = b.thin + 0.5
    if look.ring == "skirt":
        low, flare = y + 11, half * 1.5 + 4
        data = f"M{b.x - half:.1f},{y:.1f} Q{b.x - flare:.1f},{y + 3:.1f} {b.x - flare - 1:.1f},{low:.1f} "
        for n in range(4):
            step = (2 * flare + 2) / 4
            data += f"q{step / 2:.1f},{3.4 if n % 2 else 4.4:.1f} {step:.1f},0 "
        return path(
            data
            + f"Q{b.x + flare:.1f},{y + 3:.1f} {b.x + half:.1f},{y:.1f} Q{b.x:.1f},{y + 3:.1f} {b.x - half:.1f},{y:.1f}Z",
            colour,
            paper.ink,
            1.5,
        ) + "".join(
            line([(b.x + across * half, y + 3), (b.x + across * flare * 0.9, low)], darker(colour, 0.3), 0.8, 0.7)
            for across in (-0.6, -0.2, 0.25, 0.65)
        )
    if look.ring == "sliding":
        return ellipse((b.x, y + 4), half + 4.5, 4.6, colour, paper.ink, 1.5) + ellipse(
            (b.x, y + 2.6), half + 0.4, 2.2, darker(colour, 0.2)
        )
    if look.ring == "sheath":
        low = b.foot - 5
        data = f"M{b.x - half - 3.4:.1f},{y + 8:.1f} Q{b.x:.1f},{y + 14:.1f} {b.x + half + 3.4:.1f},{y + 8:.1f} L{b.x + b.thick + 1.8:.1f},{low:.1f} Q{b.x:.1f},{low + 6:.1f} {b.x - b.thick - 1.8:.1f},{low:.1f}Z"
        return path(data, mix(colour, COLOURS[look.cap_colour or "cream"], 0.3), paper.ink, 1.5)
    if look.ring == "cobweb":
        lines = [
            line(
                [
                    (b.x + side * b.width * (0.86 - 0.13 * n), b.edge + b.width * 0.05),
                    (b.x + side * (half - 1), y + 1 + 3 * n),
                ],
                lighter(colour, 0.3),
                0.9,
                0.9,
            )
            for side in (-1, 1)
            for n in range(4)
        ]
        return "".join(lines) + line([(b.x - half, y + 10), (b.x + half, y + 10)], COLOURS["rusty"], 1.6, 0.8)
    if look.ring == "zone_or_fleeting":
        rags = "".join(
            path(f"M{b.x + across * half - 2:.1f},{y + 6:.1f} l2,4 l2,-4Z", colour, darker(colour, 0.4), 0.7)
            for across in (-0.8, 0, 0.8)
        )
        return line([(b.x - half, y + 6), (b.x, y + 7.5), (b.x + half, y + 6)], darker(colour, 0.3), 2.0, 0.8) + rags
    return ""


def _foot_behind(look: Look, paper: Paper, b: Build) -> str:
    if look.base != "sac":
        return ""
    wide = b.thick + 8.5
    data = f"M{b.x - wide:.1f},{b.foot - 19:.1f} Q{b.x:.1f},{b.foot - 13:.1f} {b.x + wide:.1f},{b.foot - 21:.1f} L{b.x + wide - 2:.1f},{b.foot:.1f} L{b.x - wide + 2:.1f},{b.foot:.1f}Z"
    return path(data, darker(COLOURS["cream"], 0.2), paper.ink, 1.5)


def _foot_before(look: Look, paper: Paper, b: Build) -> str:
    f, x = b.foot, b.x
    if look.base == "sac":
        wide = b.thick + 8.5
        data = f"M{x - wide:.1f},{f - 19:.1f} q3,5 6,2 q3,6 7,3 q4,5 {wide * 2 - 26:.1f},1 q4,3 7,-2 q3,2 6,-6 C{x + wide + 4:.1f},{f - 4:.1f} {x + wide - 5:.1f},{f + 9:.1f} {x:.1f},{f + 9:.1f} C{x - wide + 5:.1f},{f + 9:.1f} {x - wide - 4:.1f},{f - 4:.1f} {x - wide:.1f},{f - 19:.1f}Z"
        return path(data, "#f1e8d3", paper.ink, 2) + path(
            f"M{x - wide + 5:.1f},{f - 6:.1f} Q{x - wide + 9:.1f},{f + 3:.1f} {x - 4:.1f},{f + 5:.1f}",
            "none",
            "#cbbd9c",
            1.4,
        )
    if look.base == "rim_or_scales":
        wide, tone = b.thick * 1.55 + 3, lighter(stem_colour(look), 0.3)
        bulb = path(
            f"M{x - wide * 0.72:.1f},{f - 14:.1f} C{x - wide * 1.15:.1f},{f - 6:.1f} {x - wide:.1f},{f + 7:.1f} {x:.1f},{f + 8:.1f} C{x + wide:.1f},{f + 7:.1f} {x + wide * 1.15:.1f},{f - 6:.1f} {x + wide * 0.72:.1f},{f - 14:.1f} Q{x:.1f},{f - 10:.1f} {x - wide * 0.72:.1f},{f - 14:.1f}Z",
            tone,
            paper.ink,
            2,
        )
        rings = "".join(
            path(
                f"M{x - wide * (0.7 + 0.1 * n):.1f},{f - 13 + 5 * n:.1f} Q{x:.1f},{f - 7 + 5 * n:.1f} {x + wide * (0.7 + 0.1 * n):.1f},{f - 13 + 5 * n:.1f}",
                "none",
                darker(tone, 0.35),
                1.8,
            )
            for n in range(3)
        )
        return bulb + rings
    if look.base == "strigose":
        return "".join(
            line(
                [(x + across * b.thick, f - 8), (x + across * (b.thick + 6), f + 3)],
                darker(stem_colour(look), 0.35),
                1.1,
            )
            for across in (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1)
        )
    if look.base == "cords":
        return "".join(
            path(
                f"M{x + side * b.thick * 0.7:.1f},{f - 2:.1f} q{side * 8:.1f},3 {side * 12:.1f},9 t{side * 13:.1f},5",
                "none",
                lighter(stem_colour(look), 0.4),
                2.0,
            )
            for side in (-1, 1)
        )
    return ""


def _drops(look: Look, paper: Paper, b: Build) -> str:
    """Drops of milk at the gills."""
    if look.milk in ("", "none"):
        return ""
    y = b.edge + b.width * (0.16 if b.shape != "funnel" else 0.13)
    spots = [(b.x + across * b.width, y + 1.5 * (1 - across**2)) for across in (-0.62, -0.44, 0.52)]
    return "".join(
        path(f"M{x:.1f},{yy:.1f} q-3.4,5.5 0,7.6 q3.4,-2.1 0,-7.6Z", COLOURS[look.milk], paper.ink, 0.9)
        for x, yy in spots
    )


def _bruise(look: Look, b: Build) -> str:
    """A rubbed place on the stem."""
    if look.bruising in ("", "none", "brown"):
        return ""
    y = b.edge + (b.foot - b.edge) * 0.62
    return path(
        blob((b.x - b.thick * 0.2, y), b.thin * 0.5, 5.5, look.seed, 7, 0.3), COLOURS[look.bruising], opacity=0.6
    )
