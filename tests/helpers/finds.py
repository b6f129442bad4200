"""Observations as the services hand them to the window: records of the real guide and files that were written here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PIL import Image

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.records import (
    Alarm,
    Candidate,
    Identification,
    ModelReference,
    Observation,
    Photo,
    Reason,
    UnreadablePhoto,
    Verdict,
    VerdictKind,
)
from fieldguide.core.taxonomy import Taxon

DAY = datetime(2026, 10, 3, 11, 30)
AMANITAS = (("Amanita phalloides", 0.38), ("Agaricus arvensis", 0.22), ("Amanita citrina", 0.17))


def write_picture(path: Path, colour: str = "#a0522d", size: tuple[int, int] = (64, 48)) -> Path:
    """A small plain picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def taxon(name: str, guide: Guide) -> Taxon:
    """A taxon that the guide has."""
    record = guide.record(name)
    assert record is not None, name
    return record.taxon


def candidates(guide: Guide, chances: tuple[tuple[str, float], ...] = AMANITAS) -> tuple[Candidate, ...]:
    """Names with probabilities as candidates."""
    return tuple(Candidate(taxon(name, guide), chance, guide.danger(taxon(name, guide))) for name, chance in chances)


def deadly_find(
    guide: Guide, photos: tuple[Path, ...], number: int = 1, unreadable: tuple[Path, ...] = ()
) -> Observation:
    """A find that could be a death cap, rolled up to its genus."""
    five = candidates(guide)
    said = Identification(
        model=ModelReference("tiny", "Tiny", "1"),
        guide_version=guide.version,
        made_at=DAY,
        verdict=Verdict(VerdictKind.GENUS, taxon("Amanita", guide), Reason.SPECIES_TOO_CLOSE, 0.55),
        alarm=Alarm(Danger.DEADLY, 0.41, 0.41, 0.6, five[:1], True),
        candidates=five,
        plausible=five,
        coverage=0.9,
    )
    return find(photos, said, number, unreadable)


def mild_find(guide: Guide, photos: tuple[Path, ...], number: int = 3) -> Observation:
    """A find that rang no alarm: a horse mushroom, whose look-alikes kill."""
    first = candidates(guide, (("Agaricus arvensis", 0.9),))
    said = Identification(
        model=ModelReference("tiny", "Tiny", "1"),
        guide_version=guide.version,
        made_at=DAY,
        verdict=Verdict(VerdictKind.SPECIES, first[0].taxon, Reason.CLEAR, 0.9),
        alarm=Alarm(Danger.CAUTION, 0.02, 0.0, 0.02),
        candidates=first,
    )
    return find(photos, said, number)


def unknown_find(guide: Guide, photos: tuple[Path, ...], number: int = 2) -> Observation:
    """A find that the model does not know."""
    said = Identification(
        model=ModelReference("tiny", "Tiny", "1"),
        guide_version=guide.version,
        made_at=DAY,
        verdict=Verdict(VerdictKind.UNKNOWN, None, Reason.UNLIKE_TRAINING, 0.1),
        alarm=Alarm(Danger.UNKNOWN, 0.1, 0.05, 0.1),
        candidates=candidates(guide),
    )
    return find(photos, said, number)


def find(
    photos: tuple[Path, ...], said: Identification | None, number: int, unreadable: tuple[Path, ...] = ()
) -> Observation:
    """An observation of these files."""
    return Observation(
        photos=tuple(Photo(path, f"{number:02d}{place:062d}", 64, 48) for place, path in enumerate(photos)),
        unreadable=tuple(
            UnreadablePhoto(path, FieldGuideError(ErrorCode.PHOTO_NOT_AN_IMAGE, file=path.name)) for path in unreadable
        ),
        identification=said,
        id=number,
        observed_at=DAY,
    )
