"""From a measure to a score: 0 (nothing of it) to 1 (surely), listed from `LISTED` up."""

from __future__ import annotations

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
LISTED = 0.5


def ramp(value: float, fine: float, bad: float) -> float:
    """0 at `fine` and beyond, 1 at `bad` and beyond, straight in between."""
    return float(min(1.0, max(0.0, (value - fine) / (bad - fine))))
