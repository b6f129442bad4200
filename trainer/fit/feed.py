"""Batches on the device: out of its own memory when the photos fit there, else read ahead while it computes.

Pixels only, never augmented: what a batch looks like after that is the augmentation's work, on the device.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fieldguide.core.text import text
from trainer.data.dataset import Batch, CachedPhotos
from trainer.progress import Progress

HELD_SHARE = 0.4  # of the device's free memory that pixels may take; the network needs the rest
AHEAD = 3  # batches read while one is learnt
CHUNK = 1024  # photos copied at a time

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Feed:
    """Batches of `photos` on `device`; `held` is uint8 [N,S,S,3] in the device's memory, or None."""

    photos: CachedPhotos
    device: torch.device
    held: Tensor | None = None

    def batches(self, wanted: Sequence[Positions]) -> Iterator[Batch]:
        """The photos at each of these positions, in that order."""
        if self.held is not None:
            return (self._gathered(self.held, positions) for positions in wanted)
        if self.device.type == "cpu":
            return (self.photos.batch(positions) for positions in wanted)
        return read_ahead(self.photos, wanted, self.device)

    def _gathered(self, held: Tensor, positions: Positions) -> Batch:
        rows = torch.from_numpy(positions).to(self.device, non_blocking=True)
        target, weight, source = (
            torch.from_numpy(values[positions]).to(self.device, non_blocking=True)
            for values in (self.photos.target, self.photos.weight, self.photos.source)
        )
        return Batch(held[rows], torch.from_numpy(self.photos.aspect[positions]), target, weight, source)


def open_feed(photos: CachedPhotos, device: torch.device, progress: Progress) -> Feed:
    """The photos in the memory of a GPU when they fit, else read from the cache batch by batch."""
    if device.type != "cuda":
        return Feed(photos, device)
    free, _ = torch.cuda.mem_get_info(device)
    if not fits(photos, free):
        progress.note(text("train.read_ahead", photos=len(photos)))
        return Feed(photos, device)
    progress.note(text("train.held", photos=len(photos), size=f"{bytes_of(photos) / 2**30:.1f}"))
    return Feed(photos, device, hold(photos, device))


def bytes_of(photos: CachedPhotos) -> int:
    """What the pixels of these photos take."""
    return len(photos) * int(np.prod(photos.pixels.shape[1:]))


def fits(photos: CachedPhotos, free: int) -> bool:
    """Whether the pixels fit into a share of `free` bytes that leaves the network its memory."""
    return bytes_of(photos) <= HELD_SHARE * free


def hold(photos: CachedPhotos, device: torch.device) -> Tensor:
    """The pixels of the photos, in their order, uint8 [N,S,S,3] on the device; copied in pieces."""
    held = torch.empty((len(photos), *photos.pixels.shape[1:]), dtype=torch.uint8, device=device)
    for start in range(0, len(photos), CHUNK):
        rows = photos.rows[start : start + CHUNK]
        held[start : start + len(rows)].copy_(torch.from_numpy(photos.pixels[rows]))
    return held


def read_ahead(photos: CachedPhotos, wanted: Sequence[Positions], device: torch.device) -> Iterator[Batch]:
    """Batches in order; a thread reads the next ones into pinned memory while the device works on this one."""

    def read(positions: Positions) -> Batch:
        batch = photos.batch(positions)
        return batch.pinned() if device.type == "cuda" else batch

    with ThreadPoolExecutor(1) as reader:
        waiting: deque[Future[Batch]] = deque(reader.submit(read, positions) for positions in wanted[:AHEAD])
        then: list[Positions | None] = [*wanted[AHEAD:], *[None] * min(AHEAD, len(wanted))]
        for positions in then:
            batch = waiting.popleft().result()
            if positions is not None:
                waiting.append(reader.submit(read, positions))
            yield batch.to(device)
