"""A cap on a stem, put together from the back to the front."""

from __future__ import annotations

from fieldguide.core.drawing.build import Build
from fieldguide.core.drawing.cap import draw_bruise, draw_cap, draw_drops, draw_underside
from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import Paper
from fieldguide.core.drawing.stem import draw_foot_before, draw_foot_behind, draw_pattern, draw_ring, draw_stem


def draw_capped(look: Look, paper: Paper, build: Build) -> str:
    """One fruit body, from the back to the front."""
    parts = [draw_foot_behind(look, paper, build), draw_cap(look, paper, build), draw_underside(look, paper, build)]
    parts += [draw_stem(look, paper, build), draw_pattern(look, paper, build), draw_drops(look, paper, build)]
    if build.shape == "funnel":
        parts.insert(1, parts.pop(3))  # its gills run down over the stem
        parts.insert(2, parts.pop(4))
    parts += [draw_ring(look, paper, build), draw_foot_before(look, paper, build), draw_bruise(look, build)]
    return "".join(parts)
