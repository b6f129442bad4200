"""Batches for the fit: which photos in which order, read from the cache. The order depends on seed and epoch alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Taxon
from trainer.config import RunConfig
from trainer.data.scan import ScannedPhoto
from trainer.data.split import SplitPhoto
from trainer.run_folder import RunFolder

POWERS = {"none": 0.0, "sqrt": 0.5, "full": 1.0}  # of how rare a label is


@dataclass(frozen=True, slots=True)
class Batch:
    """`pixels` uint8 [N,S,S,3], `aspect` float [N], `target` int64 [N] (rows of the tree), `weight` float [N], `source`
    int64 [N] (numbers of the photos' sources).

    `aspect` stays on the processor, where crops are drawn.
    """

    pixels: Tensor
    aspect: Tensor
    target: Tensor
    weight: Tensor
    source: Tensor

    def pinned(self) -> Batch:
        """The same in page-locked memory, from which a GPU copies while it computes."""
        return self._each(Tensor.pin_memory)

    def to(self, device: torch.device) -> Batch:
        """The same on a device; from pinned memory without waiting."""
        return self._each(lambda part: part.to(device, non_blocking=True))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Batch:
        pixels, target, weight, source = map(change, (self.pixels, self.target, self.weight, self.source))
        return Batch(pixels, self.aspect, target, weight, source)


@dataclass(frozen=True, slots=True)
class CachedPhotos:
    """Photos of one split over the cache. `rows`, `target`, `source` int64 [N]; `aspect`, `weight`, `draw` float [N].

    `weight` multiplies a photo's loss; `draw` is its chance to be drawn (sums to 1).
    """

    pixels: npt.NDArray[np.uint8]
    rows: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    aspect: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32]
    draw: npt.NDArray[np.float64]
    source: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, positions: npt.NDArray[np.int64]) -> CachedPhotos:
        """The photos at these positions alone, at least one."""
        draw = self.draw[positions]
        return CachedPhotos(
            self.pixels,
            self.rows[positions],
            self.target[positions],
            self.aspect[positions],
            self.weight[positions],
            draw / draw.sum(),
            self.source[positions],
        )

    def in_order(self, size: int) -> Iterator[Batch]:
        """Every photo once, in the order of the cache."""
        for start in range(0, len(self), size):
            yield self.batch(np.arange(start, min(start + size, len(self))))

    def order(self, seed: int, epoch: int, balanced: bool) -> npt.NDArray[np.int64]:
        """Positions of one epoch: a permutation, or as many draws with replacement by `draw` when balanced."""
        random = np.random.default_rng((seed, epoch))
        if not balanced:
            return random.permutation(len(self))
        # Systematic sampling: every photo comes floor or ceil of its expected number of times.
        expected = np.cumsum(self.draw[(shuffled := random.permutation(len(self)))]) * len(self)
        drawn = np.searchsorted(expected, np.arange(len(self)) + random.random())
        return random.permutation(shuffled[np.minimum(drawn, len(self) - 1)])

    def batch(self, positions: npt.NDArray[np.int64]) -> Batch:
        """The photos at these positions."""
        return Batch(
            torch.from_numpy(self.pixels[self.rows[positions]]),
            torch.from_numpy(self.aspect[positions]),
            torch.from_numpy(self.target[positions]),
            torch.from_numpy(self.weight[positions]),
            torch.from_numpy(self.source[positions]),
        )


def open_split(
    name: str,
    run: RunFolder,
    photos: list[ScannedPhoto],
    placed: list[SplitPhoto],
    taxa: tuple[Taxon, ...],
    guide: Guide,
    config: RunConfig,
) -> CachedPhotos:
    """The photos of one split. Harmful taxa weigh `fit.danger_weight`; drawing follows `fit.balance`.

    With `fit.class_weights` photos of rare labels weigh more instead; over the split the weights keep their mean.
    """
    chosen = [row for row in placed if row.split == name]
    aspect = {photo.index: photo.aspect for photo in photos}
    harmful = [guide.danger(taxon).harmful for taxon in taxa]
    harmful.append(False)  # the last place, -1: photos that teach a family and no label of it
    count = np.bincount([row.label % len(harmful) for row in chosen], minlength=len(harmful)).astype(np.float64)
    draw, rarity = (
        np.array([count[row.label] ** -POWERS[how] for row in chosen])
        for how in (config.fit.balance, config.fit.class_weights)
    )
    danger = np.array([config.fit.danger_weight if harmful[row.label] else 1.0 for row in chosen])
    return CachedPhotos(
        pixels=np.load(run.pixels, mmap_mode="r"),
        rows=np.array([row.index for row in chosen], dtype=np.int64),
        target=np.array([row.target for row in chosen], dtype=np.int64),
        aspect=np.array([aspect[row.index] for row in chosen], dtype=np.float32),
        weight=(danger * rarity / rarity.mean()).astype(np.float32),
        draw=draw / draw.sum(),
        source=np.unique([row.source for row in chosen], return_inverse=True)[1].astype(np.int64),
    )
