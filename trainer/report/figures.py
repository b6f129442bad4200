"""How shares are written in sentences that bring the sign themselves, for page, card and terminal."""

from __future__ import annotations

from fieldguide.core.text import text
from trainer.evaluation.records import RankNames


def points(value: float | None, digits: int = 1) -> str:
    """A share (0 to 1) as "38.2", for sentences that write the sign themselves; "-" when nobody measured it."""
    return "-" if value is None else f"{100 * value:.{digits}f}"


def among_five(names: RankNames) -> str:
    """How often one of the first five names is right, to go on a sentence with; empty where it would say nothing."""
    share = names.among_five
    return "" if share is None else text("bundle.among_five", share=points(share))
