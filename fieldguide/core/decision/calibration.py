"""From logits to probabilities that mean what they say. The temperature is fitted in `trainer.evaluation.certainty`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def softmax(logits: Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities along the last axis: exp(z / T) normalised. Any shape `[..., C]`, same shape out, float64, 0 to 1.

    Raises:
        ValueError: a temperature that is not positive, or logits that are not finite.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature}")
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    if not np.isfinite(scaled).all():
        raise ValueError("logits are not finite")
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
