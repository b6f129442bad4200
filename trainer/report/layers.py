"""What each layer sees: a few photos on their way through the network, stage by stage.

A model file holds the finished network as one piece, so the network is built again from the run's configuration and its
best checkpoint; where these are gone, the section says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from markupsafe import Markup
from PIL import Image
from torch import Tensor, nn

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.photo.preprocess import InputSpec, prepare
from trainer.config import read_config
from trainer.data.labels import read_labels
from trainer.evaluation.records import PhotoResult, SplitMeasures
from trainer.export.bundle import input_of
from trainer.fit.checkpoint import load, restore
from trainer.fit.network import Classifier, create_network, stages
from trainer.report.parts import NOTHING, joined, paragraph, part, say, section
from trainer.report.photos import embedded, said, tile, true_name
from trainer.run_folder import RunFolder

Floats = npt.NDArray[np.float32]
MOST = 8  # stages that are shown: more would be too small to see
STRONGEST = 4  # channels shown of each stage
MOST_EXTRA_TOKENS = 8  # class and register tokens that a transformer keeps before its patches
COLD, WARM, HOT = (18, 22, 48), (196, 72, 60), (255, 240, 170)  # brightness rises with the value: readable in grey too


@dataclass(frozen=True, slots=True)
class Seen:
    """One stage's answer to one picture: `overall` float [H,W] and the `strongest` channels [K,H,W], 0 to 1."""

    overall: Floats
    strongest: Floats
    channels: int


def layers(measures: SplitMeasures, run: RunFolder | None) -> Markup:
    """The section; one sentence on why it is missing where no network can be built (`run` None: a bundle alone)."""
    chosen = _chosen(measures)
    if not chosen:
        return NOTHING
    best = run.checkpoints / "best.pt" if run else None
    if run is None or best is None or not (best.exists() and run.config.exists() and run.labels.exists()):
        return section("layers", paragraph("layers_missing"))
    try:
        network, spec = _rebuild(run)
    except (FieldGuideError, OSError, RuntimeError, KeyError, ValueError):
        return section("layers", paragraph("layers_other_network"))
    shown = joined(_walk(network, spec, kind, row) for kind, row in chosen)
    return section("layers", paragraph("layers_read") + shown if shown else paragraph("layers_none"))


def _chosen(measures: SplitMeasures) -> list[tuple[str, PhotoResult]]:
    """A right photo, a dangerous mistake, an unsure one and the worst surprise, each photo once."""
    found, passed = measures.mistakes, measures.danger.passed_as_harmless.photos
    dangerous = (*found.missed_deadly, *passed, *found.milder)
    wanted = (("right", found.surest), ("danger", dangerous), ("unsure", found.unsure), ("wrong", found.top_losses))
    chosen: list[tuple[str, PhotoResult]] = []
    for kind, rows in wanted:
        taken = {row.file for _, row in chosen}
        chosen += [(kind, row) for row in rows if row.file not in taken and Path(row.file).exists()][:1]
    return chosen


def _rebuild(run: RunFolder) -> tuple[Classifier, InputSpec]:
    """The trained network of the run, on the processor, and how it wants its pictures."""
    config = read_config(run.config)
    labels = len(read_labels(run.labels).taxa)
    network = create_network(replace(config.network, init="random"), labels)
    best = run.checkpoints / "best.pt"
    restore(network, load(best).network, best)
    return network.eval(), input_of(config)


def _walk(network: Classifier, spec: InputSpec, kind: str, row: PhotoResult) -> Markup:
    """One photo and what every stage makes of it; nothing when the photo is gone."""
    try:
        picture = prepare(read_photo(Path(row.file), spec.short_side).pixels, spec)
    except FieldGuideError:
        return NOTHING
    steps = [
        {
            "heat": tile(heat(each.overall), "heat"),
            "channels": [tile(_grey(channel)) for channel in each.strongest],
            "caption": _caption(number, each),
        }
        for number, each in enumerate(look(network, torch.from_numpy(picture)[None]), 1)
    ]
    seen = embedded(Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0))), 144)
    return part("walk", seen, [part("bold", say(f"layers_{kind}")), true_name(row), said(row)], steps)


@torch.no_grad()
def look(network: Classifier, pictures: Tensor) -> list[Seen]:
    """What at most `MOST` stages answer to one picture uint8 [1,3,S,S], from the picture upwards.

    Stages without places (dense layers) and those that only rescale what the one before found are left out.
    """
    answers: dict[int, Tensor] = {}

    def keep(module: nn.Module, _inputs: tuple[Any, ...], output: Any) -> None:
        if isinstance(output, Tensor):
            answers[id(module)] = output

    parts = [part for part in stages(network.backbone) if "norm" not in type(part).__name__.lower()]
    hooks = [part.register_forward_hook(keep) for part in parts]
    try:
        network(pictures.float())
    finally:
        for hook in hooks:
            hook.remove()
    maps = [found for part in parts if (found := channels_of(answers.get(id(part)))) is not None]
    return [summarise(maps[place]) for place in _spread([found.shape[1] for found in maps])]


def _spread(sides: list[int]) -> list[int]:
    """Places of about `MOST` stages that keep every size of picture (`sides` in pixels), evenly within each."""
    runs = [list(run) for _, run in groupby(range(len(sides)), key=lambda place: sides[place])]
    kept = [len(run) for run in runs]
    while sum(kept) > MOST and max(kept) > 1:
        kept[kept.index(max(kept))] -= 1
    return [
        run[int(place)]
        for run, count in zip(runs, kept, strict=True)
        for place in np.linspace(len(run) - 1, 0, count).round()[::-1]
    ]


def channels_of(output: Tensor | None) -> Floats | None:
    """An answer as channels [C,H,W]: [1,C,H,W], [1,H,W,C] or tokens [1,T,C]; None when it has no places."""
    if output is None or output.ndim not in (3, 4):
        return None
    found = output[0].float()
    if output.ndim == 3:  # tokens: the square of patches stands last
        side = int(found.shape[0] ** 0.5)
        if side < 2 or found.shape[0] - side**2 > MOST_EXTRA_TOKENS:
            return None
        found = found[-(side**2) :].T.reshape(-1, side, side)
    elif found.shape[1] != found.shape[2]:  # channels last; pictures are square
        found = found.permute(2, 0, 1)
    return np.asarray(found.numpy(), np.float32) if found.shape[1] > 1 and found.shape[1] == found.shape[2] else None


def summarise(channels: Floats) -> Seen:
    """Mean absolute answer over channels [C,H,W], each scaled to its own peak; those that tell places apart most."""
    size = np.abs(channels)
    peak = size.max(axis=(1, 2), keepdims=True)
    overall = np.divide(size, peak, out=np.zeros_like(size), where=peak > 0).mean(axis=0)
    strongest = np.argsort(-channels.std(axis=(1, 2)), kind="stable")[:STRONGEST]
    return Seen(_stretched(overall), np.stack([_stretched(channels[each]) for each in strongest]), len(channels))


def _stretched(values: Floats) -> Floats:
    """Values scaled so that the least is 0 and the most 1."""
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low) / (high - low) if high > low else np.zeros_like(values), np.float32)


def heat(values: Floats) -> Image.Image:
    """Values [H,W], 0 to 1, in colour: dark where little answered, bright where much did."""
    stops = np.array([COLD, WARM, HOT], np.float64)
    colours = [np.interp(values, (0.0, 0.55, 1.0), stops[:, place]) for place in range(3)]
    return Image.fromarray(np.stack(colours, axis=-1).round().astype(np.uint8))


def _grey(values: Floats) -> Image.Image:
    return Image.fromarray((values * 255).round().astype(np.uint8))


def _caption(number: int, seen: Seen) -> str:
    return say("layers_step", number=number, channels=seen.channels, side=seen.overall.shape[0])
