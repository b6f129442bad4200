"""Made predictions with a known truth: a model that is right about as often as it says, over taxa of the real guide."""

from __future__ import annotations

import numpy as np

from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import BACKGROUND, Taxon
from trainer.evaluation.predictions import Predictions

GUIDE = load_guide()
NAMES = (
    "Amanita phalloides",
    "Amanita citrina",
    "Amanita muscaria",
    "Amanita caesarea",
    "Agaricus campestris",
    "Agaricus xanthodermus",
    "Macrolepiota procera",
    "Boletus edulis",
    "Boletus",
    "Suillus luteus",
    "Cantharellus cibarius",
    "Gyromitra esculenta",
    "Morchella esculenta",
    "Paxillus involutus",
)
LABELS: tuple[Taxon, ...] = (*(GUIDE.records[name].taxon for name in NAMES), BACKGROUND)
DIMENSIONS = 24


def predictions(photos: int = 1200, *, seed: int = 0, noise: float = 1.0, overconfidence: float = 1.0) -> Predictions:
    """Photos of every taxon: embeddings around a centre per label, logits by distance, every tenth a near-duplicate."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, len(NAMES), photos)
    embeddings = _centres()[targets] + rng.normal(0, 0.8 * noise, (photos, DIMENSIONS))
    groups = np.arange(photos)
    for copy in range(1, photos, 10):
        targets[copy], embeddings[copy], groups[copy] = targets[copy - 1], embeddings[copy - 1], groups[copy - 1]
    return _answered(embeddings, targets, groups, overconfidence)


def other_things(photos: int = 200, *, seed: int = 1) -> Predictions:
    """Photos of nothing the model knows: far from every centre."""
    rng = np.random.default_rng(seed)
    embeddings = rng.normal(0, 1.0, (photos, DIMENSIONS)) - 2.5
    made = _answered(embeddings, np.full(photos, -1), np.arange(photos) + 10**6, 1.0)
    return Predictions(
        made.logits, made.embeddings, made.targets, made.groups, made.sources, made.files, (BACKGROUND,) * photos
    )


def _centres() -> np.ndarray:
    return np.random.default_rng(42).normal(0, 1, (len(LABELS), DIMENSIONS))


def _answered(embeddings: np.ndarray, targets: np.ndarray, groups: np.ndarray, overconfidence: float) -> Predictions:
    distances = ((embeddings[:, None, :] - _centres()[None]) ** 2).sum(axis=2)
    return Predictions(
        logits=(-0.3 * overconfidence * distances).astype(np.float32),
        embeddings=embeddings.astype(np.float32),
        targets=targets.astype(np.int64),
        groups=groups.astype(np.int64),
        sources=np.where(np.arange(len(targets)) % 3 == 0, "field", "web"),
        files=np.array([f"photo-{number}.jpg" for number in range(len(targets))]),
    )
