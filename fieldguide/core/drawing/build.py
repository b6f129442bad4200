"""Measures of one fruit body that is a cap on a stem."""

from __future__ import annotations

from dataclasses import dataclass

from fieldguide.core.drawing.look import Look
from fieldguide.core.drawing.pencil import chance


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
