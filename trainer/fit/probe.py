"""Features once, then the head: the quick preset, and the start of every longer fit."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from trainer.config import FitConfig
from trainer.data.augment import whole
from trainer.data.dataset import CachedPhotos
from trainer.fit.losses import TreeLoss
from trainer.fit.network import Classifier
from trainer.progress import Progress

HEAD_RATE = 2e-3
HEAD_DECAY = 1e-2
HEAD_BATCH = 512


@torch.no_grad()
def extract_features(
    network: Classifier, photos: CachedPhotos, size: int, device: torch.device, progress: Progress
) -> Tensor:
    """Embeddings float [N,D] of whole pictures of `size` pixels and of their mirror images, averaged."""
    network.eval()
    found = []
    done = 0
    for batch in photos.in_order(64):
        pictures = whole(batch.pixels.to(device), size)
        with autocast(device, "auto"):
            embedding = network.embed(pictures) + network.embed(pictures.flip(3))
        found.append(embedding.float().cpu() / 2)
        done += len(pictures)
        progress.advance(done, len(photos))
    return torch.cat(found)


def fit_head(
    network: Classifier, features: Tensor, photos: CachedPhotos, loss: TreeLoss, config: FitConfig, seed: int
) -> None:
    """Train the head on fixed features with AdamW and a cosine rate; features are scaled to unit variance and back.

    features: float [N,D] on the CPU. The network's head is replaced in place.
    """
    torch.manual_seed(seed)
    mean, std = features.mean(0), features.std(0) + 1e-3
    scaled = (features - mean) / std
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
            logits = head(functional.dropout(scaled[chosen], network.dropout.p))
            value = (cpu_loss(logits, target[chosen]) * weight[chosen]).mean()
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
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
