"""What was measured of a model, in words: on photos by other people first, on its own photos, which flatter, second.

The numbers come from whoever made the bundle: whatever is missing or odd is left out, never guessed.
No widgets in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.text import percent, text

MOST_SOURCES = 12
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Measure:
    """One share of 0 to 1, what it means, and how sure it is: its 95 % interval and the number of photos, in words."""

    words: str
    share: float
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was measured on some photos: whose they are, the numbers, and one line for each source."""

    heading: str
    ground: str
    measures: tuple[Measure, ...]
    passed: str
    sources: tuple[str, ...] = ()


def measured_of(manifest: Manifest) -> list[Measured]:
    """On photos by other people, then on its own; empty when nobody measured it."""
    elsewhere = manifest.metrics.get("elsewhere")
    found = []
    if isinstance(elsewhere, Mapping):
        sources = elsewhere.get("sources")
        named = list(sources.items())[:MOST_SOURCES] if isinstance(sources, Mapping) else []
        lines = tuple(filter(None, (_source(str(name)[:_LONGEST_NAME], each) for name, each in named)))
        found.append(_measured("elsewhere", elsewhere, _at(elsewhere, "names"), lines))
    found.append(_measured("own", manifest.metrics, _at(manifest.metrics, "test")))
    return [each for each in found if each.measures or each.passed]


def _measured(
    kind: str, metrics: Mapping[str, Any], names: Mapping[str, Any], sources: tuple[str, ...] = ()
) -> Measured:
    danger, right, species = _at(metrics, "danger"), _at(metrics, "right"), _at(metrics, "verdicts", "species", "right")
    wanted = [
        ("recall_deadly", _share(_at(danger, "deadly", "recall"))),
        ("recall_harmful", _share(_at(danger, "harmful", "recall"))),
        ("false_deadly", _share(_at(danger, "deadly", "false_alarms"))),
        ("top1", _name(names, "top1", "species")),
        ("top5", _name(names, "top5", "species")),
        ("genus_top1", _name(names, "genus_top1", "genus")),
        ("right", _share(right)) if right else ("verdict_species", _share(species)),  # older bundles lack the first
        ("unknown", _share(_at(metrics, "other_things", "unknown"))),
    ]
    measures = tuple(Measure(text(f"models.measured_{key}"), *found) for key, found in wanted if found is not None)
    photos = _number(names, "photos", top=1e9)
    ground = text(f"models.ground_{kind}", photos=round(photos)) if photos else text(f"models.ground_{kind}_uncounted")
    return Measured(text(f"models.measured_{kind}"), ground, measures, _passed(danger), sources)


def _source(name: str, measures: object) -> str:
    """One source in a line; empty when it says nothing that can be read."""
    if not isinstance(measures, Mapping):
        return ""
    photos, first = _number(measures, "photos", top=1e9), _number(measures, "species", "value")
    if photos is None or first is None:
        return ""
    facts: dict[str, object] = {"source": name, "photos": round(photos), "first": percent(first)}
    rang, deadly = (
        _number(measures, "deadly", "recall", "value"),
        _number(measures, "deadly", "recall", "photos", top=1e9),
    )
    others = _number(measures, "deadly", "false_alarms", "value")
    if not deadly or rang is None or others is None:
        return text("models.source_without_deadly", **facts)
    return text("models.source", **facts, rang=round(rang * deadly), deadly=round(deadly), others=percent(others))


def _passed(danger: Mapping[str, Any]) -> str:
    """How many dangerous photos were shown with no warning; empty when nobody counted."""
    count, of = (_number(danger, "passed_as_harmless", key, top=1e9) for key in ("count", "of"))
    return "" if count is None or of is None else text("models.passed", count=round(count), of=round(of))


def _share(measure: Mapping[str, Any]) -> tuple[float, str] | None:
    """A share with its interval, as the trainer writes it."""
    share = _number(measure, "value")
    low, high, photos = _number(measure, "low"), _number(measure, "high"), _number(measure, "photos", top=1e9)
    return None if share is None else (share, _certainty(low, high, photos))


def _name(names: Mapping[str, Any], key: str, rank: str) -> tuple[float, str] | None:
    share, between = _number(names, key), names.get(f"{key}_between")
    low, high = between if isinstance(between, list | tuple) and len(between) == 2 else (None, None)
    certainty = _certainty(
        _number({"low": low}, "low"), _number({"high": high}, "high"), _number(names, f"{rank}_photos", top=1e9)
    )
    return None if share is None else (share, certainty)


def _certainty(low: float | None, high: float | None, photos: float | None) -> str:
    if low is None or high is None or photos is None:
        return ""
    return text("models.certainty", low=percent(low), high=percent(high), photos=round(photos))


def _at(metrics: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    found: Any = metrics
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _number(metrics: Mapping[str, Any], *path: str, top: float = 1.0) -> float | None:
    """The number at `path` when it is one of 0 to `top`."""
    found = _at(metrics, *path[:-1]).get(path[-1])
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= top:
        return None
    return float(found)
