"""How sure a measured share is: intervals for counts."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta


def clopper_pearson(right: float, total: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval (0 to 1) for a share of `right` out of `total` (Clopper and Pearson 1934).

    (0, 1) for nothing counted.
    """
    if total <= 0:
        return 0.0, 1.0
    tail = (1.0 - confidence) / 2.0
    low = float(beta.ppf(tail, right, total - right + 1)) if right > 0 else 0.0
    high = float(beta.ppf(1.0 - tail, right + 1, total - right)) if right < total else 1.0
    return low, high


def wilson_lower(share: NDArray[np.floating], total: NDArray[np.floating], confidence: float) -> NDArray[np.float64]:
    """One-sided lower bounds of shares (0 to 1) out of `total` (Wilson 1927); 0 for nothing counted.

    Totals may be effective counts. Closed form, for searches that ask thousands of times.
    """
    z = NormalDist().inv_cdf(confidence)
    counted = np.maximum(np.asarray(total, np.float64), 1e-9)
    centre = share + z**2 / (2 * counted)
    spread = z * np.sqrt(np.maximum(share * (1 - share), 0.0) / counted + z**2 / (4 * counted**2))
    return np.asarray(np.where(np.asarray(total) > 0, (centre - spread) / (1 + z**2 / counted), 0.0))
