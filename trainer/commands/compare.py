"""`fieldguide-train compare A B`: two model files side by side: what the new one lost and gained, above all of danger.

A person reads what changed, in words; `--json` gives every value of both manifests.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldguide.core.bundle import read_manifest
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text

_ABOUT = ("id", "name", "version", "licence", "temperature")
_LONGEST = 60
_NAMED = 40  # labels without a known danger that are named; all stand in --json, and dangerous ones always
_WIDEST = 28  # characters of a value in the table
# What a person compares, in the order in which it matters; shares of 0 to 1 unless said otherwise.
_SHARES = {
    "elsewhere_recall_deadly": "metrics.elsewhere.danger.deadly.recall.value",
    "elsewhere_false_deadly": "metrics.elsewhere.danger.deadly.false_alarms.value",
    "elsewhere_recall_harmful": "metrics.elsewhere.danger.harmful.recall.value",
    "elsewhere_right": "metrics.elsewhere.right.value",
    "elsewhere_top1": "metrics.elsewhere.names.top1",
    "elsewhere_genus_top1": "metrics.elsewhere.names.genus_top1",
    "recall_deadly": "metrics.danger.deadly.recall.value",
    "recall_harmful": "metrics.danger.harmful.recall.value",
    "false_deadly": "metrics.danger.deadly.false_alarms.value",
    "false_harmful": "metrics.danger.harmful.false_alarms.value",
    "top1": "metrics.test.top1",
    "top5": "metrics.test.top5",
    "genus_top1": "metrics.test.genus_top1",
    "species_right": "metrics.verdicts.species.right.value",
    "others_unknown": "metrics.other_things.unknown.value",
    "ece": "metrics.calibration.ece",
}
# Of each source of photos from elsewhere by itself.
_OF_SOURCE = ("deadly.recall", "deadly.false_alarms", "harmful.recall", "species", "genus", "right")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value in both files; None where a file does not have it."""

    key: str
    old: Any
    new: Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `compare`."""
    parser.add_argument("old", type=Path, metavar="A", help=text("bundle.help_bundle"))
    parser.add_argument("new", type=Path, metavar="B", help=text("bundle.help_bundle"))
    parser.add_argument("--json", action="store_true", help=text("bundle.help_json"))


def run(arguments: argparse.Namespace) -> int:
    """Print both side by side."""
    old, new = read_manifest(arguments.old), read_manifest(arguments.new)
    if arguments.json:
        lost, gained = ([label.name for label in labels] for labels in label_changes(old, new))
        values = {row.key: [row.old, row.new] for row in differences(old, new)}
        document = {"labels_lost": lost, "labels_gained": gained, "values": values}
        print(json.dumps(document, indent=1, ensure_ascii=False))
    else:
        print("\n".join(summary(old, new, load_guide())))
    return 0


def label_changes(old: Manifest, new: Manifest) -> tuple[list[Taxon], list[Taxon]]:
    """Labels that only the old file has, and labels that only the new one has, by name; sorted."""
    before, after = ({label.name: label for label in manifest.labels} for manifest in (old, new))
    lost, gained = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    return [before[name] for name in lost], [after[name] for name in gained]


def differences(old: Manifest, new: Manifest) -> Iterator[Difference]:
    """Every single value of the manifests but the labels: what they are, input, thresholds, metrics."""
    before, after = (dict(_values(manifest)) for manifest in (old, new))
    for key in dict.fromkeys([*before, *after]):
        yield Difference(key, before.get(key), after.get(key))


def summary(old: Manifest, new: Manifest, guide: Guide) -> Iterator[str]:
    """For a person: which two, dangerous names lost and gained first, then the numbers that count."""
    for letter, manifest in (("A", old), ("B", new)):
        yield f"{letter}  {text('bundle.title', name=manifest.name, version=manifest.version)}"
    lost, gained = label_changes(old, new)
    yield ""
    yield text("bundle.labels_compared", kept=len(old.labels) - len(lost), lost=len(lost), gained=len(gained))
    for key, labels in (("lost", lost), ("gained", gained)):
        harmful = [label for label in labels if guide.danger(label).harmful]
        if harmful:
            worst_first = sorted(harmful, key=lambda label: (-guide.danger(label).severity, label.name))
            names = [f"{label.name} ({guide.danger(label).value})" for label in worst_first]
            yield text(f"bundle.dangers_{key}", count=len(names), names=", ".join(names))
        others = [label.name for label in labels if label not in harmful]
        if others:
            more = [text("bundle.labels_more", count=len(others) - _NAMED)] if len(others) > _NAMED else []
            yield text(f"bundle.labels_{key}", names=", ".join([*others[:_NAMED], *more]))
    yield ""
    yield from _table(list(rows(old, new)))
    each = list(source_rows(old, new))
    if each:
        yield ""
        yield text("bundle.compare_sources")
        yield from _table(each)
    yield ""
    yield text("bundle.compared_apart")


def rows(old: Manifest, new: Manifest) -> Iterator[Difference]:
    """What a person compares, each value in words; the key is a sentence."""
    before, after = ([*_rows_of(manifest)] for manifest in (old, new))
    for (key, one), (_, other) in zip(before, after, strict=True):
        yield Difference(text(f"bundle.compare_{key}"), one, other)


def _rows_of(manifest: Manifest) -> Iterator[tuple[str, str]]:
    thresholds = Thresholds.from_manifest(manifest.thresholds)
    values = dict(_values(manifest))
    yield "labels", str(len(manifest.labels))
    yield "input", f"{manifest.input.size} px"
    for name in ("deadly", "harmful"):
        held = getattr(thresholds, f"{name}_guarantee")
        yield f"missed_{name}", f"{100 * held.alpha:g} %" if held else text("bundle.compare_no_promise")
    for key, path in _SHARES.items():
        yield key, _share(values, path.removesuffix(".value"))


def source_rows(old: Manifest, new: Manifest) -> Iterator[Difference]:
    """What a person compares of each source that either was measured on, with intervals; the key is a sentence."""
    before, after = (dict(_values(manifest)) for manifest in (old, new))
    found = (manifest.metrics.get("elsewhere", {}).get("sources", {}) for manifest in (old, new))
    for source in sorted({name for sources in found for name in sources}):
        for name in _OF_SOURCE:
            path = f"metrics.elsewhere.sources.{source}.{name}"
            sentence = text(
                f"bundle.compare_source_{name.replace('.', '_')}", source=source or text("report.no_source")
            )
            row = Difference(sentence, _share(before, path), _share(after, path))
            if (row.old, row.new) != ("-", "-"):
                yield row


def _share(values: Mapping[str, Any], path: str) -> str:
    """A share in per cent, with its interval and photos where they are known; a dash where nothing was measured."""
    value = values.get(f"{path}.value", values.get(path))
    if not isinstance(value, int | float):
        return "-"
    low, high, photos = (values.get(f"{path}.{name}") for name in ("low", "high", "photos"))
    if low is None or high is None:
        return f"{100 * value:.1f} %"
    return text(
        "bundle.compare_between",
        share=f"{100 * value:.0f}",
        low=f"{100 * low:.0f}",
        high=f"{100 * high:.0f}",
        photos=photos,
    )


def _table(found: Sequence[Difference]) -> Iterator[str]:
    width = max(len(row.key) for row in found)
    yield f"{'':<{width}}  {'A':>{_WIDEST}}  {'B':>{_WIDEST}}"
    for row in found:
        yield f"{row.key:<{width}}  {row.old:>{_WIDEST}}  {row.new:>{_WIDEST}}{'' if row.old == row.new else '  *'}"


def _values(manifest: Manifest) -> Iterator[tuple[str, Any]]:
    for name in _ABOUT:
        yield name, getattr(manifest, name)
    yield "labels", len(manifest.labels)
    spec = manifest.input
    yield from _flat("input", {"size": spec.size, "resize": spec.resize, "whole": spec.whole})
    yield from _flat("thresholds", manifest.thresholds)
    yield from _flat("unknown", {"score": manifest.unknown.get("score")})
    yield from _flat("metrics", manifest.metrics)


def _flat(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Numbers and words below a key; lists are no single values and stay out."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from _flat(f"{key}.{name}", inside)
    elif isinstance(value, str | int | float) and len(str(value)) <= _LONGEST:
        yield key, value
