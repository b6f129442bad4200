"""`fieldguide-train package`: weights that somebody else trained, with a label list, become a bundle that works."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.check import REGIONS
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import text
from fieldguide.inference.network import Network
from trainer.config import toml_value
from trainer.evaluation.facts import label_facts
from trainer.evaluation.fitting import FittedDecision, fit_decision
from trainer.evaluation.folder_photos import predict_folders, read_folders, split_background
from trainer.evaluation.foreign import open_foreign
from trainer.evaluation.metrics import CALIBRATED_ON, evaluate
from trainer.evaluation.records import SplitMeasures
from trainer.export.bundle import export_network, weights_digest, write_bundle
from trainer.export.bundle_metrics import bundle_danger, bundle_names
from trainer.export.label_list import LabelList, read_label_list
from trainer.export.packaged import Recipe, package_network
from trainer.progress import Progress
from trainer.report.card import model_card
from trainer.report.figures import points
from trainer.report.shown import Shown

_OPTIONS = {"name": "--name", "version": "--version", "licence": "--licence", "authors": "--author"}  # read of
_FRAME = 8 / 7  # short side over input, as networks are usually measured: 256 for 224


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `package`."""
    parser.add_argument("--weights", type=Path, required=True, help=text("bundle.help_weights"))
    parser.add_argument("--labels", type=Path, required=True, help=text("bundle.help_labels"))
    parser.add_argument("--out", type=Path, required=True, help=text("bundle.help_out"))
    parser.add_argument("--model", default="", help=text("bundle.help_model"))
    parser.add_argument("--size", type=int, default=224, help=text("bundle.help_size"))
    parser.add_argument("--resize", type=int, help=text("bundle.help_resize"))
    parser.add_argument("--whole", action="store_true", help=text("bundle.help_whole"))
    parser.add_argument("--mean", type=float, nargs="+", default=[], help=text("bundle.help_mean"))
    parser.add_argument("--std", type=float, nargs="+", default=[], help=text("bundle.help_std"))
    parser.add_argument("--same-padding", action="store_true", help=text("bundle.help_same_padding"))
    parser.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help=text("bundle.help_option"))
    parser.add_argument("--identity", action="append", default=[], metavar="MODULE", help=text("bundle.help_identity"))
    parser.add_argument("--name", required=True, help=text("bundle.help_name"))
    parser.add_argument("--version", default="1", help=text("bundle.help_version"))
    parser.add_argument("--licence", default="", help=text("bundle.help_licence"))
    parser.add_argument("--author", action="append", default=[], help=text("bundle.help_author"))
    parser.add_argument("--region", action="append", default=[], help=text("bundle.help_region"))
    parser.add_argument("--calibrate", type=Path, metavar="FOLDER", help=text("bundle.help_calibrate"))
    parser.add_argument("--background", type=Path, metavar="FOLDER", help=text("bundle.help_background"))
    parser.add_argument("--manifest", type=Path, metavar="CSV", help=text("bundle.help_manifest"))


def run(arguments: argparse.Namespace) -> int:
    """Write the bundle, check that it loads, and calibrate it where photos are given."""
    guide = load_guide()
    if arguments.out.suffix != BUNDLE_SUFFIX:
        raise _refusal("--out", f"{arguments.out} does not end in {BUNDLE_SUFFIX}")
    for option in ("background", "manifest"):
        if getattr(arguments, option) and not arguments.calibrate:
            raise _refusal(f"--{option}", "--calibrate is missing")
    listed = read_label_list(arguments.labels, guide)
    recipe = recipe_of(arguments)
    manifest = manifest_of(arguments, listed)
    network = package_network(recipe, manifest)
    manifest = replace(manifest, id=weights_digest(network)[:16])
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.out.parent) as folder:
        trial = Path(folder) / arguments.out.name
        export_network(trial, network, manifest, flip=False)
        runtime = open_foreign(trial, "cpu")
    statistics, measured = {}, None
    if arguments.calibrate:
        fitted, measured = calibrate(runtime, arguments, guide)
        statistics, manifest = fitted.statistics, with_decision(manifest, fitted, measured)
    shown = Shown(measured, label_facts(manifest.labels, guide)) if measured else None
    write_bundle(arguments.out, runtime.bundle, manifest, model_card(manifest, guide, shown), statistics)
    open_foreign(arguments.out, "cpu")
    print(_summary(arguments.out, manifest, guide))
    return 0


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    """The network to build. Raises FieldGuideError CONFIG_INVALID."""
    if not arguments.weights.is_file():
        raise _refusal("--weights", f"{arguments.weights} is not there")
    options: dict[str, Any] = {}
    for setting in arguments.option:
        key, separator, value = setting.partition("=")
        if not separator:
            raise _refusal("--option", f"{setting!r} is not KEY=VALUE")
        options[key.strip()] = toml_value(value)
    mean, std = (_colours(name, getattr(arguments, name)) for name in ("mean", "std"))
    if min(std, default=1.0) <= 0:
        raise _refusal("--std", "a spread must be above 0")
    identity = tuple(arguments.identity)
    return Recipe(arguments.weights, arguments.model, options, identity, mean, std, arguments.same_padding)


def manifest_of(arguments: argparse.Namespace, listed: LabelList) -> Manifest:
    """What the bundle says of itself before any calibration: cautious thresholds, no promise."""
    try:
        spec = InputSpec(arguments.size, arguments.resize or round(arguments.size * _FRAME), whole=arguments.whole)
    except ValueError as problem:
        raise _refusal("--size", str(problem)) from problem
    provenance: dict[str, Any] = {
        "packaged_from": arguments.weights.name,
        "network": {
            "name": arguments.model,
            "same_padding": arguments.same_padding,
            "identity": list(arguments.identity),
        },
    }
    if listed.common_names:
        provenance["common_names"] = listed.common_names
    unknown = set(arguments.region) - set(REGIONS)
    if unknown:
        raise _refusal("--region", f"{min(unknown)} is none of {', '.join(REGIONS)}")
    try:
        return Manifest(
            id="packaged",
            name=arguments.name,
            version=arguments.version,
            labels=listed.taxa,
            input=spec,
            licence=arguments.licence,
            authors=tuple(arguments.author),
            regions=tuple(arguments.region),
            provenance=provenance,
        )
    except FieldGuideError as problem:  # said of what was asked for, not of a file that somebody else made
        problem_text = str(problem.facts["problem"])
        raise _refusal(_OPTIONS.get(problem_text.split()[0], "--labels"), problem_text) from problem


def calibrate(runtime: Network, arguments: argparse.Namespace, guide: Guide) -> tuple[FittedDecision, SplitMeasures]:
    """Temperature, thresholds, alarms and unknown score from labelled photos, and what was measured on them."""
    labels, progress = runtime.manifest.labels, Progress()
    progress.step(text("bundle.reading"))
    photos = read_folders(arguments.calibrate, arguments.background, guide, arguments.manifest)
    progress.step(text("bundle.asking", name=runtime.manifest.name))
    subjects, others = split_background(predict_folders(runtime, photos, progress))
    fitted = fit_decision(subjects, labels, guide, others if len(others) else None)
    if not fitted.report.photos:
        raise _refusal("--calibrate", f"none of the folders in {arguments.calibrate} is a label of this network")
    known = subjects.select(subjects.targets >= 0)
    return fitted, evaluate(known, labels, guide, fitted.policy, others, split=CALIBRATED_ON)


def with_decision(manifest: Manifest, fitted: FittedDecision, measured: SplitMeasures) -> Manifest:
    """The manifest with what was fitted, and the numbers that were measured on the same photos."""
    return replace(
        manifest,
        temperature=fitted.temperature,
        thresholds=fitted.thresholds.to_manifest(),
        unknown=fitted.unknown,
        metrics={CALIBRATED_ON: bundle_names(measured), "danger": bundle_danger(measured.danger)},
    )


def _summary(out: Path, manifest: Manifest, guide: Guide) -> str:
    unlisted = sum(label.rank is not Rank.BACKGROUND and guide.record(label.name) is None for label in manifest.labels)
    lines = [text("bundle.packaged", out=out, labels=len(manifest.labels), bytes=out.stat().st_size / 2**20)]
    top1 = manifest.metrics.get(CALIBRATED_ON, {}).get("top1")
    if top1 is not None:
        lines.append(text("bundle.packaged_score", top1=points(top1)))
    if not manifest.thresholds:
        lines.append(text("bundle.packaged_uncalibrated"))
    if unlisted:
        lines.append(text("bundle.packaged_unlisted", count=unlisted))
    doubts = [f"{name} ({known}?)" for name, known in misspelt(manifest.labels, guide)]
    if doubts:
        lines.append(text("bundle.packaged_misspelt", names=", ".join(doubts)))
    return "\n".join(lines)


def misspelt(labels: Sequence[Taxon], guide: Guide) -> Iterator[tuple[str, str]]:
    """Labels outside the guide that look like typing errors, of genera that it knows, with the names it has."""
    genera = {record.taxon.genus for record in guide.records.values()}
    for label in labels:
        if label.genus in genera and guide.record(label.name) is None:
            near = guide.resolve(label.name)
            if near is not None:
                yield label.name, near.taxon.name


def _colours(option: str, values: list[float]) -> tuple[float, ...]:
    if len(values) not in (0, 1, 3) or not all(0 <= value <= 1 for value in values):
        raise _refusal(f"--{option}", "one number or three, each 0 to 1")
    return tuple(values * 3 if len(values) == 1 else values)


def _refusal(option: str, problem: str) -> FieldGuideError:
    return FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
