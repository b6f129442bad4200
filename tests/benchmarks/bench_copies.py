"""Which copies of real photos the split keeps on one side: `python -m tests.benchmarks.bench_copies FOLDER [PHOTOS]`.

One copy is made of each photo, in several ways; the table says how many fall into one group with their photo, by
hashes alone and with the cuts that the starter model's eye finds, and which photos that are no copies do.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from PIL import Image

from fieldguide.core.photo import find_photos
from trainer.config import DataConfig
from trainer.data.scan import scan
from trainer.data.witnesses import group_photos
from trainer.pipeline.cuts import find_cuts
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder


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
    "5% of one edge": _crop(0.05, 0, 0, 0),
    "8% of one edge, 4% of another": _crop(0.08, 0, 0, 0.04),
    "10% of one edge, mirrored": lambda p: _crop(0.1, 0, 0, 0)(p).transpose(Image.Transpose(0)),
    "25% of two edges": _crop(0.25, 0.25, 0, 0),
    "turned by 90 degrees": lambda p: p.transpose(Image.Transpose.ROTATE_90),
}


def _together(folder: Path, pictures: Sequence[Image.Image], files: Sequence[str]) -> tuple[float, float]:
    """The share of photos that are in one group with their copy, by hashes alone and with cuts.

    `pictures`: the photos, then one copy of each: with more, each photo's nearest by embedding would be other copies.
    """
    folder.mkdir()
    for number, picture in enumerate(pictures):
        picture.save(folder / f"{number:05}.jpg", quality=80)
    run, quiet = RunFolder(folder.with_suffix(".run")).create(), Progress(Style.QUIET)
    photos = scan(DataConfig(folders=(str(folder.parent),), cache_size=96), run, quiet)
    pairs, count = find_cuts(photos, run, quiet), len(files)
    for one, other in pairs:
        if other - one != count:
            print(f"  together: {files[one % count]} {files[other % count]}")
    found = (group_photos(photos), group_photos(photos, pairs))
    shares = [sum(a == b for a, b in zip(each[:count], each[count:], strict=True)) / count for each in found]
    return shares[0], shares[1]


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    files = find_photos([Path(sys.argv[1])])
    files = random.Random(1).sample(files, min(int(sys.argv[2]) if len(sys.argv) > 2 else 100, len(files)))
    photos = []
    for file in files:
        with Image.open(file) as picture:
            photos.append(picture.convert("RGB"))
    for way, change in WAYS.items():
        with TemporaryDirectory() as folder:
            everything = [*photos, *map(change, photos)]
            by_hash, with_cuts = _together(Path(folder) / "copies", everything, [str(file) for file in files])
        print(f"| {way} | {by_hash:.1%} | {with_cuts:.1%} |", flush=True)


if __name__ == "__main__":
    main()
