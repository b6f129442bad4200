"""The same ground for every trainer: photos, frozen split, starting weights, and one judge. Knows no trainer's ways.

The folder of a comparison holds `ground.json` (this record), `photos/LABEL/` and `tree/{train,val}/LABEL/` (links to
the photos), `split.csv` and `start.pt` (the weights that everybody starts from). Photos that the audit knows under
several labels are left out for everybody, since other trainers want one label a photo.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from fieldguide.core.guide import load_guide
from fieldguide.core.photo import read_photo
from trainer.config import DataConfig, FitConfig, NetworkConfig, Phase, RunConfig
from trainer.data.dataset import open_split
from trainer.data.split import LEFT_OUT, SplitPhoto, read_split, write_split
from trainer.fit import batchnorm
from trainer.fit.network import Classifier, create_network
from trainer.pipeline.preparation import Prepared, prepare_run
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

QUIET = Progress(Style.QUIET)
FRACTIONS = (0.6, 0.1, 0.0, 0.3)  # train, val, calibration, test: a large test split, since differences are small
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, which other trainers normalise by
STARTS = ("repaired", "as-it-comes", "random")


@dataclass(frozen=True)
class Ground:
    """What everybody gets. Sizes in pixels; `harmful` says it of each label; `root` is the comparison's folder."""

    root: str
    labels: tuple[str, ...]
    harmful: tuple[bool, ...]
    network: str
    options: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    start: str = "repaired"
    init: str = ""
    epochs: int = 5
    size: int = 128
    batch: int = 32
    workers: int = 2
    device: str = "auto"

    @property
    def run_config(self) -> RunConfig:
        """Our trainer's own defaults on this ground: one phase for the whole network, nothing else changed."""
        mend = self.start == "as-it-comes"  # our trainer knows by itself what these weights need
        network = (
            NetworkConfig(self.network, self.init)
            if mend
            else NetworkConfig(self.network, str(Path(self.root) / "start.pt"), self.options, self.identity)
        )
        scratch = self.start == "random"
        return complete(
            RunConfig(
                device=self.device,
                data=DataConfig(folders=(str(Path(self.root) / "photos"),), fractions=FRACTIONS),
                network=network,
                fit=FitConfig(
                    phases=(Phase(self.epochs, self.size, learning_rate=2e-3 if scratch else 1e-3),),
                    backbone_scale=1.0 if scratch else FitConfig().backbone_scale,
                    batch_size=self.batch,
                    probe_size=self.size,
                ),
            )
        )


class Plain(nn.Module):
    """The network as other trainers want it: takes pictures normalised by ImageNet's numbers, gives logits alone."""

    scale: Tensor
    shift: Tensor

    def __init__(self, inside: Classifier) -> None:
        super().__init__()
        self.inside = inside
        self.register_buffer("scale", torch.tensor(STD).view(1, 3, 1, 1) * 255)
        self.register_buffer("shift", torch.tensor(MEAN).view(1, 3, 1, 1) * 255)

    def pixels(self, pictures: Tensor) -> Tensor:
        """Back to 0..255, which the network normalises as its weights want it."""
        return pictures * self.scale + self.shift

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.inside(self.pixels(pictures))[0]
        return logits


def lay(ground: Ground, folders: Sequence[Path]) -> Ground:
    """Link the photos, freeze the split, write tree and starting weights; returns the ground with its labels."""
    root = Path(ground.root)
    for folder in folders:
        (root / "photos" / folder.name).mkdir(parents=True)
        for photo in sorted(folder.iterdir()):
            (root / "photos" / folder.name / photo.name).symlink_to(photo.resolve())
    run = RunFolder(root / "scan").create()
    config = replace(ground.run_config, seed=1)
    ready = prepare_run(config, run, load_guide(), QUIET)
    rows = [replace(row, split=LEFT_OUT) if row.target >= len(ready.labels.taxa) else row for row in ready.placed]
    write_split(root / "split.csv", rows)
    for row in rows:
        if row.split in ("train", "val"):
            place = root / "tree" / row.split / f"{row.label:03d}_{Path(row.file).parent.name}"
            place.mkdir(parents=True, exist_ok=True)
            (place / Path(row.file).name).symlink_to(Path(row.file).resolve())
    guide = load_guide()
    ground = replace(
        ground,
        labels=tuple(taxon.name for taxon in ready.labels.taxa),
        harmful=tuple(guide.danger(taxon).harmful for taxon in ready.labels.taxa),
    )
    _write_start(ground, run, ready, rows)
    (root / "ground.json").write_text(json.dumps(asdict(ground)), encoding="utf-8")
    return ground


def read_ground(root: Path) -> Ground:
    """What `lay` wrote."""
    told: dict[str, Any] = json.loads((root / "ground.json").read_text(encoding="utf-8"))
    return Ground(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


def start_network(ground: Ground) -> Classifier:
    """The network of the comparison with the starting weights and a fresh head."""
    network = create_network(
        NetworkConfig(ground.network, "random", ground.options, ground.identity), len(ground.labels)
    )
    network.backbone.load_state_dict(torch.load(Path(ground.root) / "start.pt", weights_only=True))
    return network


def _write_start(ground: Ground, run: RunFolder, ready: Prepared, rows: list[SplitPhoto]) -> None:
    torch.manual_seed(1)
    init = "random" if ground.start == "random" else ground.init
    network = create_network(NetworkConfig(ground.network, init, ground.options, ground.identity), len(ground.labels))
    if ground.start == "repaired" and batchnorm.is_folded(network):
        photos = open_split("train", run, ready.photos, rows, ready.labels.taxa, ready.guide, ground.run_config)
        few = torch.linspace(0, len(photos) - 1, min(512, len(photos))).long().numpy()
        size = (ground.size, ground.size)
        batchnorm.restore(
            network,
            (
                nn.functional.interpolate(
                    photos.batch(few[at : at + 32]).pixels.permute(0, 3, 1, 2).float(), size, mode="area"
                )
                for at in range(0, len(few), 32)
            ),
        )
    torch.save(network.backbone.state_dict(), Path(ground.root) / "start.pt")


FRAMINGS = ("whole", "centre")


@torch.no_grad()
def judge(network: nn.Module, ground: Ground, split: str) -> dict[str, dict[str, float]]:
    """By framing: `top1`; `dangerous`: dangerous photos called by a dangerous name; `false_alarm`: others so called.

    `network` takes pictures normalised by ImageNet's numbers. "whole": the full picture squeezed to the square;
    "centre": the short side to 8/7 of the size and the middle cut out. Both from the same upright photo.
    """
    rows = [row for row in read_split(Path(ground.root) / "split.csv") if row.split == split]
    truth = torch.tensor([row.label for row in rows])
    harmful = torch.tensor(ground.harmful)
    device = next(network.parameters()).device
    network.eval()
    scores = {}
    for framing in FRAMINGS:
        found = torch.cat(
            [network(batch.to(device)).argmax(1).cpu() for batch in _pictures(rows, ground.size, framing)]
        )
        called = harmful[found]
        scores[framing] = {
            "top1": float((found == truth).float().mean()),
            "dangerous": float(called[harmful[truth]].float().mean()),
            "false_alarm": float(called[~harmful[truth]].float().mean()),
        }
    return scores


def _pictures(rows: Sequence[SplitPhoto], size: int, framing: str) -> Iterator[Tensor]:
    shaped: list[Any] = (
        [transforms.Resize((size, size), InterpolationMode.BICUBIC)]
        if framing == "whole"
        else [transforms.Resize(round(size * 8 / 7), InterpolationMode.BICUBIC), transforms.CenterCrop(size)]
    )
    change = transforms.Compose([*shaped, transforms.ToTensor(), transforms.Normalize(MEAN, STD)])
    for start in range(0, len(rows), 64):
        photos = (read_photo(Path(row.file), size).pixels for row in rows[start : start + 64])
        yield torch.stack([change(Image.fromarray(pixels)) for pixels in photos])
