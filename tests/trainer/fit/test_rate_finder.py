import numpy as np
import pytest

from trainer.fit.rate_finder import suggest


def test_the_steepest_descent_before_the_lowest_point_is_suggested() -> None:
    rates = np.geomspace(1e-6, 1.0, 100)
    place = np.log10(rates)
    losses = 5 - 3 / (1 + np.exp(-4 * (place + 3))) + np.exp(3 * (place + 1))  # falls fastest at 1e-3, explodes later
    assert 3e-4 < suggest(rates, losses) < 3e-3


def test_a_loss_that_never_falls_suggests_a_small_rate() -> None:
    rates = np.geomspace(1e-6, 1.0, 30)
    assert suggest(rates, np.linspace(1, 9, 30)) == rates[0], "and none that was not tried"


def test_one_lucky_batch_at_the_beginning_is_not_the_lowest_point() -> None:
    rates = np.geomspace(1e-6, 1.0, 100)
    place = np.log10(rates)
    losses = 1.3 - 0.5 / (1 + np.exp(-4 * (place + 3))) + np.exp(5 * (place + 0.5))  # falls until about 5e-3
    losses[0] = 0.2
    assert 2e-4 < suggest(rates, losses) < 5e-3


@pytest.mark.parametrize("steps", [1, 2, 5, 20])
def test_whatever_the_losses_are_the_rate_is_one_that_was_tried(steps: int) -> None:
    rates, random = np.geomspace(1e-6, 1.0, steps), np.random.default_rng(steps)
    for losses in (random.random(steps), np.full(steps, np.nan), np.append(random.random(steps - 1), np.inf)):
        assert suggest(rates, losses) in rates


def test_chance_from_step_to_step_is_not_taken_for_a_descent() -> None:
    rates = np.geomspace(1e-6, 1.0, 100)
    place = np.log10(rates)
    losses = 1.3 - 0.5 / (1 + np.exp(-4 * (place + 3))) + np.exp(5 * (place + 0.5))
    losses[[20, 22]] += 0.06  # the network knows much already: the fall is small, and noise is steeper than it
    assert 2e-4 < suggest(rates, losses) < 5e-3


def test_the_rate_lies_well_before_the_one_at_which_the_loss_begins_to_explode() -> None:
    rates = np.geomspace(1e-6, 1.0, 100)
    place = np.log10(rates)
    losses = 1.0 - 0.25 / (1 + np.exp(-6 * (place + 2.8))) + np.exp(8 * (place + 1.5))  # falls on until it explodes
    lowest = rates[losses.argmin()]
    assert lowest / 100 < suggest(rates, losses) < lowest / 3
