"""How sure the model is, and how right it is then: the temperature fitted, and how far off probabilities are.

Knows nothing of taxa, photos or models: arrays in, numbers out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.records import CalibrationBin

Floats = NDArray[np.floating]
COLDEST, HOTTEST = 0.05, 20.0  # bounds of the temperature search; a fit at a bound means broken logits
BINS = 15  # as in Guo et al. 2017, section 2


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


def reliability_bins(confidence: Floats, correct: NDArray[np.bool_], bins: int = BINS) -> tuple[CalibrationBin, ...]:
    """Equal-width bins over `confidence` `[N]` (0 to 1) against `correct` `[N]`; empty bins are left out."""
    confidence = np.asarray(confidence, dtype=np.float64)
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for number in np.unique(place):
        inside = place == number
        count, accuracy = int(inside.sum()), float(np.mean(correct[inside]))
        found.append(
            CalibrationBin(
                low=float(number / bins),
                high=float((number + 1) / bins),
                confidence=float(confidence[inside].mean()),
                accuracy=accuracy,
                count=count,
                accuracy_between=clopper_pearson(accuracy * count, count),
            )
        )
    return tuple(found)


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_], bins: int = BINS) -> float:
    """ECE, 0 to 1: the mean over bins of |accuracy - confidence|, weighted by count.

    Equal-width bins (Naeini et al. 2015; Guo et al. 2017). 0 for no predictions.
    """
    if len(confidence) == 0:
        return 0.0
    place = np.clip(np.ceil(np.asarray(confidence, np.float64) * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, np.asarray(correct, np.float64) - np.asarray(confidence, np.float64), bins)
    return float(np.abs(gaps).sum() / len(confidence))
