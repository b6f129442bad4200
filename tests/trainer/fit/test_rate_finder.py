import numpy as np

from trainer.fit.rate_finder import suggest


def test_the_steepest_descent_before_the_lowest_point_is_suggested() -> None:
    rates = np.geomspace(1e-6, 1.0, 100)
    place = np.log10(rates)
    losses = 5 - 3 / (1 + np.exp(-4 * (place + 3))) + np.exp(3 * (place + 1))  # falls fastest at 1e-3, explodes later
    assert 3e-4 < suggest(rates, losses) < 3e-3


def test_a_loss_that_never_falls_suggests_a_small_rate() -> None:
    rates = np.geomspace(1e-6, 1.0, 30)
    assert suggest(rates, np.linspace(1, 9, 30)) <= 1e-6


def test_chance_from_step_to_step_is_not_taken_for_a_descent() -> None:
    rates = np.geomspace(1e-6, 1.0, 100)
    place = np.log10(rates)
    losses = 1.3 - 0.5 / (1 + np.exp(-4 * (place + 3))) + np.exp(5 * (place + 0.5))
    losses[[20, 22]] += 0.06  # the network knows much already: the fall is small, and noise is steeper than it
    assert 2e-4 < suggest(rates, losses) < 5e-3
