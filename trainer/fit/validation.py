"""How good a network is on the validation photos, written down epoch by epoch."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from fieldguide.core.atomic import append_whole
from trainer.data.augment import whole
from trainer.data.dataset import CachedPhotos
from trainer.data.labels import Tree
from trainer.fit.probe import autocast


@torch.no_grad()
def validate(
    network: nn.Module,
    photos: CachedPhotos,
    tree: Tree,
    size: int,
    device: torch.device,
    precision: str,
    taken: Counter[tuple[int, int]] | None = None,
) -> dict[str, float]:
    """Share (0 to 1) of photos whose best label the target allows, `top1`, and the same among five, `top5`.

    `taken` counts the others: (target, label in first place).
    """
    network.eval()
    members = torch.from_numpy(tree.members)
    hits = torch.zeros(2)
    for batch in photos.in_order(64):
        pictures = whole(batch.pixels.to(device), size).contiguous(memory_format=torch.channels_last)
        with autocast(device, precision):
            logits, _ = network(pictures)
        best = logits.float().cpu().topk(min(5, logits.shape[1]), dim=1).indices
        right = members[batch.target].gather(1, best)
        hits += torch.stack([right[:, 0].sum(), right.any(1).sum()])
        if taken is not None:
            wrong = (~right[:, 0]).numpy()
            taken.update(zip(batch.target.numpy()[wrong].tolist(), best[:, 0].numpy()[wrong].tolist(), strict=True))
    return {"top1": float(hits[0]) / len(photos), "top5": float(hits[1]) / len(photos)}


@torch.no_grad()
def instability(network: nn.Module, pictures: Tensor) -> float:
    """How much the answers to pictures [K,3,S,S] differ when they are asked at once and one by one.

    The largest difference in logits and embedding, relative to values above 1, absolute below; infinite when an answer
    is no number. In float32, where a sound network differs by about 1e-5.
    """
    network.eval()
    alone = [network(picture[None]) for picture in pictures]
    worst = 0.0
    for together, each in zip(network(pictures), zip(*alone, strict=True), strict=True):
        one_by_one = torch.cat(each)
        difference = (together - one_by_one).abs() / one_by_one.abs().clamp(min=1)
        worst = max(worst, float(difference.nan_to_num(nan=torch.inf).max()))
    return worst


class Curves:
    """One line of numbers for each epoch: into `log.jsonl`, and to TensorBoard when asked for."""

    def __init__(self, log: Path, tensorboard: Path | None) -> None:
        self._log = log
        self._writer: Any = None
        if tensorboard is not None:
            from torch.utils.tensorboard import SummaryWriter  # half a second that only those pay who asked

            self._writer = SummaryWriter(str(tensorboard))

    def add(self, line: dict[str, float], epoch: int) -> None:
        """Write one line; `epoch` counts over all phases."""
        append_whole(self._log, json.dumps(line | {"time": time.time()}) + "\n")
        if self._writer is not None:
            for name in {"loss", "val_top1", "val_top5"} & line.keys():
                self._writer.add_scalar(name, line[name], epoch)

    def close(self) -> None:
        """Nothing more will come."""
        if self._writer is not None:
            self._writer.close()
