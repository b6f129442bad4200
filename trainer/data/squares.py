"""Any photos as equal squares in one file: for what needs no labels. Unreadable ones are named and left out.

A part of them can be kept back to measure, without a copy of any among those that teach.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from trainer.data.duplicates import near_duplicate_groups, perceptual_hash
from trainer.data.memmap import create_array, open_array
from trainer.progress import Progress
from trainer.run_folder import read_json, write_json

Squares = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]

AT_ONCE = 256  # photos in memory


@dataclass(frozen=True, slots=True)
class _Read:
    """What the cache holds: of these files those in the rows `kept`."""

    size: int
    files: list[str]
    kept: list[int]


def read_squares(files: Sequence[Path], size: int, cache: Path, progress: Progress) -> tuple[Squares, list[Path]]:
    """The readable photos squeezed to uint8 [N,size,size,3], mapped from the file `cache`, and their names in order.

    A list beside the cache says what was read; the same photos are not read twice.
    """
    names = [str(file) for file in files]
    kept = _kept(cache, size, names)
    if kept is None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        kept = _write_squares(files, size, cache, progress)
        write_json(cache.with_suffix(".json"), asdict(_Read(size, names, kept)))
    squares: Squares = np.load(cache, mmap_mode="c")  # torch wants it writable; the file stays as it is
    return squares[: len(kept)], [files[row] for row in kept]


def keep_back(squares: Squares, share: float, fewest: int, seed: int) -> tuple[Rows, Rows]:
    """Rows that teach and rows that measure, int64 each; a group of near-duplicates is on one side, whole.

    `share` of the photos measure, or `fewest` if that is more; fewer where groups are large. When each group is larger
    than that the smallest measures, and when all photos are one group none does.
    """
    hashes = [perceptual_hash(np.asarray(Image.fromarray(square).convert("L"))) for square in squares]
    groups = near_duplicate_groups(np.array(hashes, dtype=np.uint64))
    sizes = np.bincount(groups)
    room = max(fewest, round(share * len(squares)))
    kept_back = np.zeros(len(sizes), dtype=bool)
    for group in np.random.default_rng(seed).permutation(len(sizes)):
        kept_back[group] = sizes[group] <= room
        room -= sizes[group] * kept_back[group]
    if len(sizes) > 1 and not kept_back.any():
        kept_back[sizes.argmin()] = True
    return np.flatnonzero(~kept_back[groups]), np.flatnonzero(kept_back[groups])


def _kept(cache: Path, size: int, names: list[str]) -> list[int] | None:
    """Which of the files an earlier call read; None when the cache is of others, or was cut off."""
    try:
        known = read_json(cache.with_suffix(".json"), _Read)
        whole = open_array(cache).shape == (len(names), size, size, 3)
    except (OSError, ValueError):
        return None
    return known.kept if whole and (known.size, known.files) == (size, names) else None


def _write_squares(files: Sequence[Path], size: int, cache: Path, progress: Progress) -> list[int]:
    """Fill the cache; returns which of the files were readable."""
    squares = create_array(cache, np.uint8, (len(files), size, size, 3))
    kept: list[int] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for start in range(0, len(files), AT_ONCE):
            chosen = range(start, min(start + AT_ONCE, len(files)))
            for row, square in zip(chosen, pool.map(lambda row: _square(files[row], size), chosen), strict=True):
                if square is None:
                    progress.note(str(files[row]))
                    continue
                squares[len(kept)] = square
                kept.append(row)
            progress.advance(chosen.stop, len(files))
    squares.flush()
    return kept


def _square(file: Path, size: int) -> Squares | None:
    try:
        pixels = read_photo(file, size).pixels
    except FieldGuideError:
        return None
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BICUBIC))
