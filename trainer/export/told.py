"""What of a run may travel in its bundle: numbers and options, never where somebody's files lie."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import tomli_w

TOLD_METRICS = ("calibrated_on", "test", "verdicts", "danger", "calibration", "sets", "other_things", "novel")
"""What of the metrics travels in the bundle, for the application's page about the model."""

_LISTS = ("folders", "manifests", "elsewhere", "elsewhere_manifests")
_PATHS = (*(("data", name) for name in ("folder", "manifest", "background", *_LISTS)), ("network", "init"))


def told_metrics(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics that a bundle carries, without the lists of photos by their paths."""
    return {key: _without_photos(metrics[key]) for key in TOLD_METRICS if key in metrics}


def told_recipe(toml: str) -> str:
    """A run's options with the last part of each path alone."""
    table = tomllib.loads(toml)
    for group, name in _PATHS:
        said = table.get(group, {}).get(name)
        if said:
            last = [PurePath(path).name for path in said] if isinstance(said, list) else PurePath(said).name
            table[group][name] = last
    return tomli_w.dumps(table)


def _without_photos(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_photos(each) for key, each in value.items() if not _lists_photos(each)}
    return value


def _lists_photos(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) and "file" in each for each in value)
