"""What an existing model sees in each scanned photo: embeddings, for the search of label errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.photo.preprocess import prepare
from fieldguide.inference.network import Network
from trainer.data.audit.audit import natural_picture
from trainer.data.scan import ScannedPhoto


def embed_photos(
    photos: Sequence[ScannedPhoto],
    pixels: NDArray[np.uint8],
    runtime: Network,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> NDArray[np.float32]:
    """Embeddings float32 [N, D] in the order of `photos`; zeros for those that cannot be read.

    pixels: the scan's cache, uint8 [N, S, S, 3]. Raises FieldGuideError(BUNDLE_DAMAGED) when the model fails.
    """
    spec = runtime.manifest.input
    readable = [row for row, photo in enumerate(photos) if not photo.error]
    width = runtime.run(np.empty((0, 3, spec.size, spec.size), dtype=np.uint8))[1].shape[1]
    embeddings = np.zeros((len(photos), width), dtype=np.float32)
    for start in range(0, len(readable), runtime.batch_size):
        rows = readable[start : start + runtime.batch_size]
        pictures = [natural_picture(pixels[photos[r].index], photos[r].width, photos[r].height) for r in rows]
        embeddings[rows] = runtime.run(np.stack([prepare(picture, spec) for picture in pictures]))[1]
        on_progress(start + len(rows), len(readable))
    return embeddings
