"""Photos read ahead on all cores while the network runs: decoding overlaps with inference, memory stays flat."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import DecodedPhoto, read_photo
from fieldguide.core.photo.preprocess import InputSpec, prepare
from fieldguide.core.records import Photo, UnreadablePhoto

LOOK_AHEAD = 4  # photos waiting per core: enough that neither side starves, 150 KB each once prepared


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo as the network takes it: `picture` uint8 [3,S,S]."""

    photo: Photo
    picture: npt.NDArray[np.uint8]


def read_ahead(
    paths: Iterable[Path],
    spec: InputSpec,
    batch_size: int,
    should_stop: Callable[[], bool],
    on_photo: Callable[[DecodedPhoto], None] | None = None,
) -> Generator[list[PreparedPhoto | UnreadablePhoto], None, None]:
    """Read and prepare photos in their order, in batches of those that are ready: at least one, at most `batch_size`.

    So a single photo never waits for others, and a fast network gets full batches. At most `LOOK_AHEAD` photos a core,
    and one batch, are held. Ends early when `should_stop()` is true; closing the iterator waits only for photos
    being decoded at that moment. `on_photo` gets each readable photo's pixels on another thread, beside the network; no
    call of it outlasts the iterator, and what it raises the iterator raises.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    ahead = max(LOOK_AHEAD * cores, batch_size)
    remaining = iter(paths)
    waiting: deque[Future[PreparedPhoto | UnreadablePhoto]] = deque()
    beside: deque[Future[None]] = deque()

    def read(path: Path, pool: ThreadPoolExecutor) -> PreparedPhoto | UnreadablePhoto:
        decoded = _decoded(path, spec)
        if isinstance(decoded, UnreadablePhoto):
            return decoded
        if on_photo is not None:
            beside.append(pool.submit(on_photo, decoded))
        return PreparedPhoto(decoded.photo, prepare(decoded.pixels, spec))

    try:
        with ThreadPoolExecutor(cores, thread_name_prefix="read-photo") as pool:
            try:
                while not should_stop():
                    _refill(waiting, remaining, ahead, lambda path: pool.submit(read, path, pool))
                    if not waiting:
                        return
                    batch = [waiting.popleft().result()]
                    while waiting and waiting[0].done() and len(batch) < batch_size:
                        batch.append(waiting.popleft().result())
                    _refill(waiting, remaining, ahead, lambda path: pool.submit(read, path, pool))
                    yield batch
            finally:
                for future in waiting:
                    future.cancel()
    finally:
        for work in beside:
            work.result()  # a defect there is a defect here


def _refill(
    waiting: deque[Future[PreparedPhoto | UnreadablePhoto]],
    remaining: Iterator[Path],
    ahead: int,
    submit: Callable[[Path], Future[PreparedPhoto | UnreadablePhoto]],
) -> None:
    while len(waiting) < ahead:
        path = next(remaining, None)
        if path is None:
            return
        waiting.append(submit(path))


def _decoded(path: Path, spec: InputSpec) -> DecodedPhoto | UnreadablePhoto:
    try:
        return read_photo(path, spec.short_side)
    except FieldGuideError as error:
        # A fresh one: the traceback of this one holds on to the bytes of the whole file.
        return UnreadablePhoto(path, FieldGuideError(error.code, **error.facts))
