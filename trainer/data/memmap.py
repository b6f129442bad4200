"""Arrays in files that are written through memory, on room that is there.

A file that only claims its size ends the whole program with a bus error when the disk fills: nobody can catch that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fieldguide.core.bounded import open_file


def create_array(file: Path, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> np.memmap[Any, np.dtype[Any]]:
    """A new `.npy` of zeros, mapped for writing. Raises OSError when the disk has no room for it."""
    array = None
    try:
        array = np.lib.format.open_memmap(file, mode="w+", dtype=dtype, shape=shape)
        if hasattr(os, "posix_fallocate"):
            with file.open("r+b") as stream:
                os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)
    except OSError as problem:
        del array
        file.unlink(missing_ok=True)
        raise OSError(problem.errno, problem.strerror, str(file)) from problem
    return array


def open_array(file: Path) -> np.memmap[Any, np.dtype[Any]]:
    """What `create_array` made, mapped for reading. Raises OSError, or ValueError when it was cut off or is none."""
    open_file(file).close()  # numpy would wait for a pipe
    return np.lib.format.open_memmap(file, mode="r")
