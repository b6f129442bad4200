"""Photos as a phone writes them, made on the spot: 12 megapixels of texture around the sample picture, as JPEG."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.resources import resource

SIZE = (4032, 3024)


def write_photo(path: Path, seed: int = 0) -> Path:
    """One 12-megapixel JPEG of about 4 MB; another seed gives other bytes and another crop."""
    random = np.random.default_rng(seed)
    with Image.open(resource("samples", "fly_agaric.png")) as sample:
        edge = int(random.integers(0, 40))
        picture = sample.convert("RGB").crop((edge, edge, sample.width - edge, sample.height - edge))
    large = np.asarray(picture.resize(SIZE, Image.Resampling.BICUBIC), np.int16)
    grain = random.normal(0, 9, (SIZE[1] // 2, SIZE[0] // 2)).repeat(2, 0).repeat(2, 1).astype(np.int16)
    noisy = np.clip(large + grain[..., None], 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(path, quality=90)
    return path


def write_folder(folder: Path, count: int, different: int = 12) -> list[Path]:
    """`count` photos under names of their own, `different` of them made and the others linked to those."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [write_photo(folder / f"{number:05d}.jpg", number) for number in range(min(count, different))]
    for number in range(len(made), count):
        os.link(made[number % len(made)], folder / f"{number:05d}.jpg")
    return sorted(folder.iterdir())
