from __future__ import annotations

import numpy as np
import pytest

from fieldguide.core.decision.calibration import softmax


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
