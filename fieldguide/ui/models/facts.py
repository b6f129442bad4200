"""A model in words: what its alarms promise, how it was measured, what it can name. No widgets in here.

A bundle's metrics come from whoever made it: whatever is missing or odd is left out, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.danger import Danger, worst
from fieldguide.core.decision.thresholds import Guarantee, Thresholds
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text

DEADLY, HARMFUL = "deadly", "harmful"
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


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that was measured on photos that nothing was fitted on: a share of 0 to 1, and what it means."""

    words: str
    share: float


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
        "percent": _percent(held.alpha),
        "photos": held.photos,
        "groups": held.groups,
        "split": text("models.split", split=held.split, groups=held.groups, alpha=f"{held.alpha:g}"),
        "false_alarms": _percent(held.false_alarm_rate),
    }
    return Promise(
        kind, headline, text(f"danger.guarantee_{kind}", **facts), 100 * held.alpha, 100 * held.false_alarm_rate
    )


def coverage_words(manifest: Manifest) -> str:
    """What the prediction set promises; empty when it promises nothing."""
    coverage = Thresholds.from_manifest(manifest.thresholds).coverage
    return text("danger.guarantee_coverage", percent=_percent(coverage)) if coverage is not None else ""


def threshold_words(manifest: Manifest) -> str:
    """The numbers that a decision compares with, in one line for those who want them."""
    found = Thresholds.from_manifest(manifest.thresholds)
    names = ("species", "genus", "family", "background", "unknown", "deadly", "harmful")
    told = [(name, getattr(found, name)) for name in names]
    return ", ".join(f"{text(f'models.threshold_{name}')} {value:.3g}" for name, value in told if value is not None)


def measures_of(manifest: Manifest) -> list[Measure]:
    """What was measured, in the order in which a forager needs it."""
    metrics = manifest.metrics
    wanted = [
        ("recall_deadly", _number(metrics, "danger", "deadly", "recall", "value")),
        ("recall_harmful", _number(metrics, "danger", "harmful", "recall", "value")),
        ("false_deadly", _number(metrics, "danger", "deadly", "false_alarms", "value")),
        ("top1", _number(metrics, "test", "top1")),
        ("top5", _number(metrics, "test", "top5")),
        ("genus_top1", _number(metrics, "test", "genus_top1")),
        ("verdict_species", _number(metrics, "verdicts", "species", "right", "value")),
        ("unknown", _number(metrics, "other_things", "unknown", "value")),
    ]
    return [Measure(text(f"models.measured_{key}"), share) for key, share in wanted if share is not None]


def passed_words(manifest: Manifest) -> str:
    """How many dangerous photos of the test were shown with no warning; empty when nobody counted."""
    count, of = (_number(manifest.metrics, "danger", "passed_as_harmless", key, top=1e9) for key in ("count", "of"))
    if count is None or of is None:
        return ""
    return text("models.passed", count=round(count), of=round(of))


def ranks_of(manifest: Manifest) -> list[tuple[str, int]]:
    """How many labels there are of each rank."""
    counted = Counter(label.rank for label in manifest.labels)
    return [(text(f"models.rank_{rank.value}"), counted[rank]) for rank in Rank if counted[rank]]


def dangers_of(manifest: Manifest, guide: Guide) -> list[tuple[Danger, int]]:
    """How many labels there are of each danger by today's guide, the worst first."""
    subjects = [label for label in manifest.labels if label.rank is not Rank.BACKGROUND]
    counted = Counter(guide.danger(label).told for label in subjects)
    return [(level, counted[level]) for level in Danger if counted[level]]


def unknown_deadly(manifest: Manifest, guide: Guide) -> int:
    """How many deadly species of the guide the model can never name."""
    named = {label.name for label in manifest.labels}
    deadly = (record for record in guide.records.values() if record.danger is Danger.DEADLY)
    return sum(record.taxon.rank is Rank.SPECIES and record.taxon.name not in named for record in deadly)


def _number(metrics: Mapping[str, Any], *path: str, top: float = 1.0) -> float | None:
    found: Any = metrics
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= top:
        return None
    return float(found)


def _percent(share: float) -> str:
    return text("ui.percent", number=f"{100 * share:.1f}".removesuffix(".0"))
