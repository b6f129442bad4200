"""Which photos are cut out of others, wherever the cut was made: neighbours by embedding, then laid over each other.

A perceptual hash knows a picture cut evenly by a few per cent; a network's embedding finds the rest, and two pictures
count as one only when the one, shrunk and shifted, lies over the other in nearly all of its parts: two simple pictures
of one thing agree where the thing is, and nowhere else. Knows arrays only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import fft

Gray = NDArray[np.float32]
Pair = tuple[int, int]

NEIGHBOURS = 2  # a photo is laid over so many of those that look most like it
ALIKE = 0.55  # cosine of two embeddings from which that is tried: 98 in 100 cuts of 25 % lie above
LEAST = 0.7  # share of a picture's width that a cut leaves
_STEPS = np.linspace(LEAST, 1.0, 11)
_FINE = np.linspace(-0.024, 0.024, 9)  # around the best step
SIDE = 96  # pixels of the long side that pictures are laid over each other at
_SHORT = 32  # and that the best of `_STEPS` is found at
_WORTH = 0.75  # correlation at `_SHORT` from which the finer look is worth its time
_PARTS = 5  # parts of the cut along each side
_FLAT = 2.5  # grey levels: a part that varies less shows nothing to compare
OVERLAID = 0.75  # correlation within the parts, their median, from which one lies over the other ...
_WORST_FIFTH = 0.6  # ... where the fifth of them that agrees least reaches this too: a frame alone is no picture
_BLOCK = 1024  # rows of the table of cosines in memory at once


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture in its own aspect: uint8 gray [H, W]."""

    gray: NDArray[np.uint8]

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.gray.shape[1] / self.gray.shape[0])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cut, its size [rows, columns] in pixels, lies best, and how well: -1 (it fits nowhere) to 1."""

    correlation: float
    row: int = 0
    column: int = 0
    rows: int = 0
    columns: int = 0


def cropped_pairs(
    embeddings: NDArray[np.float32],
    groups: Sequence[int],
    picture_of: Callable[[int], Picture],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Pair]:
    """Pairs of photos (positions, the lower first) of which one is cut out of the other, mirrored or not.

    Args:
        embeddings: float32 [N, D], any length; rows of zeros are like nothing.
        groups: N numbers; photos of one number are known as copies already and are not compared.
        picture_of: the picture at a position.
    """
    pairs = sorted({pair for pair in _neighbours(embeddings) if groups[pair[0]] != groups[pair[1]]})
    found = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        overlaid = pool.map(lambda pair: overlay(picture_of(pair[0]), picture_of(pair[1])), pairs)
        for done, (pair, share) in enumerate(zip(pairs, overlaid, strict=True), start=1):
            on_progress(done, len(pairs))
            if share >= OVERLAID:
                found.append(pair)
    return found


def _neighbours(embeddings: NDArray[np.float32]) -> set[Pair]:
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit = embeddings / np.maximum(length, 1e-9)
    found: set[Pair] = set()
    for start in range(0, len(unit), _BLOCK):
        like = unit[start : start + _BLOCK] @ unit.T
        like[np.arange(len(like)), start + np.arange(len(like))] = -1.0
        nearest = np.argpartition(-like, min(NEIGHBOURS, like.shape[1] - 1), axis=1)[:, :NEIGHBOURS]
        row, place = np.nonzero(np.take_along_axis(like, nearest, axis=1) >= ALIKE)
        others = nearest[row, place]
        found |= {(min(a, b), max(a, b)) for a, b in zip((row + start).tolist(), others.tolist(), strict=True)}
    return found


def overlay(one: Picture, other: Picture) -> float:
    """How well the one picture, cut out of the other and perhaps mirrored, lies over it: -1 to 1, 1 is the same.

    At the best place of the best of all cuts that leave `LEAST` of the width or more, the median correlation within
    the parts of the cut; -1 where half of them show nothing, or a fifth agrees too little: two screenshots share all
    but the picture. The height of a cut follows from its width, for the two aspects are known.
    """
    return max(_lies_over(one, other), _lies_over(other, one))


def _lies_over(whole: Picture, part: Picture) -> float:
    few = [(width, mirrored) for width in _STEPS for mirrored in (False, True)]
    coarse = [place.correlation for place in _places(_scene(whole, _SHORT), whole, part, few)]
    top = int(np.argmax(coarse))
    if coarse[top] < _WORTH:
        return -1.0
    width, mirrored = few[top]
    scene = _scene(whole, SIDE)
    fine = _places(scene, whole, part, [(width + more, mirrored) for more in _FINE])
    best = max(fine, key=lambda place: place.correlation)
    if best.correlation < _WORTH:
        return -1.0
    below = scene[best.row : best.row + best.rows, best.column : best.column + best.columns]
    above = _resized(part.gray, best.columns, best.rows)[:, :: -1 if mirrored else 1]
    return _median_of_parts(below, above)


def _median_of_parts(below: Gray, above: Gray) -> float:
    found = []
    for lower, upper in zip(_parts(below), _parts(above), strict=True):
        spread = float(lower.std() * upper.std())
        if min(lower.std(), upper.std()) >= _FLAT:
            found.append(float(((lower - lower.mean()) * (upper - upper.mean())).mean()) / spread)
    if len(found) <= _PARTS**2 / 2 or np.quantile(found, 0.2) < _WORST_FIFTH:
        return -1.0
    return float(np.median(found))


def _parts(picture: Gray) -> list[Gray]:
    return [part for band in np.array_split(picture, _PARTS) for part in np.array_split(band, _PARTS, axis=1)]


def _places(scene: Gray, whole: Picture, part: Picture, cuts: Sequence[tuple[float, bool]]) -> list[_Place]:
    """Of `part`, shrunk to each width (a share of `whole`), mirrored or not, its best place in the scene.

    Normalised cross-correlation: J. P. Lewis, "Fast normalized cross-correlation" (1995). All cuts go through one
    Fourier transform: one by one they take ten times as long.
    """
    templates = np.zeros((len(cuts), *scene.shape), dtype=np.float32)
    shapes = [(0, 0)] * len(cuts)
    for number, (share, mirrored) in enumerate(cuts):
        tall = share * whole.aspect / part.aspect
        if share <= 1.0 + 1e-9 and LEAST * 0.8 <= tall <= 1.03:
            size = max(2, round(share * scene.shape[1])), max(2, min(scene.shape[0], round(tall * scene.shape[0])))
            template = _resized(part.gray, *size)[:, :: -1 if mirrored else 1]
            shapes[number] = template.shape
            templates[number, : template.shape[0], : template.shape[1]] = template - template.mean()
    products = fft.irfft2(fft.rfft2(scene) * np.conj(fft.rfft2(templates)), scene.shape)
    power = (templates**2).sum(axis=(1, 2))
    sums, squares = (np.pad(each.cumsum(0).cumsum(1), ((1, 0), (1, 0))) for each in (scene, scene**2))
    found = []
    for (rows, columns), product, own in zip(shapes, products, power.tolist(), strict=True):
        if not rows:
            found.append(_Place(-1.0))
            continue
        energy = _boxes(squares, rows, columns) - _boxes(sums, rows, columns) ** 2 / (rows * columns)
        inside = product[: energy.shape[0], : energy.shape[1]]
        alike = inside / np.sqrt(np.maximum(energy, 1.0) * max(own, 1.0))
        row, column = (int(place) for place in np.unravel_index(int(alike.argmax()), alike.shape))
        found.append(_Place(float(alike[row, column]), row, column, rows, columns))
    return found


def _scene(whole: Picture, side: int) -> Gray:
    """The picture at a long side of so many pixels, around its mean."""
    height, width = whole.gray.shape
    scale = side / max(width, height)
    scene = _resized(whole.gray, max(4, round(width * scale)), max(4, round(height * scale)))
    scene -= scene.mean()
    return scene


def _resized(gray: NDArray[np.uint8], width: int, height: int) -> Gray:
    return np.array(Image.fromarray(gray).resize((width, height), Image.Resampling.BOX), dtype=np.float32)


def _boxes(total: Gray, height: int, width: int) -> Gray:
    """Sums over every box of this shape, from the sums of all values above and to the left."""
    sums: Gray = total[height:, width:] - total[:-height, width:] - total[height:, :-width] + total[:-height, :-width]
    return sums
