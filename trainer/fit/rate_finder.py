"""The learning-rate finder: one short climb of the rate, and where on it the network learnt fastest.

L. Smith, "Cyclical learning rates for training neural networks", arXiv:1506.01186, in the form that fastai made usual:
the rate grows exponentially from step to step, the loss is smoothed, the climb ends when the loss explodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fieldguide.core.text import text
from trainer.data.augment import Augment
from trainer.fit import schedule
from trainer.fit.feed import open_feed
from trainer.fit.loop import Fit, seeded, start
from trainer.fit.step import Stepper

LOWEST, HIGHEST = 1e-6, 1.0
SMOOTHING = 0.9
EXPLODED = 4.0  # times the best loss so far
RISEN = 0.1  # share above its lowest value at which a loss counts as risen
HALF = 0.5  # decades of rates to each side of one, over which the loss's fall is measured
SETTLING = 10  # first steps, whose smoothed loss says little yet


@dataclass(frozen=True, slots=True)
class RateCurve:
    """`rates` and smoothed `losses`, float64 [K], in the order of the climb; `suggestion` is the rate to begin with."""

    rates: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    suggestion: float


def find_rate(fit: Fit, steps: int) -> RateCurve:
    """Climb once through the rates with the last phase's pictures and layers. The fit's network is used up by this."""
    config, network = fit.config.fit, fit.network
    number = len(config.phases) - 1
    loss = fit.loss()
    start(fit, loss)
    learning = schedule.learning_stages(network, config.phases[number].trainable, config.freeze_stages)
    schedule.set_learning(network, learning, fit.config.network.batch_norm != "frozen")
    optimizer = schedule.create_optimizer(network, learning, config, number, 0)
    fit.progress.step(text("train.rate_step"))
    stepper = Stepper(loss.to(fit.device), config, fit.device, fit.progress)
    stepper.model = network
    augment = Augment.of(config.phases[number].size_at(0), config.augment)
    epochs = -(-steps * config.batch_size // len(fit.train))
    order = np.concatenate(
        [fit.train.order(fit.config.seed, epoch, config.balance != "none") for epoch in range(epochs)]
    )
    wanted = [order[at * config.batch_size : (at + 1) * config.batch_size] for at in range(steps)]
    top = max(group["peak"] for group in optimizer.param_groups)
    rates = np.geomspace(LOWEST, HIGHEST, steps)
    smooth, found = 0.0, []
    for step, batch in enumerate(open_feed(fit.train, fit.device, fit.progress).batches(wanted)):
        for group in optimizer.param_groups:
            group["lr"] = rates[step] * group["peak"] / top
        loss_now = float(stepper(batch, augment, optimizer, seeded(fit, 0, 0, step)))
        smooth = SMOOTHING * smooth + (1 - SMOOTHING) * loss_now
        found.append(smooth / (1 - SMOOTHING ** (step + 1)))
        fit.progress.advance(step + 1, steps, f"{rates[step]:.1e}: {found[-1]:.3f}")
        if not np.isfinite(found[-1]) or (step > SETTLING and found[-1] > EXPLODED * min(found)):
            break
    losses = np.array(found)
    return RateCurve(rates[: len(losses)], losses, suggest(rates[: len(losses)], losses))


def suggest(rates: npt.NDArray[np.float64], losses: npt.NDArray[np.float64]) -> float:
    """The rate to begin with, always one of `rates`, which grow: float64 [K], K >= 1; `losses` may end in nan or inf.

    Where the loss fell most steeply per factor of the rate, half a decade or more before its lowest point: the smoothed
    loss lags behind, and at that point the network learns no longer. Steepness is that of a line through a decade of
    rates: from step to step the loss falls and rises by chance. Its first steps are left out, since their smoothed loss
    is that of single batches. Where it never fell, a tenth of the last rate before it rose.
    """
    losses = np.where(np.isfinite(losses), losses, np.inf)
    begin = min(SETTLING, max(len(losses) - 4, 0))
    low = begin + int(np.argmin(losses[begin:]))
    if low - begin < 3 or not np.isfinite(losses[begin]):
        lowest = float(losses.min())
        risen = int(np.flatnonzero(losses <= lowest + RISEN * abs(lowest))[-1])
        return float(rates[np.argmin(np.abs(np.log10(rates) - np.log10(rates[risen]) + 1))])
    logs, fallen = np.log10(rates[begin : low + 1]), losses[begin : low + 1]
    early = max(2, int((logs <= logs[-1] - HALF).sum()))
    near = np.abs(logs[:early, None] - logs) <= HALF
    slopes = [np.polyfit(logs[around], fallen[around], 1)[0] if around.sum() > 1 else 0.0 for around in near]
    return float(rates[begin + int(np.argmin(slopes))])
