"""Features are kept while they are computed, so that a killed run goes on, and give the same head."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fieldguide.core.guide import load_guide
from trainer.config import FitConfig, NetworkConfig
from trainer.data.dataset import Batch, CachedPhotos
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit import probe
from trainer.fit.losses import TreeLoss
from trainer.fit.network import create_network
from trainer.progress import Progress, Style

NAMES = resolve_labels(["Amanita_muscaria", "Boletus_edulis"], load_guide())
QUIET = Progress(Style.QUIET)
COUNT = 150  # photos: two full batches of features and a part


@pytest.fixture
def photos() -> CachedPhotos:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (COUNT, 32, 32, 3), dtype=np.uint8)
    ones = np.ones(COUNT, np.float32)
    target, draw, source = random.integers(0, 2, COUNT), np.full(COUNT, 1 / COUNT), np.zeros(COUNT, np.int64)
    return CachedPhotos(pixels, random.permutation(COUNT), target, ones, ones, draw, source)


def _head(
    photos: CachedPhotos, file: Path, progress: Progress = QUIET, *, resume: bool = False
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    network = create_network(NetworkConfig("small-cnn", "random", {"layers": [8], "dense": [12]}), 2)
    loss = TreeLoss(build_tree(NAMES.taxa), 2, (), 0.0)
    features = probe.extract_features(network, photos, 32, torch.device("cpu"), progress, file, resume=resume)
    head = probe.train_head(network, features, photos, loss, FitConfig(probe_epochs=3), 1, QUIET)
    network.head.load_state_dict(head.state_dict())
    return features, network.head.weight, network.head.bias


def test_features_that_a_killed_run_kept_are_not_computed_again(
    photos: CachedPhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    class Killer(Progress):
        def advance(self, done: int, total: int, note: str = "") -> None:
            if done == COUNT:
                raise KilledError

    looked_at: list[int] = []
    batch = CachedPhotos.batch

    def counting(self: CachedPhotos, positions: np.ndarray) -> Batch:
        looked_at.extend(positions.tolist())
        return batch(self, positions)

    monkeypatch.setattr(probe, "SAVE_EVERY", 0.0)
    whole = [part.clone() for part in _head(photos, tmp_path / "whole.npy")]
    file = tmp_path / "features.npy"
    with pytest.raises(KilledError):
        _head(photos, file, Killer(Style.QUIET))
    monkeypatch.setattr(CachedPhotos, "batch", counting)
    for one, other in zip(whole, _head(photos, file, resume=True), strict=True):
        assert torch.equal(one, other)
    assert looked_at == list(range(128, COUNT)), "two full batches were kept"
    probe.forget_features(file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole.npy", "whole.rows"]


def test_a_run_that_begins_anew_heeds_nothing_that_was_kept(photos: CachedPhotos, tmp_path: Path) -> None:
    file = tmp_path / "features.npy"
    file.with_suffix(".rows").write_text("128")
    np.save(file, np.zeros((COUNT, 12), np.float32))
    features, *_ = _head(photos, file)
    assert float(features[:128].abs().sum()) > 0
