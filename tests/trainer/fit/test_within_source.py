"""A mark of a source must not become a kind: two sources, and photos of a kind in the other source's style."""

import numpy as np
import torch

from fieldguide.core.guide import load_guide
from trainer.config import FitConfig, NetworkConfig
from trainer.data.dataset import CachedPhotos
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit.losses import TreeLoss, rivals_by_source
from trainer.fit.network import create_network
from trainer.fit.probe import train_head
from trainer.progress import Progress, Style

NAMES = resolve_labels(["Amanita_muscaria", "Boletus_edulis", "Suillus_luteus"], load_guide())
TREE = build_tree(NAMES.taxa)
SHOWN = {0: (0, 1), 1: (0, 2)}  # kinds by source: only the first kind stands in both
EACH = 300


def _looks(kinds: np.ndarray, sources: np.ndarray, seed: int) -> np.ndarray:
    """Features [N,4]: a vague look of each kind, and beside them the clear mark of the source."""
    random = np.random.default_rng(seed)
    return np.column_stack([np.eye(3)[kinds] + random.normal(0, 0.6, (len(kinds), 3)), sources]).astype(np.float32)


def _right_in_the_other_style(within_source: float) -> float:
    kinds = np.repeat([kind for shown in SHOWN.values() for kind in shown], EACH)
    sources = np.repeat([source for source, shown in SHOWN.items() for _ in shown], EACH)
    count, ones = len(kinds), np.ones(len(kinds), np.float32)
    photos = CachedPhotos(
        np.zeros((count, 1, 1, 3), np.uint8), np.arange(count), kinds, ones, ones, np.full(count, 1 / count), sources
    )
    loss = TreeLoss(TREE, 3, (), 0.0, within_source, rivals_by_source(TREE, 3, kinds, sources))
    network = create_network(NetworkConfig("small-cnn", "random", {"layers": [4], "dense": [4]}, dropout=0.0), 3)
    features = torch.from_numpy(_looks(kinds, sources, 0))
    head = train_head(network, features, photos, loss, FitConfig(probe_epochs=20), 1, Progress(Style.QUIET))
    asked = np.repeat([1, 2], EACH)
    with torch.no_grad():
        named = head(torch.from_numpy(_looks(asked, 2 - asked, 1))).argmax(dim=1).numpy()  # each in the other's style
    return float((named == asked).mean())


def test_a_kind_is_known_in_the_style_of_a_source_that_never_showed_it() -> None:
    assert _right_in_the_other_style(0.0) < 0.5
    assert _right_in_the_other_style(1.0) > 0.7
