"""A real bundle of three classes, small enough for every test: a tiny network, fitted to drawings and exported.

`tests/conftest.py` registers this file, so any test may ask for `bundle_path`. torch is imported only when one does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from fieldguide.core.bundle import BUNDLE_SUFFIX, Manifest
from fieldguide.core.photo.preprocess import InputSpec, prepare
from fieldguide.core.taxonomy import Rank, Taxon

LABELS = (
    Taxon("Amanita phalloides", Rank.SPECIES, "Amanita", "Amanitaceae"),
    Taxon("Boletus", Rank.GENUS, "Boletus", "Boletaceae"),
    Taxon("Cantharellus cibarius", Rank.SPECIES, "Cantharellus", "Hydnaceae"),
)
SPEC = InputSpec(64, 72)
GUARANTEE = {"alpha": 0.05, "photos": 40, "groups": 30, "split": "calibration", "false_alarm_rate": 0.1}
_CAPS = ((120, 150, 60), (110, 60, 30), (240, 180, 40))


def draw(label: int, seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A drawn mushroom of one of the three classes: cap colour and form tell them apart, place and ground vary."""
    random = np.random.default_rng(1000 * label + seed)
    width, height = size
    ground = np.clip(random.normal((70, 80, 60), 12, (height // 8, width // 8, 3)), 0, 255).astype(np.uint8)
    image = Image.fromarray(ground).resize(size, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    x, y = (int(side * random.uniform(0.45, 0.55)) for side in size)
    half = int(min(size) * random.uniform(0.28, 0.36))
    cap = tuple(int(np.clip(channel + random.normal(0, 8), 0, 255)) for channel in _CAPS[label])
    stem = (235, 230, 215) if label != 2 else cap
    pen.rectangle((x - half // 4, y, x + half // 4, y + int(1.3 * half)), fill=stem)
    if label == 2:
        pen.polygon([(x - half, y - half // 2), (x + half, y - half // 2), (x, y + half // 2)], fill=cap)
    else:
        pen.pieslice((x - half, y - half, x + half, y + half), 180, 360, fill=cap)
    return image.filter(ImageFilter.GaussianBlur(0.7))


def write_photo(path: Path, label: int = 0, seed: int = 0, size: tuple[int, int] = (320, 240), **options: Any) -> Path:
    """Save one drawing; the suffix tells the format, `options` go to Pillow (`exif=` for one)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(label, 500 + seed, size).save(path, **options)
    return path


def prepared(label: int, seed: int) -> np.ndarray:
    """One drawing as the network takes it: uint8 [3,64,64]."""
    return prepare(np.asarray(draw(label, seed)), SPEC)


@pytest.fixture(scope="session")
def bundle_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle file; do not write to it."""
    from tests.helpers.tiny_network import TRAINED, export, train

    pictures = np.stack([prepared(label, seed) for seed in range(TRAINED // 3) for label in range(3)])
    network = train(pictures, np.arange(len(pictures)) % 3)
    return export(network, tmp_path_factory.mktemp("bundle") / f"three{BUNDLE_SUFFIX}", manifest(), pictures)


def manifest(**changes: Any) -> Manifest:
    """The manifest of `bundle_path`, or a variation of it."""
    values: dict[str, Any] = {
        "id": "three-drawings",
        "name": "Three drawings",
        "version": "1.0.0",
        "licence": "CC0-1.0",
        "authors": ("The tests",),
        "labels": LABELS,
        "input": SPEC,
        "temperature": 1.2,
        "thresholds": {
            **{"species": 0.6, "genus": 0.6, "family": 0.6, "unknown": 0.1, "deadly": 0.05, "harmful": 0.05},
            **{"deadly_guarantee": GUARANTEE, "harmful_guarantee": GUARANTEE},
        },
        "unknown": {"score": "cosine"},
        "metrics": {"test": {"top1": 1.0, "top5": 1.0}},
        "provenance": {"photos": 96, "seed": 1},
    }
    return Manifest(**{**values, **changes})
