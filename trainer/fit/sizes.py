"""Sizes of pictures that a network takes: some know one alone (ViT, Swin, MaxViT), and then every size follows it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import torch

from trainer.config import DataConfig, FitConfig, NetworkConfig, Phase, RunConfig, input_size, phases_of, refuse
from trainer.fit.network import PROBED, Classifier, create_network, embedding_width, own_size


def follow_network(config: RunConfig) -> tuple[RunConfig, int]:
    """The configuration with its usual sizes replaced where the network takes pictures of one size alone.

    Returns that size in pixels beside it, 0 when nothing had to follow. A size that is not the usual one was asked for
    and stays: `refuse_sizes` looks at it. Builds the network without weights, so it takes a moment and no memory.

    Raises:
        FieldGuideError: as `create_network`, but for the weights.
    """
    own = _only_size(replace(config.network, init="random"))
    if not own:
        return config, 0
    usual = {FitConfig().probe_size, *chain.from_iterable(map(_sizes, phases_of(config.preset)))}
    phases = tuple(
        replace(phase, size=own, from_size=0) if _sizes(phase) <= usual else phase for phase in config.fit.phases
    )
    probe_size = own if config.fit.probe_size in usual else config.fit.probe_size
    cache_size = config.data.cache_size
    if cache_size == DataConfig().cache_size:
        cache_size = max(cache_size, own)
    followed = replace(
        config,
        data=replace(config.data, cache_size=cache_size),
        fit=replace(config.fit, phases=phases, probe_size=probe_size),
    )
    return followed, 0 if followed == config else own


def _only_size(config: NetworkConfig) -> int:
    """Pixels of the one size that the network takes, 0 when it takes others too."""
    try:
        with torch.device("meta"):
            backbone = create_network(config, 2).backbone
            return 0 if embedding_width(backbone, PROBED) else own_size(backbone)
    except RuntimeError:  # some compute with their own numbers while they are built
        backbone = create_network(config, 2).backbone
        return 0 if embedding_width(backbone, PROBED) else own_size(backbone)


def refuse_sizes(network: Classifier, config: RunConfig) -> None:
    """Raises FieldGuideError(CONFIG_INVALID) when the network takes no pictures of one of the sizes of a run."""
    phases = config.fit.phases
    sizes = {phase.size_at(epoch) for phase in phases for epoch in (0, phase.epochs - 1)}
    for size in sorted(sizes | {config.fit.probe_size, input_size(config)}):
        if embedding_width(network.backbone, size) != network.head.in_features:
            own = own_size(network.backbone)
            problem = f"the network takes no pictures of {size} pixels, its own are {own}"
            refuse("fit.phases, fit.probe_size, export.size", problem)


def _sizes(phase: Phase) -> set[int]:
    return {phase.size, phase.from_size or phase.size}
