"""How shares are written: once, for page, card and terminal."""

from __future__ import annotations


def percent(value: float | None, digits: int = 0) -> str:
    """A share (0 to 1) as "38 %"; a dash when nobody measured it."""
    return "–" if value is None else f"{100 * value:.{digits}f}\N{NO-BREAK SPACE}%"


def points(value: float | None, digits: int = 1) -> str:
    """A share (0 to 1) as "38.2", for sentences that write the sign themselves; "-" when nobody measured it."""
    return "-" if value is None else f"{100 * value:.{digits}f}"
