"""One trainer, once, in a process of its own: `python -m tests.benchmarks.training_rivals NAME GROUND OUT [options]`.

torchvision's and timm's are their own scripts, read from where the caller has them; fastai is the library itself.
Each gets the settings that its makers advise for fine-tuning. The clock of "training" runs from the first batch to the
end of the last validation (ours: with the features and the head that it begins with), that of "whole" from the start
of the process until the trained network is there, and "processor" is the processor time of its work, its loaders
included, which other programs disturb less. Judging comes after all three.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from fieldguide.core.guide import load_guide
from tests.benchmarks.training_ground import MEAN, QUIET, STD, Ground, Plain, judge, read_ground, start_network
from trainer.config import Phase
from trainer.pipeline.preparation import choose_device, fit_run, prepare_run
from trainer.run_folder import RunFolder

RATES = {
    "ours": (1e-3,),  # the preset's own
    "torchvision": (0.0005, 0.001, 0.0025),  # from scratch it takes 0.1: far too much here
    "timm": (1e-4, 3e-4, 1e-3),
    "fastai": (1e-2, 2e-2, 4e-2),  # fine_tune's own default, 0.002, did less well
}
"""Peak learning rates that a trainer may choose from by its validation photos."""


@dataclass
class Clock:
    """Time spent in functions of somebody else's script: from the first call of any to the last return."""

    begun: float = 0.0
    ended: float = 0.0
    seconds: float = field(init=False, default=0.0)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*values: Any, **named: Any) -> Any:
            self.begun = self.begun or time.perf_counter()
            found = function(*values, **named)
            self.ended = time.perf_counter()
            self.seconds = self.ended - self.begun
            return found

        return timed


@dataclass(frozen=True)
class Task:
    """What one process is asked for."""

    ground: Ground
    out: Path
    rate: float
    seed: int
    script: Path
    precision: str
    clock: Clock

    @property
    def on_gpu(self) -> bool:
        return choose_device(self.ground.device, QUIET).type == "cuda"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=TRAINERS)
    parser.add_argument("ground", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--script", type=Path, default=Path())
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--begun", type=float, default=time.time(), help="when the process was started, seconds")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True)
    torch.manual_seed(asked.seed)
    task = Task(
        read_ground(asked.ground), asked.out, asked.rate, asked.seed, asked.script.resolve(), asked.precision, Clock()
    )
    network = TRAINERS[asked.name](task)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told: dict[str, Any] = {
        "training": task.clock.seconds,
        "whole": time.time() - asked.begun,
        "processor": sum(one.ru_utime + one.ru_stime for one in used),
    }
    told |= {split: judge(network, task.ground, split) for split in ("val", "test")}
    (asked.out / "result.json").write_text(json.dumps(told), encoding="utf-8")


def ours(task: Task) -> nn.Module:
    """Our fit with its defaults; reads the photos, looks for copies, then trains. The split is the frozen one."""
    run = RunFolder(task.out / "run").create()
    run.split.write_bytes((Path(task.ground.root) / "split.csv").read_bytes())
    config = task.ground.run_config
    phases = tuple(Phase(p.epochs, p.size, p.trainable, task.rate) for p in config.fit.phases)
    config = replace(config, seed=task.seed, fit=replace(config.fit, phases=phases, precision=task.precision))
    ready = prepare_run(config, run, load_guide(), QUIET)
    return Plain(task.clock.around(fit_run)(config, run, ready, QUIET, resume=False))


def torchvision(task: Task) -> nn.Module:
    """torchvision's references/classification/train.py: SGD, its random crops and flips; with the cosine rate and label
    smoothing of its newer recipe, since its default lowers the rate only after 30 epochs."""
    import torchvision as library

    sys.path.insert(0, str(task.script))
    script = _script(task.script / "train.py", task.clock, "train_one_epoch", "evaluate")
    network = Plain(start_network(task.ground))
    library.models.__dict__["given"] = lambda **_: network
    ground = task.ground
    given = [
        *("--data-path", f"{ground.root}/tree", "--output-dir", str(task.out), "--model", "given"),
        *("--device", "cuda" if task.on_gpu else "cpu", "--workers", str(ground.workers)),
        *("--batch-size", str(ground.batch), "--epochs", str(ground.epochs), "--lr", str(task.rate)),
        *("--lr-scheduler", "cosineannealinglr", "--label-smoothing", "0.1"),
        *("--train-crop-size", str(ground.size), "--val-crop-size", str(ground.size)),
        *("--val-resize-size", str(round(ground.size * 8 / 7))),
        *(["--amp"] if task.on_gpu else []),  # its mixed precision is for GPUs alone
    ]
    script.main(script.get_args_parser().parse_args(given))
    network.load_state_dict(torch.load(task.out / "checkpoint.pth", weights_only=False, map_location="cpu")["model"])
    return network


def timm(task: Task) -> nn.Module:
    """timm's train.py: AdamW, cosine rate by step after one epoch of warm-up, colour jitter, label smoothing, mixed
    precision and channels last; random crops of at least 30 % of the picture, as ours, instead of 8 %."""
    script = _script(task.script, task.clock, "train_one_epoch", "validate")
    network = Plain(start_network(task.ground))
    script.create_model = lambda *_, **__: network  # type: ignore[attr-defined]
    if not task.on_gpu:  # it takes a GPU for granted, and its validation waits for it
        script.parser.set_defaults(device="cpu")
        torch.cuda.synchronize = lambda *_: None
    ground = task.ground
    fast = task.precision != "float32" and (task.on_gpu or torch.cpu._is_avx512_bf16_supported())
    sys.argv = [
        "train.py",
        *("--data-dir", f"{ground.root}/tree", "--train-split", "train", "--val-split", "val"),
        *("--output", str(task.out), "--experiment", "timm", "--checkpoint-hist", "1"),
        *("--model", ground.network, "--num-classes", str(len(ground.labels)), "--seed", str(task.seed)),
        *("--input-size", "3", str(ground.size), str(ground.size), "--crop-pct", "0.875"),
        *("--mean", *map(str, MEAN), "--std", *map(str, STD), "--interpolation", "bicubic"),
        *("--batch-size", str(ground.batch), "--epochs", str(ground.epochs), "--workers", str(ground.workers)),
        *("--opt", "adamw", "--weight-decay", "0.05", "--lr", str(task.rate)),
        *("--sched", "cosine", "--sched-on-updates", "--warmup-epochs", "1", "--scale", "0.3", "1.0"),
        *("--channels-last", *(["--amp", "--amp-dtype", "bfloat16"] if fast else [])),
    ]
    script.main()
    best = torch.load(task.out / "timm" / "model_best.pth.tar", weights_only=False, map_location="cpu")
    network.load_state_dict(best["state_dict"])
    return network


def fastai(task: Task) -> nn.Module:
    """fastai's vision_learner and fine_tune with their defaults: its head, one epoch of the head alone, then all layers
    at discriminative one-cycle rates; presizing and aug_transforms. Mixed precision where it has it, on a GPU."""
    from fastai.vision.all import ImageDataLoaders, Normalize, Resize, aug_transforms, set_seed, vision_learner

    ground = task.ground
    set_seed(task.seed)
    plain = Plain(start_network(ground))

    class Features(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.plain = plain

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            classifier = self.plain.inside
            backbone: Any = classifier.backbone
            return backbone.forward_features((self.plain.pixels(pictures) - classifier.mean) / classifier.std)

    plain.inside.head = nn.Identity()  # type: ignore[assignment]  # fastai brings its own

    def arch(pretrained: bool) -> nn.Module:
        return nn.Sequential(Features(), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    loaders = ImageDataLoaders.from_folder(
        Path(ground.root) / "tree",
        train="train",
        valid="val",
        bs=ground.batch,
        num_workers=ground.workers,
        item_tfms=Resize(2 * ground.size),
        batch_tfms=[*aug_transforms(size=ground.size, min_scale=0.75), Normalize.from_stats(MEAN, STD)],
        device=torch.device("cuda" if task.on_gpu else "cpu"),
    )
    learner = vision_learner(loaders, arch, normalize=False, pretrained=ground.start != "random")
    if task.on_gpu:
        learner = learner.to_fp16()
    with learner.no_bar(), learner.no_logging():
        if ground.start == "random":
            task.clock.around(learner.fit_one_cycle)(ground.epochs, task.rate)
        else:
            task.clock.around(learner.fine_tune)(ground.epochs, task.rate)
    found: nn.Module = learner.model
    return found


def _script(file: Path, clock: Clock, *timed: str) -> ModuleType:
    """Somebody's script as a module, its functions of these names on the clock."""
    spec = importlib.util.spec_from_file_location("rival_script", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for name in timed:
        setattr(module, name, clock.around(getattr(module, name)))
    return module


TRAINERS: dict[str, Callable[[Task], nn.Module]] = {
    "ours": ours,
    "torchvision": torchvision,
    "timm": timm,
    "fastai": fastai,
}

if __name__ == "__main__":
    main()
