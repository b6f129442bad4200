"""Which copies of real photos the split keeps on one side: `python -m tests.benchmarks.bench_copies FOLDER [PHOTOS]`.

Copies are made of each photo in several ways; the table says how many fall into one group with their photo, and how
many photos that are no copies do.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.photo import find_photos
from trainer.data.duplicates import hashes_of_copies, near_duplicate_groups, perceptual_hash


def _crop(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    def cut(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        box = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
        return picture.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))

    return cut


WAYS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda p: p.resize((max(1, p.width // 2), max(1, p.height // 2))),
    "mirrored": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    **{f"{share:.0%} of each edge cut": _crop(share, share, share, share) for share in (0.03, 0.05, 0.08, 0.1, 0.15)},
    "5% of each edge cut, mirrored": lambda p: _crop(0.05, 0.05, 0.05, 0.05)(p).transpose(Image.Transpose(0)),
    "8% of one edge, 4% of another": _crop(0.08, 0, 0, 0.04),
    "turned by 90 degrees": lambda p: p.transpose(Image.Transpose.ROTATE_90),
}


def _looks(picture: Image.Image) -> list[int]:
    gray = np.asarray(picture.convert("L"))
    mirrored, cropped = hashes_of_copies(gray)
    return [perceptual_hash(gray), mirrored, *cropped]


def _groups(looks: list[list[int]]) -> list[int]:
    codes = np.array(looks, dtype=np.uint64).T
    found: list[int] = near_duplicate_groups(codes[0], variants=codes[1:]).tolist()
    return found


def main() -> None:
    """Print the table."""
    files = find_photos([Path(sys.argv[1])])
    files = random.Random(1).sample(files, min(int(sys.argv[2]) if len(sys.argv) > 2 else 500, len(files)))
    photos = []
    for file in files:
        with Image.open(file) as picture:
            photos.append(picture.convert("RGB"))
    originals = [_looks(photo) for photo in photos]
    alone = _groups(originals)
    print(f"{len(photos)} photos; in one group with another before any copy is made: {len(alone) - len(set(alone))}")
    for way, change in WAYS.items():
        groups = _groups([*originals, *(_looks(change(photo)) for photo in photos)])
        found = sum(one == copy for one, copy in zip(groups[: len(photos)], groups[len(photos) :], strict=True))
        print(f"| {way} | {found / len(photos):.1%} |", flush=True)


if __name__ == "__main__":
    main()
