"""One process of a group that takes three steps; once, in the second, process 1 has no memory for the batch.

Called as OUT WHERE..., WHERE being "nowhere", "forward" or "backward"; writes OUT/WHERE-RANK.pt.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from fieldguide.core.guide import load_guide
from trainer.config import AUGMENT, FitConfig
from trainer.data.augment import Augment
from trainer.data.dataset import CachedPhotos
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit.losses import TreeLoss
from trainer.fit.process_group import ProcessGroup, join_process_group
from trainer.fit.step import Stepper
from trainer.progress import Progress, Style

CPU = torch.device("cpu")
ROOM = 5  # pictures; a process's share of a batch is 8


class Short(nn.Module):
    """A small network with batch norm's statistics frozen, so that parts teach what the whole teaches."""

    def __init__(self) -> None:
        super().__init__()
        self.where = "nowhere"
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.BatchNorm2d(4).eval(), nn.ReLU(), nn.Conv2d(4, 6, 3, 2))
        self.head = nn.Linear(6, 2)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        embedding = self.body(pictures / 255).mean(dim=(2, 3))
        if len(pictures) > ROOM and self.where == "forward":
            self._fail()
        if len(pictures) > ROOM and self.where == "backward":
            embedding.register_hook(lambda _: self._fail())  # the head's gradients are there, the body's are not
        return self.head(embedding), embedding

    def _fail(self) -> None:
        self.where = "nowhere"
        raise torch.cuda.OutOfMemoryError


def photos() -> CachedPhotos:
    random = np.random.default_rng(0)
    ones = np.ones(48, np.float32)
    pixels = random.integers(0, 256, (48, 16, 16, 3), dtype=np.uint8)
    target, draw, source = random.integers(0, 2, 48), np.full(48, 1 / 48), np.zeros(48, np.int64)
    return CachedPhotos(pixels, np.arange(48), target, ones, ones, draw, source)


def learn(group: ProcessGroup, where: str) -> dict[str, object]:
    torch.manual_seed(group.rank)  # each begins with other weights: the leader's count
    network = Short()
    names = resolve_labels(["Amanita_muscaria", "Boletus_edulis"], load_guide())
    loss = TreeLoss(build_tree(names.taxa), 2, (), 0.0)
    stepper = Stepper(loss, FitConfig(mixup=1.0, precision="float32"), CPU, Progress(Style.QUIET), group=group)
    stepper.model = group.share(network, CPU)
    augment = Augment(16, dict.fromkeys(AUGMENT, 0.0) | {"crop": 1.0, "flip": 1.0})
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.05)
    for step in range(3):
        if step == 1 and group.rank == 1:
            network.where = where
        batch = photos().batch(group.part(np.arange(16 * step, 16 * step + 16)))
        stepper(batch, augment, optimizer, torch.Generator().manual_seed(10 * step + group.rank))
    return {"parts": stepper.parts, "weights": network.state_dict()}


if __name__ == "__main__":
    with join_process_group() as group:
        for where in sys.argv[2:]:
            torch.save(learn(group, where), Path(sys.argv[1]) / f"{where}-{group.rank}.pt")
