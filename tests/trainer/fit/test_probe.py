"""Features in memory or mapped from a file give the same head."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fieldguide.core.guide import load_guide
from trainer.config import FitConfig, NetworkConfig
from trainer.data.dataset import CachedPhotos
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit import probe
from trainer.fit.losses import TreeLoss
from trainer.fit.network import create_network
from trainer.progress import Progress, Style

NAMES = resolve_labels(["Amanita_muscaria", "Boletus_edulis"], load_guide())
COUNT = 150  # photos: two full batches of features and a part


@pytest.fixture
def photos() -> CachedPhotos:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (COUNT, 32, 32, 3), dtype=np.uint8)
    ones = np.ones(COUNT, np.float32)
    return CachedPhotos(
        pixels, random.permutation(COUNT), random.integers(0, 2, COUNT), ones, ones, np.full(COUNT, 1 / COUNT)
    )


def _head(photos: CachedPhotos, file: Path) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    network = create_network(NetworkConfig("small-cnn", "random", {"layers": [8], "dense": [12]}), 2)
    loss = TreeLoss(build_tree(NAMES.taxa), 2, (), 0.0)
    features = probe.extract_features(network, photos, 32, torch.device("cpu"), Progress(Style.QUIET), file)
    probe.fit_head(network, features, photos, loss, FitConfig(probe_epochs=3), 1, Progress(Style.QUIET))
    return features, network.head.weight, network.head.bias


def test_features_too_large_for_memory_lie_in_a_file_and_teach_the_same(
    photos: CachedPhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "features.npy"
    held = _head(photos, file)
    assert not file.exists()
    monkeypatch.setattr(probe, "HELD", COUNT * 12 * 4 - 1)
    mapped = _head(photos, file)
    assert np.array_equal(np.load(file), held[0].numpy())
    for one, other in zip(held, mapped, strict=True):
        assert torch.equal(one, other)
