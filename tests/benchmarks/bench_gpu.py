"""Everything that only a GPU can show, in ten minutes: `python -m tests.benchmarks.bench_gpu [FOLDER]`.

Photos are drawn when no FOLDER (a folder of photos per label) is given. Prints rows for docs/benchmarks.md: photos/s of
the trainer, of the same network on pictures already in device memory, and of the loops of torchvision, timm and fastai;
a batch too large for the memory; the application on the card and on the processor; a card that is full or hidden.
`--device cpu --small` runs the same lines without a card, to try the script: its numbers mean nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from fieldguide.core.guide import load_guide
from fieldguide.core.resources import resource
from fieldguide.inference.runtime import Runtime
from tests.helpers.photo_folders import make_photo_folders
from trainer.config import DataConfig, FitConfig, NetworkConfig, Phase, RunConfig
from trainer.data.augment import Augment
from trainer.fit import schedule
from trainer.fit.feed import open_feed
from trainer.fit.loop import Fit, seeded
from trainer.fit.network import create_network
from trainer.fit.probe import autocast
from trainer.fit.step import Stepper
from trainer.pipeline.preparation import open_fit, prepare_run
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Amanita_phalloides", "Boletus_edulis", "Cantharellus_cibarius"]
IN_A_PROCESS = """
import sys
from pathlib import Path
from fieldguide.inference.runtime import Runtime
runtime = Runtime.load(Path(sys.argv[1]), device="cuda")
print(runtime.device, "|", runtime.note)
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every loop gets. `steps` are measured after `warm` others; `photos` is a folder of photos per label."""

    device: torch.device
    photos: Path
    network: NetworkConfig
    size: int
    batch: int
    warm: int
    steps: int

    def wait(self) -> None:
        """Until the device has done all that it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def measure(ground: Ground, step: Callable[[Any], None], batches: Iterable[Any]) -> float:
    """Photos a second over `ground.steps` steps."""
    feed, began = iter(batches), 0.0
    for number in range(ground.warm + ground.steps):
        if number == ground.warm:
            ground.wait()
            began = time.perf_counter()
        step(next(feed))
    ground.wait()
    return ground.steps * ground.batch / (time.perf_counter() - began)


def open_trainer(ground: Ground, folder: Path, style: Style = Style.QUIET) -> Fit:
    """Photos scanned and split, network on the device: as `fieldguide-train run` has it before the first step."""
    fit = FitConfig(phases=(Phase(1, ground.size, "all"),), batch_size=ground.batch)
    data = DataConfig(folders=(str(ground.photos),), cache_size=ground.size)
    config = complete(RunConfig(device=ground.device.type, data=data, network=ground.network, fit=fit))
    run = RunFolder(folder).create()
    progress = Progress(style)
    return open_fit(config, run, prepare_run(config, run, load_guide(), Progress(Style.QUIET)), progress)


def trainer_loop(ground: Ground, fit: Fit, batch: int) -> tuple[Stepper, Callable[[Any], None], Iterator[Any]]:
    """The trainer's own step and feed, epoch after epoch."""
    config, network = replace(fit.config.fit, batch_size=batch), fit.network
    network.to(memory_format=torch.channels_last)
    learning = schedule.learning_stages(network, "all", config.freeze_stages)
    schedule.set_learning(network, learning, train_norms=True)
    optimizer = schedule.create_optimizer(network, learning, config, 0, 0)
    loss = fit.loss().to(ground.device)
    stepper = Stepper(loss, config, ground.device, fit.progress)
    stepper.model = network
    augment = Augment.of(ground.size, config.augment)

    def order() -> Iterator[Any]:
        epoch = 0
        while True:
            one = fit.train.order(0, epoch, balanced=True)
            yield from (one[at : at + batch] for at in range(0, len(one) - batch + 1, batch))
            epoch += 1

    feed = open_feed(fit.train, ground.device, fit.progress)
    wanted = order()
    count = ground.warm + ground.steps
    batches = iter(feed.batches([next(wanted) for _ in range(count)]))
    return stepper, lambda each: _discard(stepper(each, augment, optimizer, seeded(fit, 0, 0, 0))), batches


def bare_step(ground: Ground) -> Callable[[tuple[Tensor, Tensor]], None]:
    """The same network and optimizer, without anything around them."""
    network = create_network(ground.network, len(LABELS)).to(ground.device, memory_format=torch.channels_last)
    network.train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)

    def step(batch: tuple[Tensor, Tensor]) -> None:
        pictures, targets = batch
        optimizer.zero_grad(set_to_none=True)
        with autocast(ground.device, "auto"):
            logits, _ = network(pictures)
        functional.cross_entropy(logits.float(), targets).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()

    return step


def synthetic(ground: Ground) -> Iterator[tuple[Tensor, Tensor]]:
    """One batch that lies in device memory, for ever."""
    shape = (ground.batch, 3, ground.size, ground.size)
    pictures = torch.rand(shape, device=ground.device).mul(255).contiguous(memory_format=torch.channels_last)
    targets = torch.arange(ground.batch, device=ground.device) % len(LABELS)
    while True:
        yield pictures, targets


def torchvision_loader(ground: Ground) -> Iterator[tuple[Tensor, Tensor]]:
    """The transforms and the loader of torchvision's references/classification/train.py."""
    change = transforms.Compose(
        [
            transforms.RandomResizedCrop(ground.size),
            transforms.RandomHorizontalFlip(),
            transforms.TrivialAugmentWide(),
            transforms.PILToTensor(),
        ]
    )
    loader = DataLoader(
        datasets.ImageFolder(str(ground.photos), change),
        ground.batch,
        shuffle=True,
        drop_last=True,
        num_workers=_workers(ground),
        pin_memory=ground.device.type == "cuda",
        persistent_workers=_workers(ground) > 0,
    )
    return _sent(ground, _again(loader))


def timm_loader(ground: Ground) -> Iterator[tuple[Tensor, Tensor]]:
    """The loader of timm's train.py, which puts pictures on the device itself."""
    from timm.data import create_loader

    data = datasets.ImageFolder(str(ground.photos))
    shape, on_a_card = (3, ground.size, ground.size), ground.device.type == "cuda"
    loader = create_loader(
        data,
        shape,
        ground.batch,
        is_training=True,
        auto_augment="rand-m9-mstd0.5-inc1",
        num_workers=_workers(ground),
        use_prefetcher=on_a_card,
        device=ground.device,
        persistent_workers=_workers(ground) > 0,
    )
    return _sent(ground, _again(loader))


def fastai_rate(ground: Ground) -> float:
    """fastai's own loop with its usual augmentation; validation left out."""
    vision: Any = import_module("fastai.vision.all")
    loaders = vision.ImageDataLoaders.from_folder(
        ground.photos,
        valid_pct=0.01,
        item_tfms=vision.RandomResizedCrop(ground.size),
        batch_tfms=vision.aug_transforms(),
        bs=ground.batch,
        device=ground.device,
    )
    network = nn.Sequential(create_network(ground.network, len(LABELS)).backbone, nn.LazyLinear(len(LABELS)))
    network(torch.zeros(2, 3, ground.size, ground.size))
    learner = vision.Learner(loaders, network, loss_func=nn.CrossEntropyLoss())
    learner = learner.to_fp16() if ground.device.type == "cuda" else learner
    with learner.no_bar(), learner.no_logging():
        learner.fit(1)  # warms up
        ground.wait()
        began = time.perf_counter()
        learner.fit(1)
        ground.wait()
    return float(len(loaders.train) * ground.batch / (time.perf_counter() - began))


def too_large_a_batch(ground: Ground, folder: Path) -> str:
    """Whether a batch that the memory does not hold goes through in parts."""
    if ground.device.type != "cuda":
        return "- (only a card runs out of memory like this)"
    with _filled(ground, leave=2**30):
        fit = open_trainer(ground, folder, Style.PERSON)
        stepper, step, batches = trainer_loop(replace(ground, warm=0, steps=3), fit, min(2048, len(fit.train)))
        for each in batches:
            step(each)
    return f"went on in {stepper.parts} parts of a batch" if stepper.parts > 1 else "the memory held it: nothing shown"


def application(ground: Ground) -> str:
    """The starter on the device and on the processor, asked the same."""
    starter = resource("model", "starter.fieldguide")
    here, there = Runtime.load(starter, device="cpu"), Runtime.load(starter, device=ground.device.type)
    size = here.manifest.input.size
    pictures = np.random.default_rng(5).integers(0, 256, (16, 3, size, size), dtype=np.uint8)
    one, other = here.run(pictures)[0], there.run(pictures)[0]
    differs = float((np.abs(one - other) / np.maximum(1, np.abs(one))).max())
    same = int((one.argmax(1) == other.argmax(1)).sum())
    began = time.perf_counter()
    there.run(pictures)
    took = 1000 * (time.perf_counter() - began) / len(pictures)
    said = f"on {there.device}: {same} of 16 first names alike, answers differ by {differs:.1e}, {took:.1f} ms a photo"
    return f"{said}, {there.note}" if there.note else said


def full_card(ground: Ground) -> str:
    """The application when another program has taken the card's memory."""
    if ground.device.type != "cuda":
        return "-"
    runtime = Runtime.load(resource("model", "starter.fieldguide"), device="cuda")
    size = runtime.manifest.input.size
    with _filled(ground, leave=2**20):
        runtime.run(np.zeros((64, 3, size, size), dtype=np.uint8))
    return f"answered on {runtime.device}: {runtime.note}"


def hidden_card() -> str:
    """The application when the card that was asked for is gone at the next start."""
    call = [sys.executable, "-c", IN_A_PROCESS, str(resource("model", "starter.fieldguide"))]
    hidden = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    return subprocess.run(call, env=hidden, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def _filled(ground: Ground, leave: int) -> Iterator[None]:
    """The device's memory but `leave` bytes is taken."""
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(ground.device)
    taken = torch.empty(max(0, free - leave), dtype=torch.uint8, device=ground.device)
    try:
        yield
    finally:
        del taken
        torch.cuda.empty_cache()


def _sent(ground: Ground, batches: Iterable[Any]) -> Iterator[tuple[Tensor, Tensor]]:
    for pictures, targets in batches:
        pictures = pictures.to(ground.device, non_blocking=True, memory_format=torch.channels_last)
        yield pictures, targets.to(ground.device, non_blocking=True)


def _again(loader: Iterable[Any]) -> Iterator[Any]:
    while True:
        yield from loader


def _workers(ground: Ground) -> int:
    return (os.cpu_count() or 1) if ground.device.type == "cuda" else 0


def _discard(_: object) -> None:
    return


def _times(ours: float, theirs: float) -> str:
    return f"ours {ours / theirs:.1f} times as fast (bar: 3)"


def rows(ground: Ground, folder: Path) -> Iterator[tuple[str, str]]:
    """Each row as soon as it is measured."""
    bare = measure(ground, bare_step(ground), synthetic(ground))
    yield "pictures that lie in device memory", f"{bare:.0f} photos/s | 1"
    fit = open_trainer(ground, folder / "run")
    _, step, batches = trainer_loop(ground, fit, ground.batch)
    ours = measure(ground, step, batches)
    yield "the trainer", f"{ours:.0f} photos/s | {ours / bare:.2f} (bar: at least 0.9)"
    del fit, step, batches
    for name, loader in (("torchvision", torchvision_loader), ("timm", timm_loader)):
        theirs = measure(ground, bare_step(ground), loader(ground))
        yield f"loader of {name}, the same step", f"{theirs:.0f} photos/s | {_times(ours, theirs)}"
    if find_spec("fastai"):
        theirs = fastai_rate(ground)
        yield "fastai", f"{theirs:.0f} photos/s | {_times(ours, theirs)}"
    else:
        yield "fastai", "- (not installed)"
    yield "a batch that the memory does not hold", too_large_a_batch(ground, folder / "large")
    yield "the application, card and processor", application(ground)
    yield "the application, card full", full_card(ground)
    yield "the application, card gone", hidden_card()


def main(words: list[str] | None = None) -> int:
    """Print the table; 1 where there is no card and none was waived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of photos per label; drawn when none is given")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--small", action="store_true", help="a tiny network and few steps: tries the script")
    said = parser.parse_args(words)
    if said.device == "cuda" and not torch.cuda.is_available():
        print("No GPU here: nothing was measured. --device cpu --small tries the script.", file=sys.stderr)
        return 1
    name = "test_resnet" if said.small else "resnet50"
    measures = {"size": 32, "batch": 4, "warm": 1, "steps": 2} if said.small else {}
    usual = {"size": 224, "batch": 128, "warm": 10, "steps": 60}
    with TemporaryDirectory() as made:
        folder = Path(made)
        photos = said.folder or make_photo_folders(folder / "photos", LABELS, 8 if said.small else 1000)
        network = NetworkConfig(name=name, init="random")
        ground = Ground(torch.device(said.device), photos, network, **usual | measures)
        card = torch.cuda.get_device_name() if said.device == "cuda" else "processor"
        print(f"{card}, torch {torch.__version__}, {name}, {ground.size} px, batches of {ground.batch}", flush=True)
        for what, found in rows(ground, folder):
            print(f"| {what} | {found} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
