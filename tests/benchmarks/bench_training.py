"""Our fit against the torchvision reference recipe and fastai: same photos, split, network, epochs and batch. By hand:

    python -m tests.benchmarks.bench_training PHOTOS [--network resnet18] [--init pretrained] [--epochs 5] [--size 160]

Bars (DESIGN): on a GPU our photos a second are at least 90 % of the same network's on synthetic pictures that are
already in its memory, and at least 3 times those of the others; top-1 and the share of dangerous photos called by a
dangerous name are at least theirs. Seconds are those of training alone; ours include reading all photos once.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from trainer.config import DataConfig, FitConfig, NetworkConfig, Phase, RunConfig
from trainer.data.split import SplitPhoto
from trainer.export.preparation import Prepared, choose_device, complete, fit_run, prepare_run
from trainer.fit.network import Classifier, create_network
from trainer.fit.probe import autocast
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

QUIET = Progress(Style.QUIET)


@dataclass(frozen=True)
class Result:
    name: str
    seconds: float
    photos: int
    top1: float
    dangerous: float


class Photos(Dataset):
    """The photos of a split as the reference recipes read them: from their files, each time anew."""

    def __init__(self, rows: Sequence[SplitPhoto], change: transforms.Compose) -> None:
        self.rows, self.change = rows, change

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> tuple[torch.Tensor, int]:
        row = self.rows[place]
        with Image.open(row.file) as image:
            return self.change(image.convert("RGB")) * 255, row.label  # Classifier normalises by itself


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--network", default="resnet18")
    parser.add_argument("--init", default="random")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--workers", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="auto")
    asked = parser.parse_args()
    config = complete(
        RunConfig(
            device=asked.device,
            data=DataConfig(folder=asked.folder, cache_size=max(asked.size, 64)),
            network=NetworkConfig(asked.network, asked.init),
            fit=FitConfig(
                phases=(Phase(asked.epochs, asked.size),), batch_size=asked.batch_size, probe_size=asked.size
            ),
        )
    )
    device = choose_device(asked.device, Progress())
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder)).create()
        begun = time.perf_counter()
        ready = prepare_run(config, run, QUIET)
        network = fit_run(config, run, ready, QUIET, resume=False)
        results = [_judged("ours", time.perf_counter() - begun, network, config, ready, device)]
        results.append(_reference(config, ready, device, asked.workers))
        if importlib.util.find_spec("fastai"):
            results.append(_fastai(config, ready, device, asked.workers))
        else:
            print("fastai is not installed: left out")
    synthetic = _synthetic(config, len(ready.labels.taxa), device)
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(f"{card}, {asked.network}, {asked.epochs} epochs at {asked.size} px, synthetic: {synthetic:.0f} photos/s")
    for result in results:
        pace = result.photos * asked.epochs / result.seconds
        print(
            f"{result.name:12} {result.seconds:8.1f} s {pace:8.0f} photos/s ({pace / synthetic:5.1%} of synthetic)"
            f"   top-1 {result.top1:6.1%}   dangerous by a dangerous name {result.dangerous:6.1%}"
        )


def _reference(config: RunConfig, ready: Prepared, device: torch.device, workers: int) -> Result:
    """references/classification/train.py of torchvision with its defaults: SGD 0.1 a batch of 32 x 8, steps, flips."""
    size, batch = config.fit.phases[0].size, config.fit.batch_size
    change = transforms.Compose(
        [transforms.RandomResizedCrop(size), transforms.RandomHorizontalFlip(), transforms.ToTensor()]
    )
    rows = [row for row in ready.placed if row.split == "train" and row.label >= 0]
    loader = DataLoader(
        Photos(rows, change), batch, shuffle=True, num_workers=workers, pin_memory=device.type == "cuda", drop_last=True
    )
    torch.manual_seed(config.seed)
    network = create_network(config.network, len(ready.labels.taxa)).to(device)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1 * batch / 256, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, max(1, config.fit.phases[0].epochs // 3), 0.1)
    criterion = nn.CrossEntropyLoss()
    begun = time.perf_counter()
    for _ in range(config.fit.phases[0].epochs):
        network.train()
        for pictures, target in loader:
            with autocast(device, config.fit.precision):
                logits, _ = network(pictures.to(device, non_blocking=True))
            loss = criterion(logits.float(), target.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
    return _judged("torchvision", time.perf_counter() - begun, network, config, ready, device)


def _fastai(config: RunConfig, ready: Prepared, device: torch.device, workers: int) -> Result:
    """fastai's own way: aug_transforms and fine_tune at the rate that it is known for."""
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.losses import CrossEntropyLossFlat

    size = config.fit.phases[0].size
    parts = []
    for split, extra in (("train", [transforms.RandomResizedCrop(size, (0.35, 1)), transforms.RandomHorizontalFlip()]),
                         ("val", [transforms.Resize((size, size))])):  # fmt: skip
        rows = [row for row in ready.placed if row.split == split and row.label >= 0]
        change = transforms.Compose([*extra, transforms.ToTensor()])
        parts.append(DataLoader(Photos(rows, change), config.fit.batch_size, shuffle=split == "train",
                                num_workers=workers, drop_last=split == "train"))  # fmt: skip

    class Logits(nn.Module):
        def __init__(self, inside: Classifier) -> None:
            super().__init__()
            self.inside = inside

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return self.inside(pictures)[0]

    torch.manual_seed(config.seed)
    network = create_network(config.network, len(ready.labels.taxa)).to(device)
    learner = Learner(DataLoaders(*parts, device=device), Logits(network), loss_func=CrossEntropyLossFlat())
    if device.type == "cuda":
        learner = learner.to_fp16()
    begun = time.perf_counter()
    learner.fit_one_cycle(config.fit.phases[0].epochs, 1e-3)
    return _judged("fastai", time.perf_counter() - begun, network, config, ready, device)


@torch.no_grad()
def _judged(
    name: str, seconds: float, network: Classifier, config: RunConfig, ready: Prepared, device: torch.device
) -> Result:
    """Everybody's network on the same test photos, squeezed whole to the training size."""
    size = config.fit.phases[0].size
    rows = [row for row in ready.placed if row.split == "test"]
    change = transforms.Compose([transforms.Resize((size, size)), transforms.ToTensor()])
    network.eval().to(device)
    found = torch.cat([network(pictures.to(device))[0].argmax(1).cpu() for pictures, _ in
                       DataLoader(Photos(rows, change), 64)]).numpy()  # fmt: skip
    truth = np.array([row.label for row in rows])
    harmful = np.array([ready.guide.danger(taxon).harmful for taxon in ready.labels.taxa])
    dangerous = float(harmful[found[harmful[truth]]].mean()) if harmful[truth].any() else float("nan")
    taught = sum(row.split == "train" for row in ready.placed)
    return Result(name, seconds, taught, float((found == truth).mean()), dangerous)


def _synthetic(config: RunConfig, labels: int, device: torch.device) -> float:
    """Photos a second of the same network on one batch that lies in the device's memory."""
    size, batch = config.fit.phases[0].size, config.fit.batch_size
    network = create_network(config.network, labels).to(device).train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    pictures = (torch.rand(batch, 3, size, size, device=device) * 255).contiguous(memory_format=torch.channels_last)
    target = torch.randint(labels, (batch,), device=device)
    steps, begun = (100 if device.type == "cuda" else 5), 0.0
    for step in range(-2, steps):
        if step == 0:
            _finish(device)
            begun = time.perf_counter()
        with autocast(device, config.fit.precision):
            logits, _ = network(pictures)
        loss = nn.functional.cross_entropy(logits.float(), target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    _finish(device)
    return steps * batch / (time.perf_counter() - begun)


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
