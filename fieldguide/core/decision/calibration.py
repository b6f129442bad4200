"""From logits to probabilities that mean what they say: temperature, its fit, and how far off they are.

Knows nothing of taxa, photos or models: arrays in, numbers out. The application and the trainer use the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
COLDEST, HOTTEST = 0.05, 20.0  # bounds of the temperature search; a fit at a bound means broken logits
BINS = 15  # as in Guo et al. 2017, section 2


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


def negative_log_likelihood(
    logits: Floats, targets: NDArray[np.integer], temperature: float, weights: Floats | None = None
) -> float:
    """Mean of -log p(target) in nats over the rows of `[N,C]` logits, weighted when `weights` `[N]` are given."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    highest = scaled.max(axis=1)
    log_sum = highest + np.log(np.exp(scaled - highest[:, None]).sum(axis=1))
    return float(np.average(log_sum - scaled[np.arange(len(scaled)), targets], weights=weights))


def fit_temperature(logits: Floats, targets: NDArray[np.integer], weights: Floats | None = None) -> float:
    """The one temperature that makes `targets` most likely (Guo et al. 2017, On Calibration).

    Args:
        logits: `[N,C]`.
        targets: `[N]`, index of the true label.
        weights: `[N]`, not negative; rows count alike without them.

    Returns:
        T > 0, between `COLDEST` and `HOTTEST`. The loss is convex in 1/T, so a golden-section search finds it.

    Raises:
        ValueError: no rows.
    """
    if len(logits) == 0:
        raise ValueError("no rows to fit a temperature on")

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(logits, targets, float(np.exp(log_temperature)), weights)

    low, high = float(np.log(COLDEST)), float(np.log(HOTTEST))
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    left, right = high - golden * (high - low), low + golden * (high - low)
    loss_left, loss_right = loss(left), loss(right)
    while high - low > 1e-4:
        if loss_left <= loss_right:
            high, right, loss_right = right, left, loss_left
            left = high - golden * (high - low)
            loss_left = loss(left)
        else:
            low, left, loss_left = left, right, loss_right
            right = low + golden * (high - low)
            loss_right = loss(right)
    return float(np.exp((low + high) / 2.0))


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions with a confidence in (low, high]: their mean confidence, the share that was right, how many."""

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int


def reliability_bins(confidence: Floats, correct: NDArray[np.bool_], bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Equal-width bins over `confidence` `[N]` (0 to 1) against `correct` `[N]`; empty bins are left out."""
    confidence = np.asarray(confidence, dtype=np.float64)
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for number in np.unique(place):
        inside = place == number
        found.append(
            ReliabilityBin(
                low=number / bins,
                high=(number + 1) / bins,
                confidence=float(confidence[inside].mean()),
                accuracy=float(np.mean(correct[inside])),
                count=int(inside.sum()),
            )
        )
    return tuple(found)


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_], bins: int = BINS) -> float:
    """ECE, 0 to 1: the mean over bins of |accuracy - confidence|, weighted by count.

    Equal-width bins (Naeini et al. 2015; Guo et al. 2017). 0 for no predictions.
    """
    found = reliability_bins(confidence, correct, bins)
    total = sum(each.count for each in found)
    return sum(each.count * abs(each.accuracy - each.confidence) for each in found) / total if total else 0.0
