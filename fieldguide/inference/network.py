"""What the journey of a photo asks of a network, wherever that runs: in this process (`runtime`) or its own (`served`).

Knows no torch, so the window can name it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fieldguide.core.bundle import BundleFile, Golden, Manifest

Answers = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


class Network(Protocol):
    """A loaded bundle on its device. Use from one thread at a time.

    Attributes:
        bundle: the file it came from; `manifest` is its manifest, `golden` its golden samples.
        device: "cpu" or "cuda".
        note: a sentence when a graphics card was wanted or found and the processor is used; else None.
        batch_size: how many pictures to give at once.
    """

    bundle: BundleFile
    golden: Golden
    device: str
    note: str | None
    batch_size: int

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        ...

    def run(self, batch: npt.NDArray[np.uint8]) -> Answers:
        """Logits float32 [N,C] and embeddings float32 [N,D] of prepared pictures uint8 [N,3,S,S]; all finite.

        Raises:
            FieldGuideError: a BUNDLE_ or MODEL_ code, or DEVICE_MEMORY, when the network gives no such answer.
        """
        ...

    def beside_decoding(self) -> AbstractContextManager[None]:
        """Within it other threads decode photos, and the network shares the processor with them."""
        ...

    def input_gradient(
        self, picture: npt.NDArray[np.uint8], weights: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Gradient float32 [3,S,S] of `weights` [C] times the logits, with respect to one picture uint8 [3,S,S]."""
        ...
