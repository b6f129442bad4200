"""The one resize-and-crop between a picture and a network, for the application and the trainer's evaluation alike.

Pure numpy and Pillow. Normalisation is no part of it: the exported module does that inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

INTERPOLATIONS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
MAX_SIZE = 2048


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a network wants its pictures.

    Attributes:
        size: side of the square input in pixels, 16 to 2048.
        resize: the short side is brought to this many pixels before the centre square is cut; at least `size`. Without
            meaning when `whole`.
        interpolation: a key of `INTERPOLATIONS`.
        whole: the full picture squeezed into the square (its aspect is not kept) instead of its centre.

    Raises:
        ValueError: out of these ranges.
    """

    size: int
    resize: int
    interpolation: str = "bicubic"
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse values out of their ranges."""
        if not 16 <= self.size <= MAX_SIZE:
            raise ValueError(f"size {self.size} is not in 16..{MAX_SIZE}")
        if not self.size <= self.resize <= 2 * MAX_SIZE:
            raise ValueError(f"resize {self.resize} is not in {self.size}..{2 * MAX_SIZE}")
        if self.interpolation not in INTERPOLATIONS:
            raise ValueError(f"interpolation {self.interpolation!r} is none of {', '.join(INTERPOLATIONS)}")

    @property
    def short_side(self) -> int:
        """The short side that a decoded picture should have (or more): what `read_photo` is asked for."""
        return self.size if self.whole else self.resize


def prepare(pixels: npt.NDArray[np.uint8], spec: InputSpec) -> npt.NDArray[np.uint8]:
    """Upright RGB uint8 [H,W,3] of any size as uint8 [3,size,size].

    The crop is cut out of the source while resizing: the same as resizing first (to a sub-pixel), and a panorama
    of 60,000 x 1 pixels costs no more than any other.
    """
    image = Image.fromarray(pixels)
    box = crop_box(pixels.shape[1], pixels.shape[0], spec)
    square = image.resize((spec.size, spec.size), INTERPOLATIONS[spec.interpolation], box=box)
    return np.ascontiguousarray(np.asarray(square).transpose(2, 0, 1))


def crop_box(width: int, height: int, spec: InputSpec) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the part of a `width` x `height` picture that the network sees, in its pixels."""
    if spec.whole:
        return (0.0, 0.0, float(width), float(height))
    side = min(width, height) * spec.size / spec.resize
    left, top = (width - side) / 2, (height - side) / 2
    return (left, top, left + side, top + side)
