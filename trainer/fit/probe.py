"""Features once, then the head: the quick preset, and the start of every longer fit.

Memory stays bounded however many photos there are, and what was looked at stays looked at: features lie in a file.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fieldguide.core.atomic import write_whole
from fieldguide.core.bounded import read_file
from trainer.config import FitConfig
from trainer.data.augment import whole
from trainer.data.dataset import CachedPhotos
from trainer.data.memmap import create_array, open_array
from trainer.fit.losses import TreeLoss
from trainer.fit.network import Classifier
from trainer.progress import Progress

HEAD_RATE = 2e-3
HEAD_DECAY = 1e-2
HEAD_BATCH = 512
BATCH = 64  # photos that are looked at together
SAVE_EVERY = 120.0  # seconds between two marks of how far the features are


@torch.no_grad()
def extract_features(
    network: Classifier,
    photos: CachedPhotos,
    size: int,
    device: torch.device,
    progress: Progress,
    file: Path,
    *,
    resume: bool = False,
) -> Tensor:
    """Embeddings float32 [N,D] of whole pictures of `size` pixels and of their mirror images, averaged.

    Mapped from `file` (.npy): the system reads them as they are needed. With `resume`, goes on with what `file` holds
    of the same photos and network, as of the last `SAVE_EVERY` seconds. `forget_features` takes the file away.
    """
    network.eval()
    shape, counted = (len(photos), network.head.in_features), _counted(file)
    done = _rows_in(file, shape) if resume else 0
    counted.unlink(missing_ok=True)
    features = np.load(file, mmap_mode="r+") if done else create_array(file, np.float32, shape)
    saved = time.monotonic()
    for at in range(done, len(photos), BATCH):
        batch = photos.batch(np.arange(at, min(at + BATCH, len(photos))))
        pictures = whole(batch.pixels.to(device), size)
        with autocast(device, "auto"):
            embedding = network.embed(pictures) + network.embed(pictures.flip(3))
        done = at + len(pictures)
        features[at:done] = (embedding.float().cpu() / 2).numpy()
        progress.advance(done, len(photos))
        if time.monotonic() - saved > SAVE_EVERY:
            features.flush()
            write_whole(counted, str(done))
            saved = time.monotonic()
    return torch.from_numpy(features)


def forget_features(file: Path) -> None:
    """Take away what `extract_features` keeps; nobody may hold its tensor any longer."""
    file.unlink(missing_ok=True)
    _counted(file).unlink(missing_ok=True)


def _rows_in(file: Path, shape: tuple[int, int]) -> int:
    """How many rows the file holds already; 0 without one, or when it was cut off."""
    try:
        done = int(read_file(_counted(file), 100))
        return done if open_array(file).shape == shape and 0 <= done <= shape[0] else 0
    except (OSError, ValueError):
        return 0


def _counted(file: Path) -> Path:
    """Tells how many rows of the features were written to the disk."""
    return file.with_suffix(".rows")


def train_head(
    network: Classifier,
    features: Tensor,
    photos: CachedPhotos,
    loss: TreeLoss,
    config: FitConfig,
    seed: int,
    progress: Progress,
) -> torch.nn.Linear:
    """A head for `network` trained with AdamW and a cosine rate; features are scaled to unit variance and back.

    features: float [N,D] on the CPU, maybe mapped from a file: read batch by batch, twice from beginning to end before.
    """
    torch.manual_seed(seed)
    mean, std = features.mean(0), features.std(0) + 1e-3
    head = torch.nn.Linear(features.shape[1], network.head.out_features)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimizer = torch.optim.AdamW(head.parameters(), lr=HEAD_RATE, weight_decay=HEAD_DECAY)
    steps = max(1, -(-len(photos) // HEAD_BATCH)) * config.probe_epochs
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    target, weight, source = (torch.from_numpy(each) for each in (photos.target, photos.weight, photos.source))
    cpu_loss = loss.to("cpu")
    for epoch in range(config.probe_epochs):
        order = photos.order(seed, epoch, config.balance != "none")
        for rows in np.array_split(order, max(1, -(-len(order) // HEAD_BATCH))):
            chosen = torch.from_numpy(rows)
            logits = head(functional.dropout((features[chosen] - mean) / std, network.dropout.p))
            value = (cpu_loss(logits, target[chosen], source[chosen]) * weight[chosen]).mean()
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
        progress.advance(epoch + 1, config.probe_epochs, f"loss {float(value.detach()):.3f}")
    with torch.no_grad():
        head.bias.sub_((head.weight * mean / std).sum(1))
        head.weight.div_(std)
    return head


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """bfloat16 where the machine computes it in hardware (or it was asked for), else float32."""
    if precision == "auto":
        fast = torch.cuda.is_bf16_supported() if device.type == "cuda" else torch.cpu._is_avx512_bf16_supported()
    else:
        fast = precision == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16, enabled=bool(fast))
