"""A small real data set: drawn pictures of a few kinds, different enough to learn and to be no near-duplicates."""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw


def draw_kind(kind: int, seed: int, size: int = 120) -> Image.Image:
    """A picture of one kind: caps of the kind's hue and shape on a random ground."""
    random = np.random.default_rng((kind, seed))
    ground = random.integers(40, 160, (6, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(ground).resize((size, size), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    red, green, blue = colorsys.hsv_to_rgb((kind * 0.31) % 1.0, 0.9, 0.9)
    colour = (int(red * 255), int(green * 255), int(blue * 255))
    for _ in range(3):
        x, y = random.integers(10, size - 40, 2).tolist()
        side = int(random.integers(20, 45))
        shape = pen.ellipse if kind % 2 == 0 else pen.rectangle
        shape((x, y, x + side, y + side), fill=colour)
    return picture


def make_photo_folders(root: Path, labels: list[str], photos: int) -> Path:
    """`root/LABEL/NNN.jpg` with `photos` pictures for each label; returns `root`."""
    for kind, label in enumerate(labels):
        folder = root / label
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(photos):
            draw_kind(kind, number).save(folder / f"{number:03}.jpg", quality=92)
    return root
