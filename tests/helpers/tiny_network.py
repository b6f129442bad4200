"""The network of the tests' bundle: two convolutions, an embedding of 32, three logits. Imports torch."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from torch import nn

from fieldguide.core.bundle import Manifest
from fieldguide.core.decision.unknown import unit_length
from tests.helpers.bundles import LABELS

TRAINED = 96


class TinyNetwork(nn.Module):
    """uint8 [N,3,S,S] to logits [N,3] and embedding [N,32]."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(4)
        )
        self.squeeze = nn.Linear(16 * 16, 32)
        self.head = nn.Linear(32, 3)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.answer(self.features(self.normalise(pictures)).flatten(1))

    def normalise(self, pictures: torch.Tensor) -> torch.Tensor:
        return (pictures.float() / 255.0 - 0.4) / 0.25

    def answer(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embedding = torch.relu(self.squeeze(features))
        return self.head(embedding), embedding


def train(pictures: np.ndarray, labels: np.ndarray) -> TinyNetwork:
    """Fit the head alone, by least squares: a moment, and certain of its drawings."""
    torch.manual_seed(1)
    network = TinyNetwork().eval()
    with torch.no_grad():
        embedding = network(torch.from_numpy(pictures))[1].double().numpy()
        inputs = np.hstack([embedding, np.ones((len(embedding), 1))])
        targets = 8.0 * np.eye(len(LABELS))[labels]
        ridge = 1e-3 * np.eye(inputs.shape[1])
        solution = np.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ targets)
        network.head.weight.copy_(torch.from_numpy(solution[:-1].T.copy()))
        network.head.bias.copy_(torch.from_numpy(solution[-1]))
    return network


class Eater(TinyNetwork):
    """Fills gigabytes."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if torch.jit.is_scripting():
            big = torch.ones([6, 1024, 1024, 1024], dtype=torch.uint8)
            logits = logits + big[0, 0, 0, 0].float() * 0
        return logits, embedding


class EndlessLater(TinyNetwork):
    """Answers several pictures at once, as the golden ones are asked, and never a single one."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        number = int(pictures.size(0) == 1)
        if torch.jit.is_scripting():
            while number > 0:
                number = number % 7 + 1
        return logits, embedding


def export(network: nn.Module, path: Path, manifest: Manifest, pictures: np.ndarray) -> Path:
    """Write a bundle as the format says; `pictures` give the golden samples and the statistics of the unknown score."""
    network.eval()
    with torch.no_grad():
        logits, embedding = (values.numpy() for values in network(torch.from_numpy(pictures)))
    golden = {"images": pictures[:4], "logits": logits[:4], "embedding": embedding[:4]}
    unit = unit_length(embedding)
    means = unit_length(np.stack([unit[label::3].mean(axis=0) for label in range(3)]))
    extra = {
        "manifest.json": manifest.to_json(),
        "golden.npz": _npz(golden),
        "statistics.npz": _npz({"means": means}),
        "card.md": "# Three drawings\n",
    }
    module = torch.jit.script(network)
    torch.jit.save(module, str(path), _extra_files=extra)
    return path


def _npz(arrays: dict[str, np.ndarray]) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()
