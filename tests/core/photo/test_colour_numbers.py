"""Colours that a HEIC tells by numbers are turned into sRGB."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fieldguide.core.photo import read_photo

DRAWN = Path(__file__).parents[2] / "helpers" / "drawn.heic"


def told(tmp_path: Path, primaries: int, curve: int) -> npt.NDArray[np.int64]:
    file = tmp_path / "photo.heic"
    before = b"nclx" + bytes([0, 1, 0, 13])
    assert before in DRAWN.read_bytes()
    file.write_bytes(DRAWN.read_bytes().replace(before, b"nclx" + bytes([0, primaries, 0, curve])))
    return read_photo(file, 4000).pixels.astype(int)


@pytest.mark.parametrize(("curve", "white"), [(16, 148), (18, 192)])
def test_paper_is_white_in_a_high_dynamic_range(tmp_path: Path, curve: int, white: int) -> None:
    plain, turned = told(tmp_path, 1, 13), told(tmp_path, 1, curve)
    assert plain.min() < white < plain.max()
    assert (turned[plain >= white + 2] == 255).all()
    assert (turned[plain <= white - 2] < 255).all()
    assert (turned[plain == 0] == 0).all()


@pytest.mark.parametrize("primaries", [9, 12])
def test_wide_colours_become_stronger_and_greys_stay(tmp_path: Path, primaries: int) -> None:
    plain, turned = told(tmp_path, 1, 13), told(tmp_path, primaries, 13)
    spread, wider = np.ptp(plain, axis=2), np.ptp(turned, axis=2)
    dull = (spread > 8) & (plain.min(axis=2) > 40) & (plain.max(axis=2) < 200)
    assert dull.any()
    assert wider[dull].mean() > 1.05 * spread[dull].mean()
    assert np.abs(turned - plain)[spread <= 2].max(initial=0) <= 3


@pytest.mark.parametrize(("primaries", "curve"), [(1, 1), (2, 2), (6, 6)])
def test_ordinary_ones_are_left_alone(tmp_path: Path, primaries: int, curve: int) -> None:
    assert np.array_equal(told(tmp_path, primaries, curve), told(tmp_path, 1, 13))
