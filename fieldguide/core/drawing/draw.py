"""Whole drawings: a kind with its ground, its company and its variants; and the small drawing of one answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import cos, pi, sin

from fieldguide.core.drawing.build import Build, build_of
from fieldguide.core.drawing.capped import draw_capped
from fieldguide.core.drawing.forms import STANDS_ON_TRUNK, draw_form, trunk
from fieldguide.core.drawing.ground import FLOOR, draw_before, draw_ground
from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import COLOURS, DAY, SIDE, Paper, blob, darker, ellipse, line, path

CAPPED = "cap_and_stem"
MOST_VARIANTS = 4
_PLAIN = Look(
    *(CAPPED, "gills", "adnate", "cream", "none", "plain", "none", "none", "fibrous", "dry", "brown", ()),
    *("smooth", "", "single", 7.0, 7),
)
# Where a character sits on a cap and stem: the part that an answer's drawing cuts out, as x, y and side of a square.
_CLOSE = {
    "ring": (55.0, 78.0, 90.0),
    "base": (52.0, 108.0, 96.0),
    "underside": (36.0, 36.0, 128.0),  # spines
    "milk": (46.0, 44.0, 108.0),
    "surface": (36.0, 30.0, 128.0),
    "cap_colour": (36.0, 30.0, 128.0),
    "stem_pattern": (55.0, 78.0, 90.0),
    "bruising": (48.0, 84.0, 96.0),
    "substrate": (20.0, 90.0, 160.0),
}
# How they stand, and how large one is, as places from the middle of the ground and sizes.
_STANDING: dict[str, dict[str, tuple[tuple[float, float, float], ...]]] = {
    "growth": {
        "single": ((0, 0, 0.8),),
        "scattered": ((-58, -4, 0.42), (4, -8, 0.5), (60, 0, 0.42)),
        "clustered": ((-20, -4, 0.62), (22, -4, 0.66), (0, 2, 0.74)),
        "ring": (
            (-34, -16, 0.3),
            (0, -20, 0.3),
            (34, -16, 0.3),
            (-64, -2, 0.36),
            (64, -2, 0.36),
            (-30, 8, 0.42),
            (30, 8, 0.42),
        ),
    },
    "size": {
        name: ((0, 0, scale),)
        for name, scale in {"up_to_2": 0.18, "2_to_5": 0.36, "5_to_10": 0.6, "10_to_20": 0.9, "over_20": 1.2}.items()
    },
}


def draw_kind(look: Look, paper: Paper = DAY, marked: Collection[str] = ()) -> str:
    """A kind as an SVG document of 200 by 200 units.

    Args:
        look: see `look_of`.
        paper: for a light or a dark page; the ground stays transparent.
        marked: characters that are ringed, because they part it from another kind.
    """
    return _document(_scene(look, paper) + _variants(look, paper) + _rings(look, paper, marked), (0, 0, SIDE))


def draw_value(character: str, value: str, paper: Paper = DAY) -> str:
    """The small drawing of one answer: the part of a plain mushroom that it speaks of. Empty where nothing shows."""
    if character == "form" or value == "pits_or_folds":
        shape = replace(
            _PLAIN,
            underside=value,
            form="morel_like" if value == "pits_or_folds" else value,
            flesh="soft",
            substrate="",
        )
        return _document(_scene(shape, paper), (0, 0, SIDE))
    if character in ("spore_print", "cap_colour", "gill_colour", "milk", "bruising") and value in COLOURS:
        if character == "spore_print":
            return _print(COLOURS[value], paper)
        if character == "gill_colour":
            return _from_below(COLOURS[value], paper)
        if character == "bruising":
            return _document(path(blob((100, 100), 70, 62, 3, 9, 0.12), COLOURS[value], paper.ink, 5), (20, 20, 160))
    if character == "underside" and value in ("gills", "ridges", "pores", "maze", "smooth"):
        return _from_below(COLOURS["cream"], paper, value)
    if character in _STANDING and value in _STANDING[character]:
        return _document(_standing(_PLAIN, paper, _STANDING[character][value]), (0, 0, SIDE))
    if character == "growth":
        return _document(_scene(replace(_PLAIN, form="bracket", growth="tiered"), paper), (0, 0, SIDE))
    if character == "gill_attachment":
        return _section(value, paper)
    if character not in _CLOSE or value == "enclosed":
        return ""
    look = replace(_PLAIN, stem_pattern="smooth" if character != "stem_pattern" else value, size=9.0)
    changed: Look = replace(look, **{character: value})  # type: ignore[arg-type]
    if value == "hollow":
        return ""
    frame = _CLOSE[character]
    drawn = draw_capped(changed, paper, build_of(changed)) if character != "substrate" else _scene(changed, paper)
    return _document(drawn, frame)


def _scene(look: Look, paper: Paper) -> str:
    """Ground, company and the fruit body itself."""
    if look.form in STANDS_ON_TRUNK:
        return trunk(paper, look.seed) + draw_form(look, paper)
    behind, before = draw_ground(look.substrate, paper, look.seed), draw_before(look.substrate, paper, look.seed)
    if look.form != CAPPED:
        return (
            (behind if look.form not in ("truffle", "crust", "gall_or_mould") else "") + draw_form(look, paper) + before
        )
    whole = build_of(look)
    if look.growth in ("clustered", "tiered"):
        company = _company(look, paper, ((-34, 0.72), (34, 0.8), (-12, 0.92)))
        return behind + company + before
    young = _company(look, paper, ((44, 0.46),)) if look.growth == "scattered" else ""
    return behind + young + draw_capped(look, paper, whole) + before


def _company(look: Look, paper: Paper, places: tuple[tuple[float, float], ...]) -> str:
    return "".join(
        draw_capped(replace(look, seed=look.seed + number), paper, _smaller(look, across, scale))
        for number, (across, scale) in enumerate(places)
    )


def _smaller(look: Look, across: float, scale: float) -> Build:
    return build_of(look, 100 + across, FLOOR + 2, scale)


def _variants(look: Look, paper: Paper) -> str:
    """Further colours of the cap, as small caps in the corner."""
    made = []
    for number, colour in enumerate(look.other_colours[:MOST_VARIANTS]):
        x, y, tone = 190.0, 16.0 + 17 * number, COLOURS[colour]
        made.append(path(f"M{x - 9},{y} C{x - 9},{y - 11} {x + 9},{y - 11} {x + 9},{y}Z", tone, paper.edge, 1.3))
        made.append(path(f"M{x - 2},{y + 0.6} l0,5 q2,1.5 4,0 l0,-5Z", darker("#f1e7d2", 0.1), paper.edge, 1.0))
    return "".join(made)


def _rings(look: Look, paper: Paper, marked: Collection[str]) -> str:
    """Rings around the parts that the marked characters speak of."""
    b = build_of(look)
    spots = {
        "ring": ((b.x, b.edge + (b.foot - b.edge) * 0.38), b.thin + 17, 15.0),
        "base": ((b.x, b.foot - 4), b.thick + 18, 19.0),
        "stem_pattern": ((b.x, (b.edge + b.foot) / 2 + 12), b.thin + 11, 24.0),
        "gill_colour": ((b.x, b.edge + 3), b.width + 7, 13.0),
        "underside": ((b.x, b.edge + 3), b.width + 7, 13.0),
        "gill_attachment": ((b.x, b.edge + 5), b.thin + 18, 13.0),
        "cap_colour": ((b.x, b.edge - b.height * 0.5), b.width + 8, b.height * 0.66 + 8),
        "surface": ((b.x, b.edge - b.height * 0.5), b.width + 8, b.height * 0.66 + 8),
        "substrate": ((100.0, 178.0), 92.0, 17.0),
        "form": ((100.0, 104.0), 92.0, 84.0),
    }
    if look.form != CAPPED:
        spots = {name: spots["form"] if name != "substrate" else spots[name] for name in spots}
    return "".join(
        ellipse(centre, rx, ry, "none", paper.mark, 3.2).replace("/>", ' stroke-dasharray="7 5"/>')
        for centre, rx, ry in dict.fromkeys(spots[name] for name in marked if name in spots)
    )


def _section(value: str, paper: Paper) -> str:
    """Cap and stem cut in half: where the gills (dark) end beside the stem."""
    flesh, gills = "#f1e7d2", COLOURS["brown"]
    inner = {"free": 24, "notched": 11, "adnate": 11, "decurrent": 11, "stemless": 0}[value]
    made = []
    for side in (-1, 1):
        x = 100 + side * inner
        near = f"L{x},104 L{x},76" if value in ("free", "adnate") else f"Q{x},96 {x},76"
        if value == "notched":
            near = f"Q{100 + side * 22},108 {100 + side * 20},92 L{x},84 L{x},76"
        elif value == "decurrent":
            near = f"Q{100 + side * 22},104 {100 + side * 10},146 L{x},76"
        made.append(
            path(f"M{100 + side * 84},80 Q{100 + side * 62},106 {100 + side * 34},104 {near}Z", gills, paper.ink, 2.4)
        )
    cap = path("M12,84 C14,34 70,24 100,24 C130,24 186,34 188,84 Q150,70 100,76 Q50,70 12,84Z", flesh, paper.ink, 3)
    stem = "" if value == "stemless" else path("M89,74 L86,190 L114,190 L111,74Z", flesh, paper.ink, 3)
    return _document(stem + "".join(made) + cap, (0, 0, SIDE))


def _from_below(colour: str, paper: Paper, underside: str = "gills") -> str:
    """A cap seen from below: what is on its underside, in its colour, the stem cut off."""
    tone, made = darker(colour, 0.35), []
    if underside in ("gills", "ridges", "maze"):
        count, width = {"gills": (36, 2.2), "ridges": (13, 6.0), "maze": (20, 4.5)}[underside]
        for n in range(count):
            angle = 2 * pi * n / count
            bend = {"ridges": 0.14, "maze": 0.3}.get(underside, 0.0)
            turns = (angle, angle + bend, angle - bend / 3, angle + bend)
            reaches = (18, 32, 47, 64) if underside != "maze" else (24, 38, 50, 62)
            data = "M" + " L".join(
                f"{100 + r * cos(turn):.1f},{100 + r * sin(turn):.1f}" for r, turn in zip(reaches, turns, strict=True)
            )
            made.append(path(data, "none", tone, width))
            if underside == "ridges":  # they fork
                fork, end = angle - bend / 3, angle - 0.18
                made.append(
                    line(
                        [(100 + 47 * cos(fork), 100 + 47 * sin(fork)), (100 + 64 * cos(end), 100 + 64 * sin(end))],
                        tone,
                        width,
                    )
                )
    elif underside == "pores":
        for ring, count in ((26, 14), (36, 20), (46, 26), (56, 31), (63, 36)):
            for n in range(count):
                angle = 2 * pi * (n + ring % 2 / 2) / count
                made.append(ellipse((100 + ring * cos(angle), 100 + ring * sin(angle)), 2.6, 2.6, tone))
    cap = ellipse((100, 100), 76, 76, COLOURS["brown"], paper.ink, 3)
    stem = ellipse((100, 100), 19, 19, "#f1e7d2", paper.ink, 2.6)
    inside = ellipse((100, 100), 67, 67, colour, paper.ink, 1.6) + "".join(made)
    return _document(cap + inside + stem, (20, 20, 160))


def _standing(look: Look, paper: Paper, places: tuple[tuple[float, float, float], ...]) -> str:
    """Several of a kind on the ground: across and down from the middle, and how large."""
    drawn = (
        draw_capped(replace(look, seed=look.seed + n), paper, build_of(look, 100 + x, FLOOR + 2 + y, scale))
        for n, (x, y, scale) in enumerate(places)
    )
    return draw_ground(look.substrate, paper, look.seed) + "".join(drawn)


def _print(colour: str, paper: Paper) -> str:
    """A spore print: rays of powder on paper, half light, half dark."""
    sheet = path("M30,30 L100,30 L100,170 L30,170Z", "#fbf7ee", paper.ink, 3) + path(
        "M100,30 L170,30 L170,170 L100,170Z", "#4a433d", paper.ink, 3
    )
    rays = []
    for n in range(40):
        angle = 2 * pi * n / 40
        rays.append(
            path(
                f"M{100 + 14 * cos(angle):.1f},{100 + 14 * sin(angle):.1f} L{100 + 56 * cos(angle):.1f},{100 + 56 * sin(angle):.1f}",
                "none",
                colour,
                5.0,
            )
        )
    return _document(sheet + "".join(rays), (20, 20, 160))


def _document(inside: str, frame: tuple[float, float, float]) -> str:
    x, y, side = frame
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:g} {y:g} {side:g} {side:g}">{inside}</svg>'
