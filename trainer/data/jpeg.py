"""What JPEG does to a picture, computed on the device that trains: no detour over a codec on the processor.

The lossy steps alone, as in the standard (ITU-T T.81): YCbCr, colour at half the size, 8 x 8 cosine transform,
rounding to the quantisation tables of its annex K, and back. What comes out is what a decoder would show.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

BLOCK = 8
_BRIGHTNESS = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
_COLOUR = (
    *(17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99, *(99,) * 32),
)
_TO_YCBCR = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136, -0.714136), (1.0, 1.772, 0.0))


def through_jpeg(pictures: Tensor, quality: int) -> Tensor:
    """float [N,3,H,W], 0 to 255, as it comes back from a JPEG of `quality` (1 to 99)."""
    height, width = pictures.shape[2:]
    padding = (0, -width % (2 * BLOCK), 0, -height % (2 * BLOCK))
    x = functional.pad(pictures.float(), padding, mode="replicate")
    planes = _turned(x, _TO_YCBCR)
    brightness = _quantised(planes[:, :1] - 128, _table(_BRIGHTNESS, quality)) + 128
    colour = _quantised(functional.avg_pool2d(planes[:, 1:], 2), _table(_COLOUR, quality))
    colour = functional.interpolate(colour, scale_factor=2, mode="bilinear", align_corners=False)
    back = _turned(torch.cat([brightness, colour], dim=1), _TO_RGB)
    return back[:, :, :height, :width].round().clamp(0, 255)


def _turned(x: Tensor, matrix: tuple[tuple[float, ...], ...]) -> Tensor:
    """The three planes of [N,3,H,W] mixed by a matrix [3,3]."""
    return torch.einsum("nchw,dc->ndhw", x, torch.tensor(matrix).to(x, non_blocking=True))


def _quantised(x: Tensor, table: Tensor) -> Tensor:
    """Each 8 x 8 block of [N,C,H,W] through the cosine transform, rounded to steps of `table` [8,8], and back."""
    cosine, steps = (part.to(x, non_blocking=True) for part in (_cosine(), table))
    blocks = x.unfold(2, BLOCK, BLOCK).unfold(3, BLOCK, BLOCK)
    blocks = cosine.T @ (((cosine @ blocks @ cosine.T) / steps).round() * steps) @ cosine
    return blocks.permute(0, 1, 2, 4, 3, 5).reshape(x.shape)


@cache
def _cosine() -> Tensor:
    """The orthonormal cosine transform of 8 values, [8,8]."""
    place = torch.arange(BLOCK, dtype=torch.float32)
    rows = torch.cos(math.pi * (2 * place[None, :] + 1) * place[:, None] / (2 * BLOCK)) * math.sqrt(2 / BLOCK)
    rows[0] /= math.sqrt(2)
    return rows


def _table(values: tuple[int, ...], quality: int) -> Tensor:
    """A quantisation table scaled to a quality as the Independent JPEG Group's encoder does."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    table = torch.tensor(values, dtype=torch.float32).view(BLOCK, BLOCK)
    return ((table * scale + 50) / 100).floor().clamp(1, 255)
