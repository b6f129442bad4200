"""The fit, to be read from top to bottom: phases, epochs, steps; validate, keep the best, save, go on."""

from __future__ import annotations

import copy
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.taxonomy import BACKGROUND
from fieldguide.core.text import text
from fieldguide.core.training.events import MOST_PAIRS, Confusion, Epoch, TakenFor
from fieldguide.inference.runtime import TOLERANCE
from trainer.config import RunConfig, input_size
from trainer.data.augment import Augment, whole
from trainer.data.dataset import CachedPhotos
from trainer.data.labels import Tree
from trainer.fit import batchnorm, probe, schedule
from trainer.fit.checkpoint import FitState, load, restore, save
from trainer.fit.choice import learns_features, read_choice, starts_trained
from trainer.fit.depthwise import depthwise_to_float32
from trainer.fit.feed import Feed, open_feed
from trainer.fit.losses import TreeLoss, rivals_by_source
from trainer.fit.network import Classifier
from trainer.fit.process_group import ProcessGroup
from trainer.fit.step import MovingAverage, Stepper
from trainer.fit.validation import Curves, instability, validate
from trainer.progress import Progress, clock
from trainer.run_folder import RunFolder

SAVE_EVERY = 120.0  # seconds between checkpoints within an epoch
TELL_EVERY = 10  # steps between two looks at the loss: each look makes a GPU wait


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit needs; `network` is on `device`. `levels` int64 [C]: how dangerous each label is, by what rings."""

    network: Classifier
    train: CachedPhotos
    val: CachedPhotos
    tree: Tree
    levels: npt.NDArray[np.int64]
    config: RunConfig
    run: RunFolder
    device: torch.device
    progress: Progress
    group: ProcessGroup = ProcessGroup()  # noqa: RUF009 - frozen

    def loss(self) -> TreeLoss:
        """What the configuration asks the network to lessen, on the processor."""
        fit, labels, rivals = self.config.fit, self.network.head.out_features, None
        if fit.within_source:
            rivals = rivals_by_source(self.tree, labels, self.train.target, self.train.source)
        return TreeLoss(
            self.tree,
            labels,
            fit.hierarchy,
            fit.label_smoothing,
            fit.within_source,
            rivals,
            fit.danger_levels,
            self.levels,
        )


def fit_network(fit: Fit, *, resume: bool) -> Classifier:
    """Train by the phases of the configuration and return the best network by validation, in evaluation mode.

    With `resume`, goes on from `checkpoints/last.pt` when there is one: on the CPU, bit for bit as if never stopped.
    """
    config, network = fit.config.fit, fit.network
    loss = fit.loss()
    network.to(memory_format=torch.channels_last)
    state = _begin(fit, loss, resume)
    if fit.device.type == "cpu":
        depthwise_to_float32(network)
    average = copy.deepcopy(network).eval()
    if state.average:
        restore(average, state.average, fit.run.checkpoints / "last.pt")
    other = fit.tree.names.index(BACKGROUND.name) if BACKGROUND.name in fit.tree.names else -1
    stepper = Stepper(loss.to(fit.device), config, fit.device, fit.progress, group=fit.group, anything_else=other)
    feed = open_feed(fit.train, fit.device, fit.progress)
    curves = Curves(fit.run.log, fit.run.curves if config.tensorboard and fit.group.is_main else None)
    train_norms = fit.config.network.batch_norm != "frozen"
    for number in range(state.phase, len(config.phases)):
        phase = config.phases[number]
        learning = schedule.learning_stages(network, phase.trainable, config.freeze_stages)
        schedule.set_learning(network, learning, train_norms)
        model = cast(nn.Module, torch.compile(network)) if config.compile else network
        stepper.model = fit.group.share(model, fit.device)
        stepper.drawings, stepper.surroundings = phase.drawings, phase.surroundings
        optimizer = schedule.create_optimizer(network, learning, config, number, state.epoch)
        if state.optimizer:
            restore(optimizer, state.optimizer, fit.run.checkpoints / "last.pt")
        for epoch in range(state.epoch, phase.epochs):
            words = f"phase {number + 1}/{len(config.phases)}, epoch {epoch + 1}/{phase.epochs}"
            fit.progress.step(f"{words}, {phase.size_at(epoch)} px", "epoch", *_place(fit, number, epoch))
            began = time.monotonic()
            _epoch(fit, feed, stepper, average, optimizer, state, number, epoch)
            top1 = _close_epoch(fit, average, state, curves, number, epoch, began)
            if state.close(number + 1, epoch + 1, top1, counts=learns_features(fit.config, number)):
                _save(fit, replace(state, network=average.state_dict(), average={}, optimizer={}), "best.pt")
            state.epoch, state.step, state.loss_sum = epoch + 1, 0, 0.0
            if schedule.changes(config, number, epoch + 1):
                optimizer = schedule.create_optimizer(network, learning, config, number, epoch + 1)
            _save_last(fit, average, optimizer, state)
            schedule.set_learning(network, learning, train_norms)
            if config.patience and state.stale >= config.patience:
                fit.progress.note(f"no better for {state.stale} epochs: this phase ends early")
                break
        state.phase, state.epoch, state.stale, state.optimizer = number + 1, 0, 0, {}
        _save_last(fit, average, None, state)
    curves.close()
    fit.group.wait()
    best = fit.run.checkpoints / "best.pt"
    restore(network, load(best).network, best)
    chosen = read_choice(fit.config, fit.run)
    if config.phases and not chosen.trained:  # every epoch that counts was unstable
        raise FieldGuideError(ErrorCode.NETWORK_UNSTABLE, difference=f"{_instability(fit, average):.2g}")
    fit.progress.note(chosen.reason)
    if config.keep_start and chosen.trained:
        _go_back(fit)
    return network.eval()


def _begin(fit: Fit, loss: TreeLoss, resume: bool) -> FitState:
    """Where the fit stands: as the last checkpoint says, or a network with a fresh head that is already fitted."""
    last = fit.run.checkpoints / "last.pt"
    if resume and last.exists():
        state = load(last)
        if state.size != input_size(fit.config):
            _validate_best_again(fit, state)
        restore(fit.network, state.network, last)
        return state
    scores = {"top1": 0.0}
    if fit.group.is_main:
        start(fit, loss, resume=resume)
        scores = _validate(fit, fit.network)
        fit.progress.event(Epoch(0, _place(fit, 0, 0)[1], scores["top1"], _among_five(fit, scores)))
    top1 = fit.group.agree(scores)["top1"]
    size = input_size(fit.config)
    best = FitState(best=top1, best_phase=0, best_epoch=0, size=size, network=fit.network.state_dict())
    _save(fit, best, "best.pt")
    if fit.config.fit.keep_start:
        _save(fit, best, "start.pt")
    fit.progress.note(text("train.head_alone", top1=f"{100 * top1:.1f}"))
    # Luck on few photos shall not let features that nobody trained win over training.
    state = FitState(best=top1 if starts_trained(fit.config) else -1.0, size=size)
    _save(fit, replace(state, network=best.network), "last.pt")
    return state


def _go_back(fit: Fit) -> None:
    """Give the network the mean of its weights and those from before the first epoch, by `keep_start`.

    Fine-tuned for one set of photos, a network forgets what served others; between both it may do better on others'
    than either (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv 2109.01903).
    """
    share, file = fit.config.fit.keep_start, fit.run.checkpoints / "start.pt"
    now, start = fit.network.state_dict(), load(file).network
    mixed = {
        name: weights.lerp(start[name].to(weights), share) if weights.is_floating_point() else weights
        for name, weights in now.items()
        if name in start
    }
    restore(fit.network, mixed, file)


def _validate_best_again(fit: Fit, state: FitState) -> None:
    """Put the best epoch so far on the scale of the epochs to come: a run may go on to another exported size."""
    best, state.size = load(fit.run.checkpoints / "best.pt"), input_size(fit.config)
    restore(fit.network, best.network, fit.run.checkpoints / "best.pt")
    top1 = fit.group.agree(_validate(fit, fit.network) if fit.group.is_main else {"top1": 0.0})["top1"]
    if state.best >= 0:  # below 0: a head alone that does not count
        state.best = top1
    _save(fit, replace(best, best=top1, size=state.size), "best.pt")
    fit.progress.note(text("train.best_again", size=state.size, top1=f"{100 * top1:.1f}"))


def start(fit: Fit, loss: TreeLoss, *, resume: bool = False) -> None:
    """Real batch norm statistics where they were folded away, then a head on fixed features.

    With `resume`, features that an earlier start kept are not computed again.
    """
    size = fit.config.fit.probe_size
    if fit.config.network.batch_norm == "restore" or (
        fit.config.network.batch_norm == "auto" and fit.config.fit.phases and batchnorm.is_folded(fit.network)
    ):
        fit.progress.step("restoring batch norm statistics", "batch_norm")
        few = torch.linspace(0, len(fit.train) - 1, min(512, len(fit.train))).long().numpy()
        batches = (
            whole(fit.train.batch(few[at : at + 32]).pixels.to(fit.device), size) for at in range(0, len(few), 32)
        )
        batchnorm.restore(fit.network, batches)
    fit.progress.step("features of every photo, once", "features")
    features = probe.extract_features(
        fit.network, fit.train, size, fit.device, fit.progress, fit.run.features, resume=resume
    )
    fit.progress.step("head on the features", "head")
    head = probe.train_head(fit.network, features, fit.train, loss, fit.config.fit, fit.config.seed, fit.progress)
    fit.network.head.load_state_dict(head.state_dict())
    del features
    probe.forget_features(fit.run.features)


def _epoch(
    fit: Fit,
    feed: Feed,
    stepper: Stepper,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
    state: FitState,
    number: int,
    epoch: int,
) -> None:
    """One epoch from `state.step` on."""
    config, phase = fit.config.fit, fit.config.fit.phases[number]
    augment = Augment.of(phase.size_at(epoch), config.augment)
    order = fit.train.order(fit.config.seed, 1000 * (number + 1) + epoch, config.balance != "none")
    steps = max(1, len(order) // config.batch_size)
    before = steps * (sum(earlier.epochs for earlier in config.phases[:number]) + epoch)
    saved = began = time.monotonic()
    first = state.step
    moving = MovingAverage(average, fit.network)
    wanted = [
        fit.group.part(order[step * config.batch_size : (step + 1) * config.batch_size]) for step in range(first, steps)
    ]
    losses = torch.tensor(state.loss_sum, dtype=torch.float64).to(fit.device)
    for step, batch in enumerate(feed.batches(wanted), start=first):
        generator = seeded(fit, number, epoch, step)
        schedule.set_rate(optimizer, (epoch + step / steps) / phase.epochs)
        losses += stepper(batch, augment, optimizer, generator)
        moving.blend(min(config.average, (1 + before + step) / (10 + before + step)))
        if time.monotonic() - saved > SAVE_EVERY:
            state.step, state.loss_sum, saved = step + 1, float(losses), time.monotonic()
            _save_last(fit, average, optimizer, state)
        if (step + 1) % TELL_EVERY == 0 or step + 1 == steps:
            speed = (step + 1 - first) * config.batch_size / (time.monotonic() - began)
            note = f"loss {float(losses) / (step + 1):.3f}, {speed:.0f} photos/s"
            fit.progress.advance(step + 1, steps, note)
    state.step, state.loss_sum = steps, float(losses)


def seeded(fit: Fit, number: int, epoch: int, step: int) -> torch.Generator:
    """Every random number of a step comes from where it stands, and from which process of the group it is."""
    rank = (fit.group.rank,) if fit.group.rank else ()
    seed = hash((fit.config.seed, number, epoch, step, *rank)) % 2**31
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def _among_five(fit: Fit, scores: dict[str, float]) -> float | None:
    """The share of photos whose name is among the first five; None where five are all that there are."""
    return scores["top5"] if fit.network.head.out_features > 5 else None


def _close_epoch(
    fit: Fit, average: nn.Module, state: FitState, curves: Curves, number: int, epoch: int, began: float
) -> float:
    """Validate, write it down, and give the share of photos that are right at first; -1 for an unstable network."""
    scores = {"top1": 0.0, "top5": 0.0, "instability": 0.0}
    if fit.group.is_main:
        scores = _validate(fit, average) | {"instability": _instability(fit, average)}
    scores = fit.group.agree(scores)
    line = {
        "phase": number + 1,
        "epoch": epoch + 1,
        "loss": state.loss_sum / max(state.step, 1),
        "val_top1": scores["top1"],
    }
    five = _among_five(fit, scores)
    if five is not None:
        line["val_top5"] = five
    state.history.append(line)
    if fit.group.is_main:
        curves.add(line, _place(fit, number, epoch)[0])
    left = _tell_time_left(fit, number, epoch, time.monotonic() - began)
    fit.progress.event(Epoch(*_place(fit, number, epoch), scores["top1"], five, line["loss"], left))
    among = "" if five is None else text("bundle.among_five", share=f"{100 * five:.1f}")
    fit.progress.note(text("train.validated", top1=f"{100 * scores['top1']:.1f}", five=among))
    if scores["instability"] > TOLERANCE:
        fit.progress.note(text("train.epoch_unstable", difference=f"{scores['instability']:.2g}"))
        return -1.0
    return scores["top1"]


def _validate(fit: Fit, network: nn.Module) -> dict[str, float]:
    """At the size that is exported, whatever the epoch learned at: only then can epochs be compared."""
    size, taken = input_size(fit.config), Counter[tuple[int, int]]()
    scores = validate(network, fit.val, fit.tree, size, fit.device, fit.config.fit.precision, taken)
    of = Counter(fit.val.target.tolist())
    names = [name.replace("_", " ") for name in fit.tree.names]
    pairs = (TakenFor(names[a], names[b], count, of[a]) for (a, b), count in taken.most_common(MOST_PAIRS))
    fit.progress.event(Confusion(tuple(pairs)))
    return scores


def _instability(fit: Fit, network: nn.Module) -> float:
    """On a few validation photos; see `instability`."""
    few = fit.val.batch(np.arange(min(4, len(fit.val))))
    return instability(network, whole(few.pixels.to(fit.device), input_size(fit.config)))


def _place(fit: Fit, number: int, epoch: int) -> tuple[int, int]:
    """Which epoch this is, counted from 1 over all phases, and of how many."""
    epochs = [phase.epochs for phase in fit.config.fit.phases]
    return sum(epochs[:number]) + epoch + 1, sum(epochs)


def _tell_time_left(fit: Fit, number: int, epoch: int, seconds: float) -> int:
    """How many seconds all epochs that are left will take, from what this one took."""
    phases = fit.config.fit.phases
    left = [phases[number].cost_at(later) for later in range(epoch + 1, phases[number].epochs)]
    left += [phase.cost_at(later) for phase in phases[number + 1 :] for later in range(phase.epochs)]
    expected = seconds / phases[number].cost_at(epoch) * sum(left)
    if left:
        fit.progress.note(text("train.fit_left", time=clock(expected), epochs=len(left)))
    return round(expected)


def _save_last(fit: Fit, average: nn.Module, optimizer: torch.optim.Optimizer | None, state: FitState) -> None:
    state.network, state.average = fit.network.state_dict(), average.state_dict()
    state.optimizer = optimizer.state_dict() if optimizer else {}
    _save(fit, state, "last.pt")


def _save(fit: Fit, state: FitState, name: str) -> None:
    if fit.group.is_main:
        save(state, fit.run.checkpoints / name)
