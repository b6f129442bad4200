"""Any photos as equal squares in one file: for what needs no labels. Unreadable ones are named and left out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from trainer.progress import Progress

AT_ONCE = 256  # photos in memory


def read_squares(
    files: Sequence[Path], size: int, cache: Path, progress: Progress
) -> tuple[npt.NDArray[np.uint8], list[Path]]:
    """The readable photos squeezed to uint8 [N,size,size,3], mapped from the file `cache`, and their names in order."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    squares = np.lib.format.open_memmap(cache, mode="w+", dtype=np.uint8, shape=(len(files), size, size, 3))
    kept: list[Path] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for start in range(0, len(files), AT_ONCE):
            chosen = files[start : start + AT_ONCE]
            for file, square in zip(chosen, pool.map(lambda file: _square(file, size), chosen), strict=True):
                if square is None:
                    progress.note(str(file))
                    continue
                squares[len(kept)] = square
                kept.append(file)
            progress.advance(start + len(chosen), len(files))
    squares.flush()
    return squares[: len(kept)], kept


def _square(file: Path, size: int) -> npt.NDArray[np.uint8] | None:
    try:
        pixels = read_photo(file, size).pixels
    except FieldGuideError:
        return None
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BICUBIC))
