"""Everything that is no cap on a stem: shelves, corals, balls, stars, cups, jellies, morels and the rest."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import COLOURS, Paper, blob, chance, darker, ellipse, lighter, line, mix, path
from fieldguide.core.drawing.stinkhorn import draw_stinkhorn

STANDS_ON_TRUNK = frozenset({"bracket"})


def draw_form(look: Look, paper: Paper) -> str:
    """One fruit body of this form."""
    return _DRAWN[look.form](look, paper, COLOURS[look.cap_colour or "brown"])


def trunk(paper: Paper, seed: int) -> str:
    """A standing trunk on the left."""
    bark = "".join(
        line(
            [(10 + 11 * n, 20 + 40 * chance(seed, n)), (12 + 11 * n, 70 + 90 * chance(seed, n + 4))],
            darker(paper.wood, 0.3),
            1.6,
            0.8,
        )
        for n in range(5)
    )
    return path("M0,8 Q34,4 62,10 Q56,100 66,190 Q30,196 0,190Z", paper.wood, paper.ink, 2) + bark


def _bracket(look: Look, paper: Paper, colour: str) -> str:
    count = 3 if look.growth in ("tiered", "clustered") else 1
    places = [(58, 112, 1.15)] if count == 1 else [(58, 62, 0.72), (58, 104, 0.95), (60, 152, 0.8)]
    below = COLOURS[look.gill_colour] if look.gill_colour else lighter(colour, 0.6)
    made = []
    for x, y, scale in places:
        w, h = 104 * scale, 32 * scale
        if look.flesh == "tough" and look.size > 14:  # a hoof
            w, h = 92 * scale, 64 * scale
        elif look.size < 6:
            h = 22 * scale
        made.append(
            path(
                f"M{x - 4},{y - 5 * scale:.1f} Q{x + w * 0.7:.1f},{y + 16 * scale:.1f} {x + w:.1f},{y:.1f} Q{x + w * 0.86:.1f},{y + 26 * scale:.1f} {x - 2},{y + 20 * scale:.1f}Z",
                below,
                paper.ink,
                1.8,
            )
        )
        if look.underside in ("gills", "maze", "teeth", "ridges"):
            made += [
                line(
                    [
                        (x + w * t, y + (11 - 9 * abs(t - 0.4)) * scale),
                        (x + w * (t - 0.06), y + (20 - 14 * max(0, t - 0.35)) * scale),
                    ],
                    darker(below, 0.4),
                    1.1,
                )
                for t in (0.15, 0.27, 0.39, 0.51, 0.63, 0.75)
            ]
        elif look.underside == "pores":
            made += [
                ellipse((x + w * (0.1 + 0.11 * n), y + (15 - 1.6 * abs(n - 2)) * scale), 1.1, 0.9, darker(below, 0.4))
                for n in range(7)
            ]
        top = f"M{x - 5},{y - 4 * scale:.1f} C{x + w * 0.1:.1f},{y - h:.1f} {x + w * 0.99:.1f},{y - h:.1f} {x + w:.1f},{y:.1f} C{x + w * 0.95:.1f},{y + 15 * scale:.1f} {x + w * 0.2:.1f},{y + 15 * scale:.1f} {x - 5},{y - 4 * scale:.1f}Z"
        made.append(path(top, colour, paper.ink, 2.2))
        if look.surface == "zoned":
            for n, u in enumerate((0.42, 0.57, 0.71, 0.84)):  # across the skin, from its upper line to its lower one
                rise, near = 2.76 * u * (1 - u), x + w * (0.3 * u * (1 - u) ** 2 + 2.9 * u * u * (1 - u) + u**3)
                made.append(
                    path(
                        f"M{near:.1f},{y - h * rise:.1f} Q{near + w * 0.1:.1f},{y:.1f} {near - w * 0.04:.1f},{y + 15 * scale * rise:.1f}",
                        "none",
                        lighter(colour, 0.55) if n % 2 else darker(colour, 0.35),
                        3.2 * scale,
                        0.8,
                    )
                )
        elif look.surface != "scaly":
            made.append(
                path(
                    f"M{x + 3:.1f},{y - h * 0.12 + 2:.1f} C{x + w * 0.18:.1f},{y + 9.7 * scale:.1f} {x + w * 0.66:.1f},{y + 9.7 * scale:.1f} {x + w * 0.88:.1f},{y - 1.5 * scale:.1f}",
                    "none",
                    lighter(colour, 0.6),
                    2.6 * scale,
                    0.75,
                )
            )
        else:
            made += [
                path(
                    f"M{x + w * (0.25 + 0.13 * n):.1f},{y - (6 + 5 * (n % 2)) * scale:.1f} l5,-3 l5,3 l-5,2Z",
                    darker(colour, 0.45),
                )
                for n in range(5)
            ]
    return "".join(made)


def _rosette(look: Look, paper: Paper, colour: str) -> str:
    made = [path("M84,170 Q90,140 100,138 Q110,140 116,170Z", lighter(colour, 0.5), paper.ink, 2)]
    for n in range(11):
        angle = pi * (0.06 + 0.88 * ((n * 7) % 11) / 10)
        reach = 56 if n < 6 else 34
        x, y = 100 + reach * cos(angle), 146 - reach * 0.95 * sin(angle)
        tone = mix(colour, lighter(colour), chance(look.seed, n))
        made.append(
            path(
                f"M100,152 Q{x - 24:.1f},{y + 6:.1f} {x - 22:.1f},{y - 6:.1f} q11,-15 22,-7 q12,-7 22,6 Q{x + 20:.1f},{y + 12:.1f} 100,152Z",
                tone,
                paper.ink,
                1.6,
            )
        )
        made.append(path(f"M{x - 18:.1f},{y - 3:.1f} q18,-9 36,0", "none", darker(tone, 0.3), 1.2, 0.7))
    return "".join(made)


def _crust(look: Look, paper: Paper, colour: str) -> str:
    made = [path("M14,120 Q100,104 186,118 L188,180 Q100,192 12,182Z", paper.wood, paper.ink, 2)]
    made += [
        path(blob(place, rx, ry, look.seed + n, 11, 0.16), colour, paper.ink, 1.8)
        for n, (place, rx, ry) in enumerate((((86, 142), 50, 20), ((142, 160), 30, 13)))
    ]
    made += [
        path(
            blob((86, 142), 40 - 12 * n, 14 - 5 * n, look.seed + 5 + n, 9, 0.2), "none", lighter(colour, 0.5), 1.5, 0.8
        )
        for n in range(2)
    ]
    return "".join(made)


def _coral(look: Look, paper: Paper, colour: str) -> str:
    if look.shape == "clubs" or (not look.shape and (look.flesh == "tough" or look.size < 4)):
        made = []
        for n, (x, tall) in enumerate(((84, 66), (118, 78), (100, 104))):
            top = 168 - tall
            made.append(
                path(
                    f"M{x - 3},168 C{x - 4},{168 - tall * 0.5:.0f} {x - 11},{top + 26} {x - 8},{top + 8} Q{x},{top - 8} {x + 8},{top + 8} C{x + 11},{top + 26} {x + 4},{168 - tall * 0.5:.0f} {x + 3},168Z",
                    mix(colour, lighter(colour), 0.25 * n),
                    paper.ink,
                    2,
                )
            )
        return "".join(made)
    made = [path("M84,170 Q82,146 90,136 L110,136 Q118,146 116,170Z", lighter(colour, 0.55), paper.ink, 2)]
    for n in range(9):
        left = 100 + (n - 4) * 15.5
        summit = 56 + 6 * abs(n - 4) + 14 * chance(look.seed, n)
        tone = mix(colour, lighter(colour), 0.5 * chance(look.seed, n + 20))
        made.append(
            path(
                f"M{100 + (n - 4) * 3.4 - 4:.1f},148 C{left - 6:.1f},128 {left - 7:.1f},112 {left - 6:.1f},{summit + 24:.1f} L{left - 10:.1f},{summit + 4:.1f} q2,-7 5,0 L{left:.1f},{summit + 20:.1f} L{left + 5:.1f},{summit:.1f} q4,-6 6,1 L{left + 6:.1f},{summit + 26:.1f} C{left + 6:.1f},116 {left + 4:.1f},130 {100 + (n - 4) * 3.4 + 4:.1f},148Z",
                tone,
                paper.ink,
                1.5,
            )
        )
    return "".join(made)


def _ball(look: Look, paper: Paper, colour: str) -> str:
    big = min(1.0, 0.55 + look.size / 25)
    r = 50 * big
    cy = 168 - r * 0.86
    foot = path(
        f"M{100 - r * 0.4:.1f},{cy + r * 0.7:.1f} Q{100 - r * 0.3:.1f},172 {100 - r * 0.22:.1f},174 L{100 + r * 0.22:.1f},174 Q{100 + r * 0.3:.1f},172 {100 + r * 0.4:.1f},{cy + r * 0.7:.1f}Z",
        lighter(colour, 0.3),
        paper.ink,
        2,
    )
    body = path(
        f"M{100 - r:.1f},{cy:.1f} C{100 - r:.1f},{cy - r * 1.2:.1f} {100 + r:.1f},{cy - r * 1.2:.1f} {100 + r:.1f},{cy:.1f} C{100 + r:.1f},{cy + r * 0.8:.1f} {100 + r * 0.5:.1f},{cy + r * 0.95:.1f} 100,{cy + r * 0.95:.1f} C{100 - r * 0.5:.1f},{cy + r * 0.95:.1f} {100 - r:.1f},{cy + r * 0.8:.1f} {100 - r:.1f},{cy:.1f}Z",
        colour,
        paper.ink,
        2.2,
    )
    shade = path(
        f"M{100 + r * 0.4:.1f},{cy - r * 0.72:.1f} Q{100 + r * 1.12:.1f},{cy:.1f} {100 + r * 0.4:.1f},{cy + r * 0.84:.1f} Q{100 + r * 0.8:.1f},{cy:.1f} {100 + r * 0.4:.1f},{cy - r * 0.72:.1f}Z",
        darker(colour, 0.35),
        opacity=0.5,
    )
    marks = []
    for n in range(26 if look.surface in ("warts", "scaly", "cracked", "powdery") else 8):
        angle, reach = 2 * pi * chance(look.seed, n), 0.88 * chance(look.seed, n + 50) ** 0.5
        x, y = 100 + r * reach * cos(angle), cy - r * 0.05 + r * 0.85 * reach * sin(angle)
        marks.append(
            path(
                f"M{x - 2.6:.1f},{y + 1:.1f} L{x:.1f},{y - 3:.1f} L{x + 2.6:.1f},{y + 1:.1f}",
                "none",
                darker(colour, 0.4),
                1.1,
            )
        )
    return foot + body + shade + "".join(marks)


def _star(look: Look, paper: Paper, colour: str) -> str:
    made = []
    for n in range(7):
        angle = pi * (0.02 + 0.96 * n / 6)
        x, y = 100 - 78 * cos(angle), 150 - 34 * sin(angle) + 26 * abs(cos(angle))
        made.append(
            path(
                f"M{100 - 20 * cos(angle + 0.35):.1f},{146 - 14 * sin(angle + 0.35):.1f} Q{(100 + x) / 2:.1f},{(150 + y) / 2 - 16:.1f} {x:.1f},{y:.1f} Q{(100 + x) / 2:.1f},{(150 + y) / 2 + 10:.1f} {100 - 20 * cos(angle - 0.35):.1f},{148 - 10 * sin(angle - 0.35):.1f}Z",
                lighter(colour, 0.3),
                paper.ink,
                1.8,
            )
        )
    ball = ellipse((100, 124), 32, 29, colour, paper.ink, 2.2) + path(
        "M94,98 q6,-12 12,0Z", darker(colour, 0.3), paper.ink, 1.4
    )
    return "".join(made) + ball + path("M112,102 Q130,122 112,148 Q122,124 112,102Z", darker(colour, 0.35), opacity=0.5)


def _cup(look: Look, paper: Paper, colour: str) -> str:
    made = []
    for x, y, scale in (
        ((100.0, 120.0, 1.0), (148.0, 152.0, 0.45)) if look.growth != "single" else ((100.0, 120.0, 1.05),)
    ):
        w, h = 56 * scale, 48 * scale
        made.append(
            path(
                f"M{x - w:.1f},{y - 14 * scale:.1f} C{x - w:.1f},{y + h * 0.8:.1f} {x - 14 * scale:.1f},{y + h:.1f} {x:.1f},{y + h:.1f} C{x + 14 * scale:.1f},{y + h:.1f} {x + w:.1f},{y + h * 0.8:.1f} {x + w:.1f},{y - 14 * scale:.1f}Z",
                mix(colour, "#e8d7b5", 0.45),
                paper.ink,
                2,
            )
        )
        made.append(ellipse((x, y - 14 * scale), w, 17 * scale, colour, paper.ink, 2))
        made.append(ellipse((x + 4 * scale, y - 10 * scale), w * 0.72, 9.5 * scale, darker(colour, 0.28)))
    return "".join(made)


def _jelly(look: Look, paper: Paper, colour: str) -> str:
    made = []
    for n, (x, y, r) in enumerate(((70, 142, 26), (130, 140, 27), (100, 122, 30), (86, 154, 22), (118, 156, 24))):
        tone = mix(colour, lighter(colour), 0.3 * chance(look.seed, n))
        made.append(path(blob((x, y), r, r * 0.86, look.seed + n, 7, 0.14), tone, paper.ink, 1.9))
        made.append(
            path(
                f"M{x - r * 0.5:.1f},{y - r * 0.2:.1f} q{r * 0.3:.1f},{-r * 0.45:.1f} {r * 0.8:.1f},{-r * 0.25:.1f}",
                "none",
                lighter(colour, 0.75),
                2.4,
                0.8,
            )
        )
    return "".join(made)


def _truffle(look: Look, paper: Paper, colour: str) -> str:
    lump = path(blob((84, 160), 38, 28, look.seed, 11, 0.08), colour, paper.ink, 2.2)
    warts = "".join(
        path(f"M{58 + 11 * (n % 5)},{150 + 11 * (n // 5)} l4,-4 l4,4 l-4,3Z", darker(colour, 0.35)) for n in range(10)
    )
    cut = ellipse((142, 164), 27, 22, "#d8c3a0", paper.ink, 2.2)
    veins = "".join(
        path(f"M{122 + 6 * n},{150 + 3 * n} q8,8 4,16 t10,10", "none", darker("#d8c3a0", 0.45), 1.5) for n in range(4)
    )
    return (
        path("M12,164 Q22,150 100,146 Q178,150 188,164 L178,184 Q100,200 22,184Z", paper.soil)
        + lump
        + warts
        + cut
        + veins
    )


def _morel(look: Look, paper: Paper, colour: str) -> str:
    pale = mix(colour, "#f1e7d2", 0.75)
    stem = path("M86,168 Q84,130 90,112 L110,112 Q116,130 114,168 Q100,176 86,168Z", pale, paper.ink, 2)
    if look.shape == "saddle":
        flutes = "".join(line([(95 + 5 * n, 106), (91 + 9 * n, 162)], darker(pale, 0.3), 2) for n in range(3))
        lobes = "M50,82 C46,50 74,42 100,74 C126,42 154,50 150,82 C148,116 124,124 116,104 Q100,92 84,104 C76,124 52,116 50,82Z"
        fold = path("M100,74 Q98,86 100,97", "none", darker(colour, 0.45), 2.4)
        shade = path("M142,64 Q150,84 138,106 Q130,112 124,108 Q140,92 142,64Z", darker(colour, 0.3), opacity=0.5)
        stem = path("M86,168 Q86,130 91,88 L109,88 Q114,130 114,168 Q100,176 86,168Z", pale, paper.ink, 2)
        return stem + flutes + path(lobes, colour, paper.ink, 2.2) + shade + fold
    if look.underside == "smooth":  # brains
        head = path(blob((100, 88), 48, 34, look.seed, 9, 0.16), colour, paper.ink, 2.2)
        folds = "".join(
            path(f"M{62 + 14 * n},{74 + 8 * (n % 2)} q10,-12 14,2 t8,16", "none", darker(colour, 0.45), 2.6)
            for n in range(5)
        )
        return stem + head + folds
    head = path("M66,112 C60,78 84,36 100,34 C116,36 140,78 134,112 Q100,124 66,112Z", colour, paper.ink, 2.2)
    pits = []
    for row in range(5):
        for n in range(3 + (row > 0) + (row > 2)):
            count = 3 + (row > 0) + (row > 2)
            x = 100 + (n - (count - 1) / 2) * (12.5 if row < 4 else 13.5)
            pits.append(path(blob((x, 52 + 14 * row), 4.8, 5.8, look.seed + n + row, 6, 0.15), darker(colour, 0.5)))
    return stem + head + "".join(pits)


def _gall(look: Look, paper: Paper, colour: str) -> str:
    ear = "".join(
        ellipse((100 + 13 * (-1 if n % 2 else 1), 58 + 12 * n), 9, 7, "#c9ad6a", paper.ink, 1.4) for n in range(9)
    )
    lumps = "".join(
        path(blob((100 + side * 20, y), 15, 9, look.seed + y, 7, 0.14), colour, paper.ink, 1.8)
        for side, y in ((1, 76), (-1, 102), (1, 128))
    )
    return path("M100,190 Q98,120 100,40", "none", paper.straw, 4) + ear + lumps


def _beard(look: Look, paper: Paper, colour: str) -> str:
    """A ball of long hanging spines, the lower rows first."""
    spines = "".join(
        path(
            f"M{x - 6:.1f},{y:.1f} Q{x - 4:.1f},{y + 20:.1f} {x + 4 * chance(look.seed, row * 20 + n) - 2:.1f},{y + 36:.1f} Q{x + 4:.1f},{y + 20:.1f} {x + 6:.1f},{y:.1f}Z",
            mix(colour, lighter(colour), 0.5 * chance(look.seed, row * 20 + n)),
            paper.ink,
            1.1,
        )
        for row, (y, half) in enumerate(((136, 30), (122, 40), (108, 45), (95, 42)))
        for n in range(8)
        for x in (100 + half * (n / 3.5 - 1),)
    )
    return spines + path("M50,106 C50,62 150,62 150,106 Q100,94 50,106Z", colour, paper.ink, 2.2)


def _other(look: Look, paper: Paper, colour: str) -> str:
    if look.underside == "teeth":
        return _beard(look, paper, colour)
    dots = "".join(
        ellipse((62 + 76 * chance(look.seed, n), 120 + 40 * chance(look.seed, n + 20)), 2.4, 2.4, darker(colour, 0.35))
        for n in range(16)
    )
    return path(blob((100, 140), 54, 32, look.seed, 11, 0.16), colour, paper.ink, 2.2) + dots


_DRAWN: dict[str, Callable[[Look, Paper, str], str]] = {
    "bracket": _bracket,
    "rosette": _rosette,
    "crust": _crust,
    "coral_or_club": _coral,
    "ball": _ball,
    "star": _star,
    "cup": _cup,
    "jelly": _jelly,
    "truffle": _truffle,
    "phallus_or_cage": draw_stinkhorn,
    "morel_like": _morel,
    "gall_or_mould": _gall,
    "other": _other,
}
