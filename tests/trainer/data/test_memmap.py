import os
from pathlib import Path

import numpy as np
import pytest

from trainer.data.memmap import create_array


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system cannot take room beforehand")
def test_an_array_takes_its_room_when_it_is_made(tmp_path: Path) -> None:
    array = create_array(tmp_path / "pixels.npy", np.uint8, (1000, 1000))
    assert (tmp_path / "pixels.npy").stat().st_blocks * 512 >= array.nbytes
    array[3] = 7
    array.flush()
    assert np.load(tmp_path / "pixels.npy").sum() == 7000
