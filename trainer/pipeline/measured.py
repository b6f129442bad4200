"""The second half of a run: the bundle written, calibrated on its own answers, and measured once on the test split."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import torch

from fieldguide import __version__
from fieldguide.core.bundle import BUNDLE_SUFFIX, read_bundle
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from fieldguide.inference.runtime import Runtime
from trainer.config import RunConfig
from trainer.data.split import HELD_OUT, LEFT_OUT, SPLITS
from trainer.evaluation.drawn import drawings_unknown
from trainer.evaluation.fitting import Judgement, fit_decision
from trainer.evaluation.metrics import evaluate
from trainer.evaluation.predict import predict
from trainer.evaluation.predictions import Predictions
from trainer.export.bundle import BundleParts, golden_pictures, input_of, photo_lines, weights_digest, write_bundle
from trainer.export.told import told_metrics
from trainer.fit.choice import read_choice
from trainer.fit.network import Classifier
from trainer.pipeline.preparation import Prepared
from trainer.progress import Progress
from trainer.report.card import write_card
from trainer.run_folder import RunFolder, write_json


def export_run(
    config: RunConfig, run: RunFolder, ready: Prepared, network: Classifier, progress: Progress
) -> dict[str, Any]:
    """Export, calibrate on the exported bundle's own answers, and measure the final bundle once on the test split.

    Writes `model.fieldguide`, `predictions/*.npz` and `metrics.json`; returns the metrics. The bundle takes its name
    when it is calibrated: nobody shall pass one on whose alarms were never set.
    """
    taxa, guide = ready.labels.taxa, ready.guide
    manifest, parts = describe(config, ready, network)
    write = partial(write_bundle, network=network, flip=config.export.flip, half=config.export.half)
    ask = partial(_ask, config=config, run=run, ready=ready, progress=progress)
    progress.step("exporting")
    uncalibrated = run.bundle.with_stem("uncalibrated")
    write(uncalibrated, manifest=manifest, parts=parts)
    calibration, strangers = ask(uncalibrated, "calibration"), ask(uncalibrated, HELD_OUT)
    progress.step("calibrating")
    novel = strangers if len(strangers) else None
    fitted = fit_decision(calibration, taxa, guide, config=config.judgement, novel=novel)
    manifest = replace(
        manifest, temperature=fitted.temperature, thresholds=fitted.thresholds.to_manifest(), unknown=fitted.unknown
    )
    parts = replace(parts, statistics=fitted.statistics)
    write(run.bundle, manifest=manifest, parts=parts)
    uncalibrated.unlink()
    test = ask(run.bundle, "test")
    metrics = evaluate(test, taxa, guide, fitted.judgement, novel=novel) | {"fitting": fitted.report}
    drawn = _drawings(run.bundle, config, ready, fitted.judgement)
    metrics["test"] |= {"drawings": drawn} if drawn else {}
    metrics["test"]["seen_by_starting_weights"] = seen = _seen_before(config, ready)
    if seen:
        progress.note(text("train.seen_before", count=seen, photos=len(test)))
    chosen = read_choice(config, run)
    metrics["fit"] = asdict(chosen) | {"reason": chosen.reason}
    write_json(run.metrics, metrics)
    card = write_card(run, manifest, metrics)
    write(run.bundle, manifest=replace(manifest, metrics=told_metrics(metrics)), parts=replace(parts, card=card))
    Runtime.load(run.bundle, device="cpu")
    return metrics


def describe(config: RunConfig, ready: Prepared, network: Classifier) -> tuple[Manifest, BundleParts]:
    """The manifest and its company before anything was fitted on calibration photos."""
    used = {row.index for row in ready.placed if row.split in ("train", "val")}
    spec = input_of(config)
    manifest = Manifest(
        id=weights_digest(network)[:16],
        name=config.export.name,
        version=config.export.version,
        licence=config.export.licence,
        authors=config.export.authors,
        regions=config.export.regions,
        labels=ready.labels.taxa,
        input=spec,
        provenance={
            "made": datetime.now(UTC).date().isoformat(),
            "network": {"name": config.network.name, "options": config.network.options},
            "seed": config.seed,
            "preset": config.preset,
            "guide": ready.guide.version,
            "versions": {"fieldguide": __version__, "torch": torch.__version__},
            "photos": {name: sum(row.split == name for row in ready.placed) for name in (*SPLITS, HELD_OUT, LEFT_OUT)},
            "sources": dict(Counter(row.source for row in ready.placed if row.split == "train")),
            "per_label": {
                taxon.name: sum(row.label == number and row.split == "train" for row in ready.placed)
                for number, taxon in enumerate(ready.labels.taxa)
            },
        },
    )
    return manifest, BundleParts(golden_pictures(spec.size), photos=photo_lines(ready.photos, used))


def _drawings(bundle: Path, config: RunConfig, ready: Prepared, judgement: Judgement) -> dict[str, Any] | None:
    """How the bundle takes drawings made from test photos of subjects."""
    subjects = {number for number, taxon in enumerate(ready.labels.taxa) if taxon.rank is not Rank.BACKGROUND}
    files = sorted(row.file for row in ready.placed if row.split == "test" and row.label in subjects)
    runtime = Runtime.load(bundle, device=config.device)
    return drawings_unknown(runtime, judgement, ready.guide, files, config)


def _seen_before(config: RunConfig, ready: Prepared) -> int:
    """Test photos that taught the bundle this run started from: on them the numbers flatter."""
    if not config.network.init.endswith(BUNDLE_SUFFIX):
        return 0
    listed = read_bundle(Path(config.network.init)).extra("photos.txt") or b""
    known = {line.split()[0] for line in listed.decode("utf-8").splitlines()}
    return sum(row.split == "test" and ready.photos[row.index].sha256 in known for row in ready.placed)


def _ask(
    bundle: Path, name: str, *, config: RunConfig, run: RunFolder, ready: Prepared, progress: Progress
) -> Predictions:
    """The bundle's answers to a split, kept in the run folder; held-out photos carry their true taxon."""
    rows = [row for row in ready.placed if row.split == name]
    if rows:
        progress.step(f"asking the bundle: {name}")
    runtime = Runtime.load(bundle, device=config.device)
    answers = predict(runtime, rows, progress)
    if name == HELD_OUT:
        named = {row.file: row.taxon or Path(row.file).parent.name for row in rows}
        found = [ready.guide.resolve(named[file]) for file in answers.files.tolist()]
        answers = replace(answers, truth=tuple(each.taxon if each else None for each in found))
    answers.save(run.predictions / f"{name}.npz")
    return answers
