"""Features once, then the head: the quick preset, and the start of every longer fit.

Memory stays bounded however many photos there are: a table of features that is too large for it lies in a file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from trainer.config import FitConfig
from trainer.data.augment import whole
from trainer.data.dataset import CachedPhotos
from trainer.data.memmap import create_array
from trainer.fit.losses import TreeLoss
from trainer.fit.network import Classifier
from trainer.progress import Progress

HEAD_RATE = 2e-3
HEAD_DECAY = 1e-2
HEAD_BATCH = 512
HELD = 2**28  # bytes of features that are held in memory; a million photos have twenty times as many


@torch.no_grad()
def extract_features(
    network: Classifier, photos: CachedPhotos, size: int, device: torch.device, progress: Progress, file: Path
) -> Tensor:
    """Embeddings float32 [N,D] of whole pictures of `size` pixels and of their mirror images, averaged.

    Mapped from `file` (.npy, written anew) when they take more than `HELD` bytes: the same numbers, which the system
    reads as they are needed. The file is no longer needed once the tensor is not.
    """
    network.eval()
    features = _table(len(photos), network.head.in_features, file)
    done = 0
    for batch in photos.in_order(64):
        pictures = whole(batch.pixels.to(device), size)
        with autocast(device, "auto"):
            embedding = network.embed(pictures) + network.embed(pictures.flip(3))
        features[done : done + len(pictures)] = embedding.float().cpu() / 2
        done += len(pictures)
        progress.advance(done, len(photos))
    return features


def _table(rows: int, width: int, file: Path) -> Tensor:
    """Room for float32 [rows,width]: in memory, or in a file when it is too large."""
    if rows * width * 4 <= HELD:
        return torch.empty(rows, width)
    return torch.from_numpy(create_array(file, np.float32, (rows, width)))


def fit_head(
    network: Classifier,
    features: Tensor,
    photos: CachedPhotos,
    loss: TreeLoss,
    config: FitConfig,
    seed: int,
    progress: Progress,
) -> None:
    """Train the head on fixed features with AdamW and a cosine rate; features are scaled to unit variance and back.

    features: float [N,D] on the CPU, maybe mapped from a file: read batch by batch, twice from beginning to end before.
    The network's head is replaced in place.
    """
    torch.manual_seed(seed)
    mean, std = features.mean(0), features.std(0) + 1e-3
    head = torch.nn.Linear(features.shape[1], network.head.out_features)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimizer = torch.optim.AdamW(head.parameters(), lr=HEAD_RATE, weight_decay=HEAD_DECAY)
    steps = max(1, -(-len(photos) // HEAD_BATCH)) * config.probe_epochs
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    target, weight = torch.from_numpy(photos.target), torch.from_numpy(photos.weight)
    cpu_loss = loss.to("cpu")
    for epoch in range(config.probe_epochs):
        order = photos.order(seed, epoch, config.balance != "none")
        for rows in np.array_split(order, max(1, -(-len(order) // HEAD_BATCH))):
            chosen = torch.from_numpy(rows)
            logits = head(functional.dropout((features[chosen] - mean) / std, network.dropout.p))
            value = (cpu_loss(logits, target[chosen]) * weight[chosen]).mean()
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
        progress.advance(epoch + 1, config.probe_epochs, f"loss {float(value.detach()):.3f}")
    with torch.no_grad():
        network.head.weight.copy_(head.weight / std)
        network.head.bias.copy_(head.bias - (head.weight * mean / std).sum(1))


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """bfloat16 where the machine computes it in hardware (or it was asked for), else float32."""
    if precision == "auto":
        fast = torch.cuda.is_bf16_supported() if device.type == "cuda" else torch.cpu._is_avx512_bf16_supported()
    else:
        fast = precision == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16, enabled=bool(fast))
