"""Finds as the real journey makes them, without a model: for tests of what is kept and shown."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import (
    Alarm,
    Candidate,
    Identification,
    ModelReference,
    Observation,
    Photo,
    Reason,
    Verdict,
    VerdictKind,
)
from fieldguide.core.taxonomy import Rank, Taxon

PHALLOIDES = Taxon("Amanita phalloides", Rank.SPECIES, "Amanita", "Amanitaceae")
MUSCARIA = Taxon("Amanita muscaria", Rank.SPECIES, "Amanita", "Amanitaceae")
EDULIS = Taxon("Boletus edulis", Rank.SPECIES, "Boletus", "Boletaceae")
BOLETUS = Taxon("Boletus", Rank.GENUS, "Boletus", "Boletaceae")
CAMPESTRIS = Taxon("Agaricus campestris", Rank.SPECIES, "Agaricus", "Agaricaceae")
MODEL = ModelReference("starter", "Starter", "1.0")
MADE = datetime(2026, 9, 20, 12, 0, 5)


def make_photo(name: str, taken_at: datetime | None = None, folder: Path = Path("/finds")) -> Photo:
    """A photo that need not exist on the disk."""
    return Photo(folder / name, hashlib.sha256(name.encode()).hexdigest(), 4032, 3024, taken_at, 48.137, 11.575)


def make_identification(
    taxon: Taxon | None,
    guide: Guide,
    *,
    alarm: Alarm | None = None,
    others: tuple[Taxon, ...] = (CAMPESTRIS,),
    version: str | None = None,
) -> Identification:
    """What a model might say: `taxon` at 70 %, the others share the rest."""
    named = (taxon, *others) if taxon else others
    shares = [0.7, *[0.3 / max(len(others), 1)] * len(others)] if taxon else [0.1] * len(others)
    candidates = tuple(Candidate(one, share, guide.danger(one)) for one, share in zip(named, shares, strict=True))
    kind = VerdictKind(taxon.rank.value) if taxon else VerdictKind.UNKNOWN
    reason = Reason.CLEAR if taxon else Reason.NOTHING_STANDS_OUT
    return Identification(
        model=MODEL,
        guide_version=version or guide.version,
        made_at=MADE,
        verdict=Verdict(kind, taxon, reason, 0.7 if taxon else 0.0),
        alarm=alarm or Alarm(Danger.UNKNOWN, 0.0, 0.0, 0.0),
        candidates=candidates,
        plausible=candidates[:2],
        coverage=0.9,
        unknown_score=0.25,
    )


def deadly_alarm(guide: Guide, probability: float = 0.38) -> Alarm:
    """The death cap is among the possibilities."""
    carrier = Candidate(PHALLOIDES, probability, guide.danger(PHALLOIDES))
    return Alarm(Danger.DEADLY, probability, probability, probability, (carrier,), raised=True)


def make_find(
    guide: Guide,
    taxon: Taxon | None = EDULIS,
    *,
    photos: tuple[Photo, ...] | None = None,
    observed_at: datetime | None = datetime(2026, 9, 19, 14, 30),
    notes: str = "",
    alarm: Alarm | None = None,
    others: tuple[Taxon, ...] = (CAMPESTRIS,),
) -> Observation:
    """One find with one photo, not yet stored."""
    return Observation(
        photos=photos or (make_photo(f"{taxon.name if taxon else 'what'}.jpg", observed_at),),
        identification=make_identification(taxon, guide, alarm=alarm, others=others),
        observed_at=observed_at,
        latitude=48.137,
        longitude=11.575,
        notes=notes,
    )
