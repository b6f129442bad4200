"""How long a run will compute on this machine: a few steps of each kind, timed on made-up pictures, times the rest."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch.nn import functional

from trainer.config import RunConfig
from trainer.fit import schedule
from trainer.fit.depthwise import depthwise_to_float32
from trainer.fit.network import Classifier, create_network
from trainer.fit.probe import autocast

TRIED = 8  # pictures in a timed step
LABELS = 100  # of the network that is timed; their number hardly matters


class Pace:
    """Seconds that a picture takes here, of one network; each kind of step is timed once, when it is first asked for.

    Another size of pictures is reckoned by their area, not timed again.
    """

    def __init__(self, config: RunConfig, device: torch.device) -> None:
        """Builds the network of `config`: seconds."""
        began = time.monotonic()
        self._device = device
        self._network = create_network(config.network, LABELS).to(device).to(memory_format=torch.channels_last)
        if device.type == "cpu":
            depthwise_to_float32(self._network)
        self.loading = time.monotonic() - began
        self._times: dict[str, tuple[float, int]] = {}  # seconds for a picture of so many pixels a side

    @property
    def weights(self) -> int:
        """Bytes of the network."""
        return sum(each.numel() * each.element_size() for each in self._network.parameters())

    def features(self, config: RunConfig, photos: float) -> float:
        """Seconds to look at each of `photos` photos once, plain and mirrored."""
        size = config.fit.probe_size
        return photos * self._of("features", size, lambda: _look(self._network, size, self._device))

    def fit(self, config: RunConfig, photos: float) -> float:
        """Seconds of all phases over `photos` photos that teach."""
        total = 0.0
        for number, phase in enumerate(config.fit.phases):
            sizes = [phase.size_at(epoch) for epoch in range(phase.epochs)]
            size = round(sum(sizes) / len(sizes))
            step = _step(config, self._network, number, size, self._device)
            total += photos * phase.epochs * self._of(phase.trainable, size, step)
        return total

    def _of(self, kind: str, size: int, work: Callable[[], None]) -> float:
        if kind not in self._times:
            self._times[kind] = _timed(work, self._device), size
        seconds, timed = self._times[kind]
        return seconds * (size / timed) ** 2


def expected_seconds(config: RunConfig, photos: int, device: torch.device) -> float:
    """Seconds for the features and the phases of a run over `photos` photos; reading and measuring come on top."""
    pace, teaching = Pace(config, device), config.data.fractions[0] * photos
    return pace.features(config, teaching) + pace.fit(config, teaching)


@torch.no_grad()
def _look(network: Classifier, size: int, device: torch.device) -> None:
    network.eval()
    with autocast(device, "auto"):
        network.embed(_pictures(size, device))
        network.embed(_pictures(size, device))


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
