from __future__ import annotations

import numpy as np
import pytest

from fieldguide.core.decision.calibration import softmax
from trainer.evaluation.certainty import expected_calibration_error, fit_temperature, reliability_bins


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 2.5])
def test_the_fit_finds_the_temperature_that_made_the_labels(true_temperature: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (6000, 5))
    chances = softmax(logits, true_temperature)
    targets = (rng.random((6000, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    assert fit_temperature(logits, targets) == pytest.approx(true_temperature, rel=0.1)


def test_weights_choose_which_rows_count() -> None:
    logits = np.array([[4.0, 0.0]] * 20)
    targets = np.array([0] * 10 + [1] * 10)
    sure = fit_temperature(logits, targets, np.array([1.0] * 10 + [0.1] * 10))
    assert sure < fit_temperature(logits, targets)


def test_nothing_to_fit_on_is_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=int))


def test_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence, correct = np.full(100, 0.9), np.arange(100) < 60
    assert expected_calibration_error(confidence, correct) == pytest.approx(0.3)
    assert expected_calibration_error(np.zeros(0), np.zeros(0, dtype=bool)) == 0.0


def test_bins_hold_every_prediction_once_and_certainty_too() -> None:
    confidence = np.array([0.0, 0.05, 0.5, 1.0])
    bins = reliability_bins(confidence, np.array([False, False, True, True]), bins=10)
    assert sum(each.count for each in bins) == 4
    assert bins[-1].high == 1.0
    assert bins[-1].accuracy == 1.0
