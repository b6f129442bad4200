"""Stinkhorns: phallus, cage, star of arms, columns and horn."""

from __future__ import annotations

from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import Paper, darker, ellipse, lighter, path


def draw_stinkhorn(look: Look, paper: Paper, colour: str) -> str:
    """One of them, by its shape."""
    egg = path("M72,170 C66,150 82,140 100,140 C118,140 134,150 128,170 Q100,184 72,170Z", "#eadfc9", paper.ink, 2)
    stem = path("M90,152 Q88,100 92,66 L108,66 Q112,100 110,152Z", lighter(colour, 0.5), paper.ink, 2)
    drawn = {"cage": _cage, "rays": _rays, "columns": _columns, "horn": _horn}.get(look.shape)
    if drawn is not None:
        return drawn(paper, colour) + egg
    holes = "".join(ellipse((94 + 12 * (n % 2), 82 + 11 * n), 1.8, 2.4, darker(colour, 0.2)) for n in range(6))
    head = path("M84,72 Q84,36 100,34 Q116,36 116,72 Q100,80 84,72Z", "#6d6b4e", paper.ink, 2.2)
    pits = "".join(ellipse((91 + 9 * (n % 3), 48 + 8 * (n // 3)), 2.4, 2, "#4a4835") for n in range(9))
    skirt = _net(paper, lighter(colour, 0.3)) if look.shape == "skirt" else ""
    return stem + holes + egg + skirt + head + pits


def _band(data: str, paper: Paper, colour: str, width: float) -> str:
    """An arm: its outline in ink, its flesh on top."""
    return path(data, "none", paper.ink, width + 3.6) + path(data, "none", colour, width)


def _net(paper: Paper, colour: str) -> str:
    """A veil of meshes that hangs below the head."""
    threads = [f"M{92 + 4 * n},70 Q{70 + 15 * n},96 {58 + 21 * n},136" for n in range(5)]
    rounds = [f"M{88 - 7 * n},{84 + 17 * n} Q100,{92 + 20 * n} {112 + 7 * n},{84 + 17 * n}" for n in range(4)]
    return "".join(path(each, "none", paper.edge, 3.4) + path(each, "none", colour, 2.0) for each in threads + rounds)


def _cage(paper: Paper, colour: str) -> str:
    """A ball of meshes."""
    bars = [
        "M100,60 C40,60 40,158 100,158",
        "M100,60 C160,60 160,158 100,158",
        "M100,60 C78,88 78,130 100,158",
        "M100,60 C122,88 122,130 100,158",
        "M60,88 Q100,106 140,88",
        "M57,124 Q100,142 143,124",
    ]
    inks = "".join(path(each, "none", paper.ink, 11.6) for each in bars)
    return inks + "".join(path(each, "none", colour, 8) for each in bars)


def _rays(paper: Paper, colour: str) -> str:
    """Arms that spread out of an egg, dark slime where they meet."""
    ends = ((38, 112), (52, 66), (86, 46), (120, 48), (150, 70), (162, 114))
    arms = "".join(_band(f"M100,104 Q{(100 + x) / 2:.0f},{y - 4} {x},{y}", paper, colour, 8) for x, y in ends)
    return path("M88,152 Q90,120 92,104 L108,104 Q110,120 112,152Z", lighter(colour, 0.5), paper.ink, 2) + (
        arms + ellipse((100, 102), 17, 9, "#4a4835", paper.ink, 2)
    )


def _columns(paper: Paper, colour: str) -> str:
    """Arms that bend together at their tips."""
    bends = (44, 74, 126, 156)
    return "".join(_band(f"M{88 + 8 * n},148 Q{x},86 100,52", paper, colour, 8) for n, x in enumerate(bends)) + (
        ellipse((100, 56), 11, 9, "#4a4835", paper.ink, 2)
    )


def _horn(paper: Paper, colour: str) -> str:
    """A bent horn, slimy towards its tip."""
    return path("M90,152 C88,112 90,74 108,34 C112,74 112,112 110,152Z", colour, paper.ink, 2.2) + (
        path("M97,78 C99,62 103,46 108,34 C110,48 111,62 111,78 Q104,84 97,78Z", "#5b5238", paper.ink, 1.6)
    )
