"""JPEGs whose shades are wrong from one block on, though the decoder kept its step. Knows no file.

The mean of a block is written as the difference to the block before (ITU T.81, F.1.1.5.1), so one wrong difference
moves all later blocks by one amount. Then the picture parts along a stair between its rows of blocks: right of that
block above its row, left of it below. No edge of a real thing runs along all blocks and steps by just one row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import JpegImagePlugin

from fieldguide.core.photo.structure import BrokenError

JUMP = 6.0
"""From which strength a stair is damage. The strongest of 21,000 sound photos has 4.9 (docs/formats.md)."""
LEAST_SHADES = 4.0  # of 255: less changes no name
LEAST_STEPS = 3.0  # of the means' quantiser: smooth ground has steps of one along the blocks, as every JPEG of a sky
MOST_SPREAD = 2.0  # of the jumps elsewhere: a wrong difference moves all blocks alike, the edges of a collage do not
MORE_THAN_STRAIGHT = 1.2  # than an edge along a whole row of blocks: two pictures one above the other
_LEAST_BLOCKS = 6  # in each direction: fewer tell nothing
_EDGE = 2  # blocks left and right of a stair's step

Shades = npt.NDArray[np.float32]


def refuse_stair(image: JpegImagePlugin.JpegImageFile) -> None:
    """Raises BrokenError when a loaded JPEG, at whatever scale, has shades that jump along a stair of its blocks."""
    if stair_of(image) > JUMP:
        raise BrokenError("the shades jump")


def stair_of(image: JpegImagePlugin.JpegImageFile) -> float:
    """How strongly the picture parts along its strongest stair, in standard errors of a mean over a row; 0 for none."""
    scale = max(1, image.decoderconfig[0] if image.decoderconfig else 1)
    several = len(image.layer) > 1
    width, height = (8 * max(part[way] for part in image.layer) if several else 8 for way in (1, 2))
    wide, high = width // scale, height // scale
    columns, rows = image.width // wide, image.height // high
    if min(columns, rows) < _LEAST_BLOCKS:
        return 0.0
    small = image.crop((0, 0, columns * wide, rows * high)).reduce((wide, 1))
    shades = np.asarray(small.convert("YCbCr") if several else small, np.float32).reshape(rows * high, columns, -1)
    steps = [image.quantization[part[3]][0] / 8 for part in image.layer]
    return max(
        _strongest(_jumps(shades[:, :, at], high), max(LEAST_SHADES, LEAST_STEPS * step))
        for at, step in enumerate(steps[: shades.shape[2]])
    )


def _jumps(shades: Shades, high: int) -> Shades:
    """How much the shade jumps between the rows of blocks beyond its slope there; [rows - 1, columns]."""
    blocks = shades.reshape(-1, high, shades.shape[1])
    above, below = blocks[:-1], blocks[1:]
    jumps: Shades = below[:, 0] - above[:, -1]
    if high > 1:
        jumps -= (below[:, 1] - below[:, 0] + above[:, -1] - above[:, -2]) / 2
    return jumps


def _strongest(jumps: Shades, least: float) -> float:
    """Of all stairs whose mean jump is at least so many shades, the strongest, by its mean and spread."""
    columns = jumps.shape[1]
    common = float(np.median(np.abs(jumps))) + 0.5
    jumps = np.clip(jumps, -8 * common, 8 * common)
    left = np.arange(_EDGE, columns - _EDGE + 1)  # blocks left of the step
    sums = np.cumsum(jumps, 1)
    cut = slice(_EDGE - 1, columns - _EDGE)  # the sums up to there
    of_left, of_right = sums[1:, cut], sums[:-1, -1:] - sums[:-1, cut]
    mean = (of_left + of_right) / columns
    is_stair = np.abs(mean) >= least
    if not is_stair.any():  # as in most photos: what follows takes most of the time
        return 0.0
    in_both = np.minimum(np.sign(mean) * of_left / left, np.sign(mean) * of_right / (columns - left))
    squares = np.cumsum(jumps * jumps, 1)
    spread = _spread(mean, (squares[1:, cut] + squares[:-1, -1:] - squares[:-1, cut]) / columns)
    strength = np.abs(mean) / (spread + common) * np.sqrt(columns)
    row = sums[:, -1:] / columns
    straight = np.abs(row) / (_spread(row, squares[:, -1:] / columns) + common) * np.sqrt(columns)
    is_edge = strength < MORE_THAN_STRAIGHT * np.maximum(straight[1:], straight[:-1])
    is_stair &= (in_both >= np.abs(mean) / 2) & (spread <= MOST_SPREAD * common) & ~is_edge
    return float(np.where(is_stair, strength, 0).max())


def _spread(mean: Shades, square: Shades) -> Shades:
    return np.sqrt(np.maximum(square - mean * mean, 0))
