"""`fieldguide-train compare A B`: two model files side by side, labels gained and lost, metrics, thresholds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldguide.core.bundle import read_manifest
from fieldguide.core.manifest import Manifest
from fieldguide.core.text import text

_ABOUT = ("id", "name", "version", "licence", "temperature")
_LONGEST = 60


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
    lost, gained = label_changes(old, new)
    rows = list(differences(old, new))
    if arguments.json:
        told = {"labels_lost": lost, "labels_gained": gained, "values": {row.key: [row.old, row.new] for row in rows}}
        print(json.dumps(told, indent=1, ensure_ascii=False))
        return 0
    kept = len(old.labels) - len(lost)
    print(text("bundle.labels_compared", kept=kept, lost=len(lost), gained=len(gained)))
    for key, names in (("bundle.labels_lost", lost), ("bundle.labels_gained", gained)):
        if names:
            print(text(key, names=", ".join(names)))
    width = max(len(row.key) for row in rows)
    print(f"\n{'':<{width}}  {'A':>14}  {'B':>14}")
    for row in rows:
        mark = " " if row.old == row.new else "*"
        print(f"{row.key:<{width}} {mark}{_shown(row.old):>14}  {_shown(row.new):>14}")
    return 0


def label_changes(old: Manifest, new: Manifest) -> tuple[list[str], list[str]]:
    """Names that only the old file has, and names that only the new one has; sorted."""
    before, after = ({label.name for label in manifest.labels} for manifest in (old, new))
    return sorted(before - after), sorted(after - before)


def differences(old: Manifest, new: Manifest) -> Iterator[Difference]:
    """Every single value of the manifests but the labels: what they are, input, thresholds, metrics."""
    before, after = (dict(_values(manifest)) for manifest in (old, new))
    for key in dict.fromkeys([*before, *after]):
        yield Difference(key, before.get(key), after.get(key))


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


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    shown = f"{value:.4g}" if isinstance(value, float) else str(value)
    return shown if len(shown) <= 14 else shown[:13] + "…"
