"""What of a run may travel in its bundle: numbers and options, never where somebody's files lie."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import tomli_w

from fieldguide.core.bundle import Manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.evaluation.document import Metrics, plain, read
from trainer.evaluation.metrics import ELSEWHERE
from trainer.evaluation.records import DangerMeasures, Names, Passed, SplitMeasures
from trainer.run_folder import RunFolder

_LISTS = ("folders", "manifests", "elsewhere", "elsewhere_manifests")
_PATHS = (*(("data", name) for name in ("folder", "manifest", "background", *_LISTS)), ("network", "init"))


def bundle_metrics(metrics: Metrics) -> dict[str, Any]:
    """The metrics that a bundle carries for the application's page about the model, without any photo's path.

    Own photos stand at the top, as in all bundles; those from elsewhere under `elsewhere`, each source by itself too.
    """
    own, elsewhere = metrics.own, metrics.elsewhere
    seen = metrics.run.seen_by_starting_weights
    drawings = {"drawings": plain(own.drawings)} if own.drawings else {}
    test = bundle_names(own) | drawings | ({"seen_by_starting_weights": seen} if seen else {})
    found = {own.split: test, **_measures(own)}
    if elsewhere is not None:
        sources = {name: replace(each, passed=_count(each.passed)) for name, each in elsewhere.sources.items()}
        found[ELSEWHERE] = {"names": bundle_names(elsewhere), **_measures(elsewhere), "sources": plain(sources)}
    return found


def measured(run: RunFolder, manifest: Manifest) -> Metrics:
    """The metrics in a run's folder, which are of the model in it: a file of another run beside it would flatter.

    Raises:
        FieldGuideError: RUN_INCOMPLETE when they cannot be read or are those of another model.
    """
    metrics = read(run.metrics, Metrics)
    own, elsewhere = (manifest.metrics.get(split) for split in (metrics.own.split, ELSEWHERE))
    others = elsewhere.get("names") if isinstance(elsewhere, dict) else elsewhere
    if not _same(metrics.own, own) or not _same(metrics.elsewhere, others):
        problem = text("train.metrics_of_another", model=run.bundle.name)
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(run.metrics), problem=problem)
    return metrics


def _same(measures: SplitMeasures | None, told: object) -> bool:
    """Whether a bundle tells these very numbers; an earlier version's bundle tells fewer."""
    if measures is None or not isinstance(told, dict):
        return measures is None and told is None
    return "top1" in told and all(told.get(key, value) == value for key, value in bundle_names(measures).items())


def bundle_names(measures: SplitMeasures) -> dict[str, Any]:
    """How often the first name is right, and one of five, for each rank; flat, as bundles have always had it."""
    found: dict[str, Any] = {"photos": measures.photos}
    for rank in Names.__dataclass_fields__:
        names, prefix = measures.names.at(rank), "" if rank == "species" else f"{rank}_"
        found[f"{prefix}top1"] = names.top1.value
        found[f"{prefix}top1_between"] = [names.top1.low, names.top1.high]
        found[f"{prefix}top5"] = names.among_five
        found[f"{rank}_photos"] = names.top1.photos
    return found


def bundle_danger(danger: DangerMeasures) -> dict[str, Any]:
    """How well the danger is predicted, without the photos that passed."""
    return plain(replace(danger, passed_as_harmless=_count(danger.passed_as_harmless)))


def recipe_without_paths(toml: str) -> str:
    """A run's options with the last part of each path alone."""
    table = tomllib.loads(toml)
    for group, name in _PATHS:
        said = table.get(group, {}).get(name)
        if said:
            last = [PurePath(path).name for path in said] if isinstance(said, list) else PurePath(said).name
            table[group][name] = last
    return tomli_w.dumps(table)


def _measures(measures: SplitMeasures) -> dict[str, Any]:
    parts = {
        "right": measures.right,
        "verdicts": measures.verdicts,
        "verdicts_known": measures.verdicts_known,
        "calibration": measures.calibration,
        "sets": measures.sets,
        "other_things": measures.other_things,
        "novel": measures.novel,
    }
    measured = {name: plain(part) for name, part in parts.items() if part is not None}
    return {"danger": bundle_danger(measures.danger), **measured}


def _count(passed: Passed) -> Passed:
    return replace(passed, photos=())
