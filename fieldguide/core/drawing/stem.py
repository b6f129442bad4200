"""A stem: its colour and pattern, its ring, and its foot above and below the ground."""

from __future__ import annotations

from fieldguide.core.drawing.build import Build
from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import COLOURS, Paper, Point, chance, darker, ellipse, lighter, line, mix, path


def stem_colour(look: Look) -> str:
    """Paler than the cap, never quite white; nearly white where the gills are pale."""
    share = 0.9 if look.gill_colour in ("white", "cream") else 0.66
    return mix(COLOURS[look.cap_colour or "cream"], "#f1e7d2", share)


def draw_stem(look: Look, paper: Paper, b: Build) -> str:
    """The stem below the cap."""
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


def draw_pattern(look: Look, paper: Paper, b: Build) -> str:
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


def draw_ring(look: Look, paper: Paper, b: Build) -> str:
    """Its ring, or what is left of a veil; empty without one."""
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


def draw_foot_behind(look: Look, paper: Paper, b: Build) -> str:
    """What stands behind the stem: the back of a sac."""
    if look.base != "sac":
        return ""
    wide = b.thick + 8.5
    data = f"M{b.x - wide:.1f},{b.foot - 19:.1f} Q{b.x:.1f},{b.foot - 13:.1f} {b.x + wide:.1f},{b.foot - 21:.1f} L{b.x + wide - 2:.1f},{b.foot:.1f} L{b.x - wide + 2:.1f},{b.foot:.1f}Z"
    return path(data, darker(COLOURS["cream"], 0.2), paper.ink, 1.5)


def draw_foot_before(look: Look, paper: Paper, b: Build) -> str:
    """What stands before it: a sac, scales, hairs or cords."""
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
