"""Which layers learn and how fast: staged unfreezing and the one-cycle learning rate."""

from __future__ import annotations

import math

import torch
from torch import nn

from trainer.config import FitConfig
from trainer.fit.batchnorm import batch_norms
from trainer.fit.network import Classifier, stages

WARM_UP = 0.1  # share of a phase in which the rate rises
FLOOR = 0.01  # share of the peak that is left at the end


def rate_factor(done: float) -> float:
    """Share of the peak learning rate when `done` (0 to 1) of a phase is over: linear up, cosine down.

    The one-cycle form of L. Smith, arXiv:1803.09820, without its momentum cycle.
    """
    if done < WARM_UP:
        return max(done / WARM_UP, FLOOR)
    return FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2


def learning_stages(network: Classifier, trainable: str, frozen: int) -> list[nn.Module]:
    """The stages of the backbone that learn: none, the last that mixes, the upper half, or all but the first `frozen`.

    "extra" is the last stage with a convolution or another matrix, with the norms that follow it.
    """
    parts = stages(network.backbone)
    mixing = [row for row, part in enumerate(parts) if any(parameter.ndim > 1 for parameter in part.parameters())]
    extra = len(parts) - mixing[-1] if mixing else 0
    chosen = {"head": 0, "extra": extra, "half": math.ceil(len(parts) / 2), "all": len(parts)}[trainable]
    return parts[max(len(parts) - chosen, frozen) :] if chosen else []


def set_learning(network: Classifier, learning: list[nn.Module], train_norms: bool) -> None:
    """Learning stages and head into training mode, everything below into evaluation mode without gradients."""
    network.eval()
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    for part in [*learning, network.head, network.dropout]:
        part.train()
        for parameter in part.parameters():
            parameter.requires_grad_(True)
    if not train_norms:
        for norm in batch_norms(network):
            norm.eval()


def optimizer_at(config: FitConfig, number: int, epoch: int) -> str:
    """The optimizer of an epoch of phase `number`: "adam-then-sgd" changes when half of all epochs are over."""
    if config.optimizer != "adam-then-sgd":
        return config.optimizer
    epochs = [phase.epochs for phase in config.phases]
    return "sgd" if 2 * (sum(epochs[:number]) + epoch) >= sum(epochs) else "adam"


def changes(config: FitConfig, number: int, epoch: int) -> bool:
    """Whether this epoch begins with another optimizer than the one before it in the same phase."""
    return optimizer_at(config, number, epoch) != optimizer_at(config, number, epoch - 1)


def create_optimizer(
    network: Classifier, learning: list[nn.Module], config: FitConfig, number: int, epoch: int
) -> torch.optim.Optimizer:
    """AdamW, Adam, or SGD with Nesterov momentum, as this epoch of phase `number` has it.

    Biases and norms learn without weight decay, the backbone at a slower rate.
    """
    head = list(network.head.parameters())
    body = [parameter for part in learning for parameter in part.parameters()]
    kind = optimizer_at(config, number, epoch)
    rate = config.phases[number].learning_rate * (config.sgd_scale if kind != config.optimizer and kind == "sgd" else 1)
    groups = []
    for parameters, peak in ((head, rate), (body, rate * config.backbone_scale)):
        for decay, matrices in ((config.weight_decay, True), (0.0, False)):
            found = [parameter for parameter in parameters if (parameter.ndim > 1) is matrices]
            if found:
                groups.append({"params": found, "lr": peak, "peak": peak, "weight_decay": decay})
    if kind == "sgd":
        return torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True)
    if kind == "adam":
        return torch.optim.Adam(groups, lr=rate, betas=(0.9, 0.98))
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))


def set_rate(optimizer: torch.optim.Optimizer, done: float) -> None:
    """The learning rate when `done` (0 to 1) of a phase is over."""
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * rate_factor(done)
