"""Batch norm that was folded into the convolutions: found, and given real statistics again so that it can be trained.

Folded weights carry batch norms of mean 0 and variance 1. In training mode they would normalise by the batch and
destroy the network. Restoring measures what each one sees and chooses scale and shift so that the function stays the
same.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def batch_norms(network: nn.Module) -> list[_BatchNorm]:
    """Every batch norm, from the picture upwards."""
    return [module for module in network.modules() if isinstance(module, _BatchNorm)]


def is_folded(network: nn.Module) -> bool:
    """Whether every batch norm has the untouched statistics mean 0 and variance 1."""
    found = [(norm.running_mean, norm.running_var) for norm in batch_norms(network)]
    known = [(mean, variance) for mean, variance in found if mean is not None and variance is not None]
    return bool(known) and not any(mean.count_nonzero() or (variance - 1).count_nonzero() for mean, variance in known)


@torch.no_grad()
def restore(network: nn.Module, pictures: Iterable[Tensor]) -> None:
    """Give each batch norm the mean and variance of its input, keeping the function in evaluation mode as it is.

    With input x, old scale g, shift b and statistics m, v: y = g (x - m) / sqrt(v + e) + b. With measured M, V:
    g' = g sqrt(V + e) / sqrt(v + e), b' = b + g (M - m) / sqrt(v + e) gives the same y.

    Args:
        network: takes what `pictures` yields; left in evaluation mode.
        pictures: a few hundred training pictures in batches.
    """
    sums: dict[_BatchNorm, list[Tensor]] = {}

    def measure(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].double().transpose(0, 1).flatten(1)
        now = torch.stack([x.sum(1), (x * x).sum(1), torch.full((len(x),), float(x.shape[1]), dtype=torch.float64)])
        assert isinstance(norm, _BatchNorm)
        sums.setdefault(norm, []).append(now)

    network.eval()
    hooks = [norm.register_forward_pre_hook(measure) for norm in batch_norms(network)]
    for batch in pictures:
        network(batch)
    for hook in hooks:
        hook.remove()
    for norm, measured in sums.items():
        total = torch.stack(measured).sum(0)
        mean = total[0] / total[2]
        variance = (total[1] / total[2] - mean * mean).clamp(min=1e-6)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        old = (norm.running_var.double() + norm.eps).sqrt()
        scale, shift = norm.weight.double(), norm.bias.double()
        norm.bias.copy_(shift + scale * (mean - norm.running_mean.double()) / old)
        norm.weight.copy_(scale * (variance + norm.eps).sqrt() / old)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
