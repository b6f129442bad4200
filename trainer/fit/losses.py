"""The loss over a tree: a target allows one label, or all labels below a genus or family."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from fieldguide.core.taxonomy import BACKGROUND
from trainer.data.labels import Tree

OUT_OF_QUESTION = -1e4  # the logit of a label that does not compete: minus infinity would make gradients of nothing


class TreeLoss(nn.Module):
    """Cross-entropy of what a target allows, of its genus and of its family.

    -log of the probability summed over the labels that the target allows (for a species, plain cross-entropy), plus
    `hierarchy` times the same for the genus and the family above it. A photo named only to a genus thereby teaches the
    genus without denying any of its species; half of its loss also names the genus' own label, so that "another
    species of this genus" stays a possible answer. Label smoothing as in Szegedy et al. 2016.

    Where the danger `levels` int [C] of the labels are known, `danger` times the same is added for the level: -log of
    the probability summed over all labels of the levels that the target allows, which is what the alarms ask for.

    Where `rivals` are known, bool [S,C] (the labels that each source of photos shows), a share `within_source` of the
    loss lets only the labels of a photo's own source compete. What gives a source away (its camera, its cut, its woods)
    then earns nothing, and a kind that a single source shows is not learned as "whatever looks like that source".
    """

    def __init__(
        self,
        tree: Tree,
        labels: int,
        hierarchy: tuple[float, ...],
        smoothing: float,
        within_source: float = 0.0,
        rivals: npt.NDArray[np.bool_] | None = None,
        danger: float = 0.0,
        levels: npt.NDArray[np.integer] | None = None,
    ) -> None:
        super().__init__()
        self.labels, self.hierarchy, self.smoothing = labels, hierarchy, smoothing
        self.within_source = within_source if rivals is not None else 0.0
        self.danger = danger if levels is not None else 0.0
        allowed = tree.members if levels is None else tree.members @ (levels[:, None] == levels)
        self.register_buffer("denied", torch.from_numpy(~tree.members))
        self.register_buffer("above", torch.stack([torch.from_numpy(tree.genus), torch.from_numpy(tree.family)]))
        self.register_buffer("single", torch.from_numpy(tree.members.sum(1) == 1))
        self.register_buffer("otherwise", torch.from_numpy(~allowed))
        self.register_buffer("strange", torch.zeros(0, labels) if rivals is None else torch.from_numpy(~rivals))

    def forward(self, logits: Tensor, target: Tensor, source: Tensor | None = None) -> Tensor:
        """logits float [N,C], target int64 [N] and source int64 [N] (rows of `rivals`) to float [N]."""
        loss = self._loss(logits.float(), target)
        if not self.within_source or source is None:
            return loss
        strange = self.strange[source]  # type: ignore[index]
        within = self._loss(logits.float().masked_fill(strange, OUT_OF_QUESTION), target, strange)
        return (1 - self.within_source) * loss + self.within_source * within

    def _loss(self, logits: Tensor, target: Tensor, strange: Tensor | None = None) -> Tensor:
        log = functional.log_softmax(logits, dim=1)
        narrow = _allowed(log, self.denied[target])  # type: ignore[index]
        own = target < self.labels
        named = log.gather(1, target.clamp(max=self.labels - 1)[:, None])[:, 0]
        wide = own & ~self.single[target]  # type: ignore[index]
        loss = -torch.where(wide, (narrow + named) / 2, narrow)
        for weight, row in zip(self.hierarchy, self.above, strict=False):  # type: ignore[arg-type]
            up = row[target]
            loss = loss - weight * torch.where(up >= 0, _allowed(log, self.denied[up.clamp(min=0)]), 0.0)  # type: ignore[index]
        if self.danger:
            loss = loss - self.danger * _allowed(log, self.otherwise[target])  # type: ignore[index]
        even = log.mean(dim=1) if strange is None else log.masked_fill(strange, 0).sum(1) / (~strange).sum(1)
        return (1 - self.smoothing) * loss - self.smoothing * even


def _allowed(log: Tensor, denied: Tensor) -> Tensor:
    return log.masked_fill(denied, -torch.inf).logsumexp(dim=1)


def rivals_by_source(
    tree: Tree, labels: int, target: npt.NDArray[np.integer], source: npt.NDArray[np.integer]
) -> npt.NDArray[np.bool_] | None:
    """Which labels each source shows, bool [S,C], of the photos' targets and sources [N]; None for a single source.

    "Anything else" belongs to every source: pictures without their subject are made of all of them.
    """
    rivals = np.zeros((int(source.max()) + 1, labels), bool)
    for row in range(len(rivals)):
        rivals[row] = tree.members[np.unique(target[source == row])].any(axis=0)
    if BACKGROUND.name in tree.names:
        rivals[:, tree.names.index(BACKGROUND.name)] = True
    return rivals if len(rivals) > 1 else None
