"""What is known of each kind: names, danger, syndromes, look-alikes, whom to call. Knows no model."""

from fieldguide.core.guide.guide import (
    LANGUAGES,
    Guide,
    PoisonCentre,
    Source,
    Syndrome,
    TaxonRecord,
    load_guide,
)
from fieldguide.core.guide.promises import promises_a_meal
from fieldguide.core.guide.resolver import Match

__all__ = [
    "LANGUAGES",
    "Guide",
    "Match",
    "PoisonCentre",
    "Source",
    "Syndrome",
    "TaxonRecord",
    "load_guide",
    "promises_a_meal",
]
