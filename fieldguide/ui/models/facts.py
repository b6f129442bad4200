"""A model in words: what its alarms promise and what it can name. No widgets in here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.danger import Danger, worst
from fieldguide.core.decision.thresholds import Guarantee, Thresholds
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import percent, text

DEADLY, HARMFUL = "deadly", "harmful"
MOST_SOURCES = 8  # that are named
LIMITS = ("senses", "labels", "photos", "labelled", "guide", "eaten")


@dataclass(frozen=True, slots=True)
class Promise:
    """One alarm as people understand it: of `of` such photos, about `missed` pass without it; `rings` of the others.

    `missed` of 100; None for all numbers when nothing is promised. `words` say the same with every number.
    """

    kind: str
    headline: str
    words: str
    missed: float | None = None
    rings: float | None = None


def promises_of(manifest: Manifest, guide: Guide) -> list[Promise]:
    """The deadly alarm's promise, then that of the alarm for anything harmful."""
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    gravest = worst(level for level, _ in dangers_of(manifest, guide))
    return [
        _promise(DEADLY, thresholds.deadly_guarantee, rings=gravest is Danger.DEADLY),
        _promise(HARMFUL, thresholds.harmful_guarantee, rings=gravest.harmful),
    ]


def _promise(kind: str, held: Guarantee | None, *, rings: bool) -> Promise:
    headline = text(f"models.alarm_{kind}")
    if not rings:
        return Promise(kind, headline, text("danger.guarantee_never_rings"))
    if held is None:
        return Promise(kind, headline, text("danger.guarantee_none"))
    facts = {
        "percent": percent(held.alpha, 1),
        "photos": held.photos,
        "groups": held.groups,
        "split": text("models.split", split=held.split, groups=held.groups, alpha=f"{held.alpha:g}"),
        "false_alarms": percent(held.false_alarm_rate, 1),
    }
    return Promise(
        kind, headline, text(f"danger.guarantee_{kind}", **facts), 100 * held.alpha, 100 * held.false_alarm_rate
    )


def coverage_words(manifest: Manifest) -> str:
    """What the prediction set promises; empty when it promises nothing."""
    coverage = Thresholds.from_manifest(manifest.thresholds).coverage
    return text("danger.guarantee_coverage", percent=percent(coverage, 1)) if coverage is not None else ""


def ground_words(manifest: Manifest) -> str:
    """On whose photos alarms and thresholds were fitted; empty when the maker does not say."""
    ground = Thresholds.from_manifest(manifest.thresholds).ground
    if ground is None:
        return ""
    sources = ", ".join(ground.sources[:MOST_SOURCES]) or "–"
    more = ", …" * (len(ground.sources) > MOST_SOURCES)
    novel = percent(ground.strangers)
    return text(
        f"models.fitted_{ground.kind}", photos=ground.photos, sources=sources + more, day=ground.day, novel=novel
    )


def threshold_words(manifest: Manifest) -> str:
    """The numbers that a decision compares with, in one line for those who want them."""
    found = Thresholds.from_manifest(manifest.thresholds)
    names = ("species", "genus", "family", "background", "unknown", "deadly", "harmful")
    values = [(name, getattr(found, name)) for name in names]
    return ", ".join(f"{text(f'models.threshold_{name}')} {value:.3g}" for name, value in values if value is not None)


def ranks_of(manifest: Manifest) -> list[tuple[str, int]]:
    """How many labels there are of each rank."""
    counted = Counter(label.rank for label in manifest.labels)
    return [(text(f"models.rank_{rank.value}"), counted[rank]) for rank in Rank if counted[rank]]


def dangers_of(manifest: Manifest, guide: Guide) -> list[tuple[Danger, int]]:
    """How many labels there are of each danger by today's guide, the worst first."""
    subjects = [label for label in manifest.labels if label.rank is not Rank.BACKGROUND]
    counted = Counter(guide.danger(label).shown for label in subjects)
    return [(level, counted[level]) for level in Danger if counted[level]]


def unknown_deadly(manifest: Manifest, guide: Guide) -> int:
    """How many deadly species of the guide the model can never name."""
    named = {label.name for label in manifest.labels}
    deadly = (record for record in guide.records.values() if record.danger is Danger.DEADLY)
    return sum(record.taxon.rank is Rank.SPECIES and record.taxon.name not in named for record in deadly)
