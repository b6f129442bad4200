"""Write a bundle: traced network, manifest, golden samples, score statistics, photo hashes and card in one file."""

from __future__ import annotations

import copy
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.inference.runtime import save_program
from trainer.config import RunConfig, input_size
from trainer.data.scan import ScannedPhoto
from trainer.export.module import ExportedModule, refuse_unstable
from trainer.fit.half import TOLERANCE, halve


@dataclass(frozen=True, slots=True)
class BundleParts:
    """What stands beside the network and the manifest. `golden` uint8 [K,3,S,S]; `statistics` arrays by name."""

    golden: npt.NDArray[np.uint8]
    statistics: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    photos: str = ""
    card: str = ""


def input_of(config: RunConfig) -> InputSpec:
    """How the application frames photos for this run's network: the exported size, else the size it was trained at."""
    size = input_size(config)
    return InputSpec(size, config.export.resize or size, whole=config.export.views == "whole")


def write_bundle(
    path: Path, network: nn.Module, manifest: Manifest, parts: BundleParts, *, flip: bool, half: bool = False
) -> None:
    """Write the bundle at `path`, whole or not at all. The golden answers are those of the network as it is now.

    With `half`, its weights are kept in half precision, unless that would change a golden logit by more than
    `half.TOLERANCE`.

    Raises:
        FieldGuideError: NETWORK_UNSTABLE, before anything is written.
    """
    module = ExportedModule(network.cpu().eval(), flip).eval()
    pictures = torch.from_numpy(parts.golden)
    refuse_unstable(module, pictures)
    with torch.no_grad():
        logits, embedding = module(pictures)
        if half:
            smaller = halve(copy.deepcopy(module))
            others = smaller(pictures)
            if float((others[0] - logits).abs().max()) <= TOLERANCE:
                module, (logits, embedding) = smaller, others
    golden = pack_arrays({"images": parts.golden, "logits": logits.numpy(), "embedding": embedding.numpy()})
    extra = {"manifest.json": manifest.to_json().encode(), "golden.npz": golden}
    if parts.statistics:
        extra["statistics.npz"] = pack_arrays(parts.statistics)
    if parts.photos:
        extra["photos.txt"] = parts.photos.encode()
    if parts.card:
        extra["card.md"] = parts.card.encode()
    save_program(module, pictures[:1], path, extra)


def pack_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Arrays by name as the bytes of a compressed `.npz`."""
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def golden_pictures(size: int) -> npt.NDArray[np.uint8]:
    """Drawn test patterns uint8 [4,3,size,size]: gradients, stripes and noise; no photo leaves the trainer."""
    random = np.random.default_rng(0)
    ramp = np.linspace(0, 255, size)
    across, down = np.meshgrid(ramp, ramp)
    coarse = random.integers(0, 256, (3, 8, 8)).repeat(-(-size // 8), 1).repeat(-(-size // 8), 2)[:, :size, :size]
    stripes = np.where((np.arange(size) // 7) % 2, 230, 25)[None, :].repeat(size, 0)
    drawn = [
        np.stack([across, down, 255 - across]),
        coarse.astype(float),
        np.stack([stripes, stripes.T, (across + down) / 2]),
        np.stack([down, np.full_like(down, 90), 255 - down]),
    ]
    return np.stack(drawn).astype(np.uint8)


def weights_digest(network: nn.Module) -> str:
    """SHA-256 over names and values of all weights, as hex: the same training gives the same id."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def photo_lines(photos: list[ScannedPhoto], used: set[int]) -> str:
    """One line per training photo: SHA-256 and perceptual hash, so that anybody can ask whether a photo was used."""
    return "".join(f"{photo.sha256} {photo.phash}\n" for photo in photos if photo.index in used)
