from __future__ import annotations

import numpy as np
import pytest

from fieldguide.core.decision.calibration import expected_calibration_error, fit_temperature, reliability_bins, softmax


def test_softmax_sums_to_one_and_keeps_the_order() -> None:
    found = softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(found.sum(axis=1), 1)
    assert list(found[0]) == sorted(found[0])
    assert np.allclose(found[1], 1 / 3)


def test_softmax_survives_huge_logits() -> None:
    assert np.allclose(softmax(np.array([[1e4, -1e4]])), [[1.0, 0.0]])


def test_a_higher_temperature_is_less_sure() -> None:
    logits = np.array([[3.0, 1.0, 0.0]])
    assert softmax(logits, 4.0).max() < softmax(logits, 1.0).max() < softmax(logits, 0.5).max()


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        softmax(np.zeros((1, 2)), temperature)


def test_broken_logits_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        softmax(np.array([[np.nan, 1.0]]))


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
