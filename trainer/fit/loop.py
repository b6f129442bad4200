"""The fit, to be read from top to bottom: phases, epochs, steps; validate, keep the best, save, go on."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.config import FitConfig, Phase, RunConfig
from trainer.data.augment import Augment, whole
from trainer.data.dataset import Batch, CachedPhotos
from trainer.data.labels import Tree
from trainer.fit import batchnorm, probe, schedule
from trainer.fit.checkpoint import FitState, load, save
from trainer.fit.losses import TreeLoss
from trainer.fit.network import Classifier
from trainer.fit.probe import autocast
from trainer.progress import Progress
from trainer.run_folder import RunFolder

SAVE_EVERY = 120.0  # seconds between checkpoints within an epoch
PROBE_SIZE = 192  # pixels at which the probe looks at photos


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit needs; `network` is on `device`."""

    network: Classifier
    train: CachedPhotos
    val: CachedPhotos
    tree: Tree
    config: RunConfig
    run: RunFolder
    device: torch.device
    progress: Progress


def fit_network(fit: Fit, *, resume: bool) -> Classifier:
    """Train by the phases of the configuration and return the best network by validation, in evaluation mode.

    With `resume`, goes on from `checkpoints/last.pt` when there is one: on the CPU, bit for bit as if never stopped.
    """
    config, network = fit.config.fit, fit.network
    loss = TreeLoss(fit.tree, network.head.out_features, config.hierarchy, config.label_smoothing)
    last = fit.run.checkpoints / "last.pt"
    train_norms = fit.config.network.batch_norm != "frozen"
    if resume and last.exists():
        state = load(last)
        network.load_state_dict(state.network)
    else:
        _start(fit, loss)
        state = FitState(network=network.state_dict())
        state.best = _validate(fit, network, PROBE_SIZE)["top1"]
        save(state, fit.run.checkpoints / "best.pt")
        fit.progress.note(f"head alone: {100 * state.best:.1f} % of the validation photos")
    loss = loss.to(fit.device)
    network.to(memory_format=torch.channels_last)
    average = copy.deepcopy(network).eval()
    if state.average:
        average.load_state_dict(state.average)
    for number in range(state.phase, len(config.phases)):
        phase = config.phases[number]
        learning = schedule.learning_stages(network, phase.trainable, config.freeze_stages)
        schedule.set_learning(network, learning, train_norms)
        optimizer = schedule.create_optimizer(network, learning, config, phase)
        if state.optimizer:
            optimizer.load_state_dict(state.optimizer)
        for epoch in range(state.epoch, phase.epochs):
            fit.progress.step(
                f"phase {number + 1}/{len(config.phases)}, epoch {epoch + 1}/{phase.epochs}, {phase.size_at(epoch)} px"
            )
            _epoch(fit, loss, average, optimizer, state, number, epoch)
            scores = _validate(fit, average, phase.size_at(epoch))
            _record(fit, state, number, epoch, scores)
            state.stale = 0 if scores["top1"] > state.best else state.stale + 1
            if scores["top1"] > state.best:
                state.best = scores["top1"]
                save(FitState(best=state.best, network=average.state_dict()), fit.run.checkpoints / "best.pt")
            state.epoch, state.step, state.loss_sum = epoch + 1, 0, 0.0
            _save_last(fit, network, average, optimizer, state)
            schedule.set_learning(network, learning, train_norms)
            if config.patience and state.stale >= config.patience:
                fit.progress.note(f"no better for {state.stale} epochs: this phase ends early")
                break
        state.phase, state.epoch, state.stale, state.optimizer = number + 1, 0, 0, {}
        _save_last(fit, network, average, None, state)
    network.load_state_dict(load(fit.run.checkpoints / "best.pt").network)
    return network.eval()


def _start(fit: Fit, loss: TreeLoss) -> None:
    """Real batch norm statistics where they were folded away, then a head on fixed features."""
    if fit.config.network.batch_norm == "restore" or (
        fit.config.network.batch_norm == "auto" and fit.config.fit.phases and batchnorm.is_folded(fit.network)
    ):
        fit.progress.step("restoring batch norm statistics")
        few = torch.linspace(0, len(fit.train) - 1, min(512, len(fit.train))).long().numpy()
        batches = (
            whole(fit.train.batch(few[at : at + 32]).pixels.to(fit.device), PROBE_SIZE) for at in range(0, len(few), 32)
        )
        batchnorm.restore(fit.network, batches)
    fit.progress.step("features of every photo, once")
    features = probe.extract_features(fit.network, fit.train, PROBE_SIZE, fit.device, fit.progress)
    fit.progress.step("head on the features")
    probe.fit_head(fit.network, features, fit.train, loss, fit.config.fit, fit.config.seed)


def _epoch(
    fit: Fit,
    loss: TreeLoss,
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
    saved = began = time.monotonic()
    first = state.step
    for step in range(first, steps):
        seed = hash((fit.config.seed, number, epoch, step)) % 2**31
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        _set_rate(optimizer, phase, (epoch + step / steps) / phase.epochs)
        batch = fit.train.batch(order[step * config.batch_size : (step + 1) * config.batch_size])
        state.loss_sum += _step(fit, loss, optimizer, batch, augment, generator)
        _blend(average, fit.network, config.average)
        if time.monotonic() - saved > SAVE_EVERY:
            state.step, saved = step + 1, time.monotonic()
            _save_last(fit, fit.network, average, optimizer, state)
        speed = (step + 1 - first) * config.batch_size / (time.monotonic() - began)
        fit.progress.advance(step + 1, steps, f"loss {state.loss_sum / (step + 1):.3f}, {speed:.0f} photos/s")
    state.step = steps


def _step(
    fit: Fit,
    loss: TreeLoss,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    augment: Augment,
    generator: torch.Generator,
) -> float:
    """One step of the optimizer on one batch; returns the loss."""
    config = fit.config.fit
    pictures = augment(batch.pixels.to(fit.device), batch.aspect, generator).contiguous(
        memory_format=torch.channels_last
    )
    target, weight = batch.target.to(fit.device), batch.weight.to(fit.device)
    pictures, other, share = _mix(pictures, config, generator)
    with autocast(fit.device, config.precision):
        logits, _ = fit.network(pictures)
    value = loss(logits, target) * weight * share
    if other is not None:
        value = value + loss(logits, target[other]) * weight[other] * (1 - share)
    mean = value.mean()
    optimizer.zero_grad(set_to_none=True)
    mean.backward()
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 5.0)
    optimizer.step()
    return float(mean.detach())


def _mix(pictures: Tensor, config: FitConfig, generator: torch.Generator) -> tuple[Tensor, Tensor | None, float]:
    """Mixup (Zhang et al. 2018) or cutmix (Yun et al. 2019) with their chances: pictures, partner rows, own share."""
    draw = float(torch.rand(1, generator=generator))
    if draw >= config.mixup + config.cutmix:
        return pictures, None, 1.0
    other = torch.randperm(len(pictures), generator=generator).to(pictures.device)
    share = float(torch.rand(1, generator=generator)) * 0.5 + 0.5
    if draw < config.mixup:
        return pictures * share + pictures[other] * (1 - share), other, share
    size = pictures.shape[-1]
    side = int(size * (1 - share) ** 0.5)
    top, left = torch.randint(0, size - side + 1, (2,), generator=generator).tolist()
    pictures = pictures.clone()
    pictures[:, :, top : top + side, left : left + side] = pictures[other][:, :, top : top + side, left : left + side]
    return pictures, other, 1 - side * side / (size * size)


@torch.no_grad()
def _blend(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Exponential moving average of weights and statistics; with decay 0 simply the network."""
    for old, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, 1 - decay)
        else:
            old.copy_(new)


@torch.no_grad()
def _validate(fit: Fit, network: nn.Module, size: int) -> dict[str, float]:
    """Share of validation photos whose best label the target allows, and the same among five."""
    network.eval()
    members = torch.from_numpy(fit.tree.members)
    hits = torch.zeros(2)
    for batch in fit.val.in_order(64):
        pictures = whole(batch.pixels.to(fit.device), size).contiguous(memory_format=torch.channels_last)
        with autocast(fit.device, fit.config.fit.precision):
            logits, _ = network(pictures)
        best = logits.float().cpu().topk(min(5, logits.shape[1]), dim=1).indices
        right = members[batch.target].gather(1, best)
        hits += torch.stack([right[:, 0].sum(), right.any(1).sum()])
    return {"top1": float(hits[0]) / len(fit.val), "top5": float(hits[1]) / len(fit.val)}


def _record(fit: Fit, state: FitState, number: int, epoch: int, scores: dict[str, float]) -> None:
    loss = state.loss_sum / max(state.step, 1)
    line = {
        "phase": number + 1,
        "epoch": epoch + 1,
        "loss": loss,
        "val_top1": scores["top1"],
        "val_top5": scores["top5"],
    }
    state.history.append(line)
    with fit.run.log.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line | {"time": time.time()}) + "\n")
    fit.progress.note(f"validation: {100 * scores['top1']:.1f} % first, {100 * scores['top5']:.1f} % among five")


def _set_rate(optimizer: torch.optim.Optimizer, phase: Phase, done: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * schedule.rate_factor(done)


def _save_last(
    fit: Fit, network: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer | None, state: FitState
) -> None:
    state.network, state.average = network.state_dict(), average.state_dict()
    state.optimizer = optimizer.state_dict() if optimizer else {}
    save(state, fit.run.checkpoints / "last.pt")
