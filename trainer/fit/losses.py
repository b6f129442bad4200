"""The loss over a tree: a target allows one label, or all labels below a genus or family."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.data.labels import Tree


class TreeLoss(nn.Module):
    """Cross-entropy of what a target allows, of its genus and of its family.

    -log of the probability summed over the labels that the target allows (for a species, plain cross-entropy), plus
    `hierarchy` times the same for the genus and the family above it. A photo named only to a genus thereby teaches the
    genus without denying any of its species; half of its loss also names the genus' own label, so that "another
    species of this genus" stays a possible answer. Label smoothing as in Szegedy et al. 2016.
    """

    def __init__(self, tree: Tree, labels: int, hierarchy: tuple[float, ...], smoothing: float) -> None:
        super().__init__()
        self.labels, self.hierarchy, self.smoothing = labels, hierarchy, smoothing
        self.register_buffer("denied", torch.from_numpy(~tree.members))
        self.register_buffer("above", torch.stack([torch.from_numpy(tree.genus), torch.from_numpy(tree.family)]))
        self.register_buffer("single", torch.from_numpy(tree.members.sum(1) == 1))

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """logits float [N,C] and target int64 [N] to float [N]."""
        log = functional.log_softmax(logits.float(), dim=1)
        narrow = self._allowed(log, target)
        own = target < self.labels
        named = log.gather(1, target.clamp(max=self.labels - 1)[:, None])[:, 0]
        wide = own & ~self.single[target]  # type: ignore[index]
        loss = -torch.where(wide, (narrow + named) / 2, narrow)
        for weight, row in zip(self.hierarchy, self.above, strict=False):  # type: ignore[arg-type]
            up = row[target]
            loss = loss - weight * torch.where(up >= 0, self._allowed(log, up.clamp(min=0)), torch.zeros_like(narrow))
        return (1 - self.smoothing) * loss - self.smoothing * log.mean(dim=1)

    def _allowed(self, log: Tensor, target: Tensor) -> Tensor:
        return log.masked_fill(self.denied[target], -torch.inf).logsumexp(dim=1)  # type: ignore[index]
