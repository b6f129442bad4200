"""How long a run will compute on this machine: a few steps of each phase, timed on made-up pictures, times the rest."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch.nn import functional

from trainer.config import RunConfig
from trainer.fit import schedule
from trainer.fit.network import Classifier, create_network
from trainer.fit.probe import autocast
from trainer.fit.strided import strided_depthwise_to_float32

TRIED = 16  # pictures in a timed step
LABELS = 100  # of the network that is timed; their number hardly matters


def expected_seconds(config: RunConfig, photos: int, device: torch.device) -> float:
    """Seconds for the features and the phases of a run over `photos` photos; reading and measuring come on top."""
    network = create_network(config.network, LABELS).to(device)
    network.to(memory_format=torch.channels_last)
    if device.type == "cpu":
        strided_depthwise_to_float32(network)
    teaching = config.data.fractions[0] * photos
    size = config.fit.probe_size

    @torch.no_grad()
    def features() -> None:
        network.eval()
        with autocast(device, "auto"):
            network.embed(_pictures(size, device))
            network.embed(_pictures(size, device))

    total = teaching * _timed(features, device)
    for number, phase in enumerate(config.fit.phases):
        sizes = [phase.size_at(epoch) for epoch in range(phase.epochs)]
        per_photo = _timed(_step(config, network, number, round(sum(sizes) / len(sizes)), device), device)
        total += teaching * phase.epochs * per_photo
    return total


def _step(config: RunConfig, network: Classifier, number: int, size: int, device: torch.device) -> Callable[[], None]:
    """A step of learning in phase `number`."""
    learning = schedule.learning_stages(network, config.fit.phases[number].trainable, config.fit.freeze_stages)
    optimizer = schedule.create_optimizer(network, learning, config.fit, number, 0)

    def step() -> None:
        schedule.set_learning(network, learning, train_norms=True)
        optimizer.zero_grad(set_to_none=True)
        with autocast(device, config.fit.precision):
            logits, _ = network(_pictures(size, device))
        loss = functional.cross_entropy(logits.float(), torch.arange(TRIED, device=device))
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return step


def _pictures(size: int, device: torch.device) -> torch.Tensor:
    return torch.rand(TRIED, 3, size, size, device=device).mul(255).contiguous(memory_format=torch.channels_last)


def _timed(work: Callable[[], None], device: torch.device) -> float:
    """Seconds for each picture, after one turn that warms up."""
    for _ in range(2):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
    return (time.perf_counter() - began) / TRIED
