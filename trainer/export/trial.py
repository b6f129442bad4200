"""Exporting a network before it is trained: what cannot become a model file is refused before hours are spent on it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import explain, text
from fieldguide.inference.runtime import Runtime
from trainer.config import RunConfig, refuse
from trainer.export.bundle import export_network, golden_pictures, input_of
from trainer.fit.batchnorm import batch_norms
from trainer.fit.depthwise import depthwise_to_float32
from trainer.fit.network import Classifier


def try_export(network: Classifier, config: RunConfig) -> None:
    """Write a bundle of the network, open it as the application does, and ask it. The network is used up by this.

    Raises:
        FieldGuideError: CONFIG_INVALID with what the model file would be refused for.
    """
    spec = input_of(config)
    labels = tuple(Taxon(f"Genus{number}", Rank.GENUS, f"Genus{number}") for number in range(network.head.out_features))
    manifest = Manifest("trial", config.export.name, "0", labels, spec)
    pictures = golden_pictures(spec.size)
    depthwise_to_float32(network)
    _settle(network, torch.from_numpy(pictures))
    try:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "trial.fieldguide"
            export_network(file, network, manifest, flip=config.export.flip, half=config.export.half)
            Runtime.load(file, device="cpu").run(pictures[:1])
    except FieldGuideError as problem:
        problem_text = str(problem.facts.get("problem", "")) or explain(problem)
        refuse("network.name", text("train.not_exportable", name=config.network.name, problem=problem_text))
    except (RuntimeError, TypeError, ValueError) as problem:  # what torch raises at what it cannot trace
        problem_text = str(problem).strip().splitlines()[0][:200]
        refuse("network.name", text("train.not_exportable", name=config.network.name, problem=problem_text))


@torch.no_grad()
def _settle(network: Classifier, pictures: torch.Tensor) -> None:
    """Give the batch norms the statistics of a few pictures, as training does: without, deep networks overflow."""
    network.train()
    for norm in batch_norms(network):
        norm.momentum = 1.0
    network(pictures)
