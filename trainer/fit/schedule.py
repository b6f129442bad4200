"""Which layers learn and how fast: staged unfreezing and the one-cycle learning rate."""

from __future__ import annotations

import math

import torch
from torch import nn

from trainer.config import FitConfig, Phase
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
    """The stages of the backbone that learn: none, the last, the upper half, or all but the first `frozen`."""
    parts = stages(network.backbone)
    chosen = {"head": 0, "extra": 1, "half": math.ceil(len(parts) / 2), "all": len(parts)}[trainable]
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


def create_optimizer(
    network: Classifier, learning: list[nn.Module], config: FitConfig, phase: Phase
) -> torch.optim.Optimizer:
    """AdamW or SGD with Nesterov momentum; biases and norms without weight decay, the backbone at a slower rate."""
    head = list(network.head.parameters())
    body = [parameter for part in learning for parameter in part.parameters()]
    rate = phase.learning_rate
    groups = []
    for parameters, peak in ((head, rate), (body, rate * config.backbone_scale)):
        for decay, matrices in ((config.weight_decay, True), (0.0, False)):
            found = [parameter for parameter in parameters if (parameter.ndim > 1) is matrices]
            if found:
                groups.append({"params": found, "lr": peak, "peak": peak, "weight_decay": decay})
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
