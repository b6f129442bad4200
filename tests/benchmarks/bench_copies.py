"""Which copies of real photos the split keeps on one side: `python -m tests.benchmarks.bench_copies FOLDER [PHOTOS]`.

Copies are made of each photo in several ways; the table says how many fall into one group with their photo, by hashes
alone and with the cuts that the starter model's eye finds, and which photos that are no copies do.
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


def _grouped(folder: Path, pictures: Sequence[Image.Image], files: Sequence[str]) -> tuple[list[int], list[int]]:
    """The groups by hashes alone, and with cuts."""
    folder.mkdir()
    for number, picture in enumerate(pictures):
        (folder / f"{number // 1000}").mkdir(exist_ok=True)
        picture.save(folder / f"{number // 1000}" / f"{number:05}.jpg", quality=80)
    run, quiet = RunFolder(folder.with_suffix(".run")).create(), Progress(Style.QUIET)
    photos = scan(DataConfig(folders=(str(folder),), cache_size=96), run, quiet)
    by_hash = group_photos(photos)
    pairs = [pair for pair in find_cuts(photos, run, quiet) if pair[1] < len(files)]
    for one, other in pairs:
        print(f"  together: {files[one]} {files[other]}")
    return by_hash, group_photos(photos, find_cuts(photos, run, quiet))


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    files = find_photos([Path(sys.argv[1])])
    files = random.Random(1).sample(files, min(int(sys.argv[2]) if len(sys.argv) > 2 else 500, len(files)))
    photos = []
    for file in files:
        with Image.open(file) as picture:
            photos.append(picture.convert("RGB"))
    ways = list(WAYS)
    everything = [*photos, *(WAYS[way](photo) for way in ways for photo in photos)]
    with TemporaryDirectory() as folder:
        grouped = _grouped(Path(folder) / "copies", everything, [str(file) for file in files])
    count = len(photos)
    for groups, name in zip(grouped, ("hashes", "with cuts"), strict=True):
        print(f"{count} photos; {name}: in one group with another: {count - len(set(groups[:count]))}")
    for number, way in enumerate(ways, start=1):
        copies = [groups[number * count : (number + 1) * count] for groups in grouped]
        shares = [
            sum(a == b for a, b in zip(groups[:count], copy, strict=True)) / count
            for groups, copy in zip(grouped, copies, strict=True)
        ]
        print(f"| {way} | {shares[0]:.1%} | {shares[1]:.1%} |", flush=True)


if __name__ == "__main__":
    main()
