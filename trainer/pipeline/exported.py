"""The network as a model file: exported once before it is measured, and sealed as a bundle once after."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import torch

from fieldguide import __version__
from fieldguide.core.bundle import Manifest
from fieldguide.inference.runtime import Runtime
from trainer.config import RunConfig
from trainer.data.split import ELSEWHERE_FIT, ELSEWHERE_MEASURE, HELD_OUT, LEFT_OUT, SPLITS
from trainer.data.taught import lines_before
from trainer.evaluation.document import Metrics
from trainer.evaluation.fitting import FittedDecision
from trainer.export.bundle import export_network, input_of, photo_lines, weights_digest, write_bundle
from trainer.export.bundle_metrics import bundle_metrics
from trainer.fit.network import Classifier
from trainer.pipeline.preparation import Prepared
from trainer.report.card import write_card
from trainer.run_folder import RunFolder

PLACES = (*SPLITS, HELD_OUT, LEFT_OUT, ELSEWHERE_FIT, ELSEWHERE_MEASURE)


def export_run(config: RunConfig, run: RunFolder, ready: Prepared, network: Classifier) -> Runtime:
    """Export the network and open it. Its file has another name: nobody shall pass on what was never measured."""
    used = {row.index for row in ready.placed if row.split in ("train", "val")}
    lines = photo_lines(ready.photos, used, lines_before(config.network.init))
    export_network(
        run.exported,
        network,
        describe(config, ready, network),
        flip=config.export.flip,
        half=config.export.half,
        photos=lines,
    )
    return Runtime.load(run.exported, device=config.device)


def seal_bundle(
    run: RunFolder, ready: Prepared, exported: Runtime, fitted: FittedDecision, metrics: Metrics
) -> Runtime:
    """Write the bundle with its policy, its numbers and its card, and open it as the application does."""
    manifest = replace(
        exported.manifest,
        temperature=fitted.temperature,
        thresholds=fitted.thresholds.to_manifest(),
        unknown=fitted.unknown,
        metrics=bundle_metrics(metrics),
    )
    card = write_card(run, manifest, ready.guide, metrics)
    write_bundle(run.bundle, exported.bundle, manifest, card, fitted.statistics)
    sealed = Runtime.load(run.bundle, device="cpu")
    run.exported.unlink()
    return sealed


def describe(config: RunConfig, ready: Prepared, network: Classifier) -> Manifest:
    """The manifest before anything was fitted on calibration photos."""
    return Manifest(
        id=weights_digest(network)[:16],
        name=config.export.name,
        version=config.export.version,
        licence=config.export.licence,
        authors=config.export.authors,
        regions=config.export.regions,
        labels=ready.labels.taxa,
        input=input_of(config),
        provenance={
            "made": datetime.now(UTC).date().isoformat(),
            "network": {"name": config.network.name, "options": config.network.options},
            "seed": config.seed,
            "preset": config.preset,
            "guide": ready.guide.version,
            "versions": {"fieldguide": __version__, "torch": torch.__version__},
            "photos": {name: sum(row.split == name for row in ready.placed) for name in PLACES},
            "sources": dict(Counter(row.source for row in ready.placed if row.split == "train")),
            "per_label": {
                taxon.name: sum(row.label == number and row.split == "train" for row in ready.placed)
                for number, taxon in enumerate(ready.labels.taxa)
            },
        },
    )
