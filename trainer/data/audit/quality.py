"""How a picture looks, from its pixels alone: scores from 0 (nothing of it) to 1 (surely), listed from 0.5 up.

Knows neither files nor labels. Every score is a ramp between two values of one measure; the values were read off
3,000 mixed web and field photos by looking at those on either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from trainer.data.audit.content import collage_score, drawing_score, several_subjects_score, text_score
from trainer.data.audit.scale import LUMA, ramp


@dataclass(frozen=True, slots=True)
class QualityScores:
    """0 to 1 each, 1 is worst. See the functions that make them for what they measure."""

    blurred: float
    low_contrast: float
    dark: float
    light: float
    grayscale: float
    odd_aspect: float
    drawing: float
    text: float
    collage: float
    several_subjects: float


def small_score(width: int, height: int) -> float:
    """Too few pixels for a network of 224: 0 from 224 pixels of the short side, 0.5 at 112, 1 at 56 or less."""
    return ramp(log2(max(min(width, height), 1)), log2(224), log2(56))


def quality_scores(pixels: NDArray[np.uint8]) -> QualityScores:
    """Scores of one picture.

    Args:
        pixels: uint8 RGB [H, W, 3], the whole picture in its own aspect, long side about 128 to 256 pixels, never
            enlarged (enlarging looks like blur).
    """
    gray = pixels.astype(np.float32) @ LUMA
    low, dim, bright, high = np.percentile(gray, [2, 5, 95, 98])
    mean = float(gray.mean())
    height, width = gray.shape
    return QualityScores(
        blurred=ramp(_sharpness(gray), 0.60, 0.36),
        low_contrast=ramp(float(high - low), 150, 90),
        dark=max(ramp(float(bright), 160, 100), ramp(mean, 50, 20)),
        light=max(ramp(float(dim), 90, 190), ramp(mean, 195, 245)),
        grayscale=ramp(_colour_spread(pixels), 10, 3),
        odd_aspect=ramp(log2(max(width, height) / min(width, height)), 1, 2),
        drawing=drawing_score(pixels),
        text=text_score(gray),
        collage=collage_score(pixels),
        several_subjects=several_subjects_score(pixels),
    )


def _sharpness(gray: NDArray[np.float32]) -> float:
    """The finest detail against the next coarser one: falls with blur, whatever the contrast.

    The usual variance of the Laplacian calls every soft background blurred; the ratio of two bands (3 against 9
    pixels) does not.
    """
    coarse = ndimage.uniform_filter(gray, 3)
    return float((gray - coarse).std() / ((coarse - ndimage.uniform_filter(gray, 9)).std() + 1e-3))


def _colour_spread(pixels: NDArray[np.uint8]) -> float:
    """Spread of the opponent colours, in grey levels; 0 for black-and-white and for sepia.

    D. Hasler, S. Suesstrunk, "Measuring colourfulness in natural images" (2003), its standard deviations alone.
    """
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    return float(np.hypot((red - green).std(), ((red + green) / 2 - blue).std()))
