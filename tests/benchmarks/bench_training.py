"""Our fit against torchvision's reference script, timm's train.py and fastai on the same ground. By hand:

    python -m tests.benchmarks.bench_training PHOTOS --torchvision-script DIR --timm-script FILE [--init WEIGHTS]

The ground is photos, split, network and starting weights; `PHOTOS` holds one folder per label. The scripts are those
projects' own (references/classification, train.py), which are in no wheel: fetch them. What is not given, and fastai
when it is not installed, is left out. Each trainer runs in a process of its own, one after the other, and may choose
its learning rate among three by its validation photos.
`--start repaired` hands everybody the same network with padding and batch norm already put right; `as-it-comes` hands
everybody the file of weights, as a user has it; `random` starts from nothing.

Bars: top-1, the share of dangerous photos called by a dangerous name, and wall time are better than everybody's; on a
GPU our photos a second are at least 90 % of the same network's on synthetic pictures that are already in its memory,
and at least 3 times those of the others.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tests.benchmarks.training_ground import FRAMINGS, QUIET, STARTS, Ground, lay
from tests.benchmarks.training_rivals import RATES
from trainer.config import NetworkConfig
from trainer.data.split import read_split
from trainer.fit.network import create_network
from trainer.fit.probe import autocast
from trainer.pipeline.preparation import choose_device
from trainer.pipeline.wanted import EDGETPU, start_from


@dataclass(frozen=True)
class Measured:
    """One run of one trainer. Times in seconds; `told` is what its process found, see `training_rivals`."""

    name: str
    rate: float
    seed: int
    load: float
    told: dict[str, Any]

    @property
    def val(self) -> float:
        """By what a learning rate is chosen: top-1 on the validation photos, mean of both framings."""
        return sum(float(self.told["val"][framing]["top1"]) for framing in FRAMINGS) / len(FRAMINGS)


def main() -> None:
    asked = _arguments()
    scripts = {"torchvision": asked.torchvision_script, "timm": asked.timm_script}
    names = [name for name in asked.trainers.split(",") if _can_run(name.removesuffix("-float32"), scripts)]
    folders = [folder for folder in sorted(asked.photos.iterdir()) if folder.is_dir()]
    if asked.labels:
        folders = [asked.photos / name for name in asked.labels.split(",")]
    network = NetworkConfig(asked.network, "random")
    if asked.start == "repaired":
        network = start_from(network)
    with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
        ground = lay(
            Ground(
                str(Path(folder) / "ground"),
                *((), ()),
                asked.network,
                network.options,
                network.identity,
                asked.start,
                str(asked.init.resolve()) if asked.init else "",
                asked.epochs,
                asked.size,
                asked.batch_size,
                asked.workers,
                asked.device,
            ),
            folders,
        )
        taught = _tell_ground(ground)
        found: list[Measured] = []

        def run(name: str, rate: float, seed: int) -> None:
            found.append(_run(name, ground, Path(folder), scripts, rate, seed))
            if asked.out:
                asked.out.write_text(json.dumps([vars(one) for one in found]), encoding="utf-8")

        for name in names:
            for rate in _rates(name, asked.rates):
                run(name, rate, 1)
        for seed in range(2, asked.seeds + 1):  # in turn: machines are not equally fast all day
            for name in names:
                run(name, _chosen(name, found), seed)
    synthetic = _synthetic(ground)
    print(f"the same network on synthetic pictures: {synthetic:.0f} photos/s")
    for name in names:
        _tell(name, [one for one in found if one.name == name], taught * asked.epochs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--labels", default="", help="folders to take, with commas between; all when left out")
    parser.add_argument("--torchvision-script", type=Path, metavar="DIR")
    parser.add_argument("--timm-script", type=Path, metavar="FILE")
    parser.add_argument("--trainers", default=",".join(RATES), help='also "ours-float32"')
    parser.add_argument("--rates", default="", help="learning rates that are not searched, as timm=0.001,fastai=0.002")
    parser.add_argument("--network", default=EDGETPU)
    parser.add_argument("--init", type=Path, metavar="WEIGHTS")
    parser.add_argument("--start", choices=STARTS, default="repaired")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seeds", type=int, default=2, help="runs of each trainer at the rate that it chose")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--scratch", type=Path, help="where to work; a temporary folder when left out")
    parser.add_argument("--out", type=Path, metavar="JSON", help="every number of every run")
    asked = parser.parse_args()
    if asked.start != "random" and not asked.init:
        parser.error("--init is needed, or --start random")
    return asked


def _can_run(name: str, scripts: dict[str, Path | None]) -> bool:
    here = importlib.util.find_spec("fastai") is not None if name == "fastai" else scripts.get(name, Path()) is not None
    if not here:
        print(f"{name} is not here: left out")
    return here


def _tell_ground(ground: Ground) -> int:
    """Say what is compared; returns how many photos teach."""
    rows = read_split(Path(ground.root) / "split.csv")
    counts = {split: sum(row.split == split for row in rows) for split in ("train", "val", "test", "left_out")}
    dangerous = sum(row.split == "test" and ground.harmful[row.label] for row in rows)
    print(f"{len(ground.labels)} labels, {sum(ground.harmful)} of them dangerous; photos {counts}, ", end="")
    print(f"{dangerous} of the test photos dangerous; {ground.network}, start: {ground.start}, ", end="")
    print(f"{ground.epochs} epochs at {ground.size} px, batch {ground.batch}", flush=True)
    return counts["train"]


def _rates(name: str, given: str) -> tuple[float, ...]:
    """What a trainer may choose from: its list, or the one rate that was given for it."""
    told = dict(pair.split("=") for pair in given.split(",") if pair)
    return (float(told[name]),) if name in told else RATES[name.removesuffix("-float32")]


def _chosen(name: str, found: list[Measured]) -> float:
    """The rate that did best on the validation photos."""
    return max((one for one in found if (one.name, one.seed) == (name, 1)), key=lambda one: one.val).rate


def _run(name: str, ground: Ground, root: Path, scripts: dict[str, Path | None], rate: float, seed: int) -> Measured:
    load = os.getloadavg()[0]
    trainer = name.removesuffix("-float32")
    out = root / f"{name}-{rate}-{seed}"
    call = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.training_rivals", trainer, ground.root, str(out)]
    call += ["--rate", str(rate), "--seed", str(seed), "--script", str(scripts.get(trainer) or "")]
    call += ["--precision", "float32" if trainer != name else "auto"]
    with (root / f"{name}.log").open("w") as log:
        done = subprocess.run([*call, "--begun", str(time.time())], stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{(root / f'{name}.log').read_text()[-3000:]}")
    measured = Measured(name, rate, seed, load, json.loads((out / "result.json").read_text(encoding="utf-8")))
    print(f"{name} rate {rate} seed {seed}: val {measured.val:.1%}, {json.dumps(measured.told)}", flush=True)
    return measured


def _tell(name: str, runs: list[Measured], passes: int) -> None:
    """The mean over the seeds at the chosen rate."""
    best = _chosen(name, runs)
    chosen = [one for one in runs if one.rate == best]

    def mean(*path: str) -> float:
        total = 0.0
        for one in chosen:
            value: Any = one.told
            for key in path:
                value = value[key]
            total += float(value)
        return total / len(chosen)

    pace, load = passes / mean("training"), max(one.load for one in chosen)
    print(f"{name:14} rate {best:<6} training {mean('training'):6.1f} s ({pace:4.0f} photos/s), ", end="")
    print(f"whole command {mean('whole'):6.1f} s, processor {mean('processor'):6.1f} s, ", end="")
    print(f"load before {load:.1f}; {len(chosen)} seeds")
    for framing in FRAMINGS:
        scores = {key: mean("test", framing, key) for key in ("top1", "dangerous", "false_alarm")}
        print(f"    {framing:7}" + "   ".join(f"{key} {value:6.1%}" for key, value in scores.items()))


def _synthetic(ground: Ground) -> float:
    """Photos a second of the same network on one batch that lies in the device's memory."""
    device = choose_device(ground.device, QUIET)
    network = create_network(
        NetworkConfig(ground.network, "random", ground.options, ground.identity), len(ground.labels)
    )
    network = network.to(device).train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    size, batch = ground.size, ground.batch
    pictures = (torch.rand(batch, 3, size, size, device=device) * 255).contiguous(memory_format=torch.channels_last)
    target = torch.randint(len(ground.labels), (batch,), device=device)
    steps, begun = (100 if device.type == "cuda" else 20), 0.0
    for step in range(-3, steps):
        if step == 0:
            _finish(device)
            begun = time.perf_counter()
        with autocast(device, "auto"):
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
