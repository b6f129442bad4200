"""A heat map as a transparent picture in two colours that colour-blind people can tell apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image
from PySide6.QtGui import QColor, QImage

from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.pictures import image_of_pixels

LONG_SIDE = 480  # pixels of the overlay; it is laid over the photo smoothly
STRONGEST = 0.72  # opacity of the strongest place
QUIET = 0.12  # below this share of the strongest nothing is painted


def paint_heat(heat: npt.NDArray[np.float32], box: tuple[float, float, float, float], size: tuple[int, int]) -> QImage:
    """Heat float32 [S,S] in -1..1 over `box` (left, top, right, bottom) of a photo of `size` (width, height) pixels.

    The picture has the photo's shape; outside of the box, which the model did not see, it is clear.
    """
    scale = LONG_SIDE / max(size)
    width, height = (max(1, round(side * scale)) for side in size)
    spread = np.zeros((height, width), np.float32)
    left, top, right, bottom = (round(edge * scale) for edge in box)
    left, top = min(left, width - 1), min(top, height - 1)
    right, bottom = min(max(right, left + 1), width), min(max(bottom, top + 1), height)
    smooth = Image.fromarray(heat).resize((right - left, bottom - top), Image.Resampling.BICUBIC)
    spread[top:bottom, left:right] = np.asarray(smooth)
    colours = colours_now()
    pixels = np.zeros((height, width, 4), np.uint8)
    for sign, colour in ((1.0, colours.spoke_for), (-1.0, colours.spoke_against)):
        strength = np.clip((spread * sign - QUIET) / (1 - QUIET), 0.0, 1.0)
        where = strength > 0
        pixels[where, :3] = _red_green_blue(colour)
        pixels[where, 3] = (strength[where] * STRONGEST * 255).astype(np.uint8)
    return image_of_pixels(pixels)


def _red_green_blue(colour: str) -> tuple[int, int, int]:
    found = QColor(colour)
    return found.red(), found.green(), found.blue()
