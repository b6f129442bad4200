"""Write a bundle: traced network, manifest, golden samples, score statistics, photo hashes and card in one file.

The network is exported once; the bundle is written once, when everything is known of it.
"""

from __future__ import annotations

import copy
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fieldguide.core.atomic import written_atomically
from fieldguide.core.bundle import BundleFile, Manifest
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.inference.torchscript import save_program
from trainer.config import RunConfig, input_size
from trainer.data.scan import ScannedPhoto
from trainer.export.module import ExportedModule, refuse_unstable
from trainer.fit.half import TOLERANCE, halve

MANIFEST = "manifest.json"


def input_of(config: RunConfig) -> InputSpec:
    """How the application frames photos for this run's network: the exported size, else the size it was trained at."""
    size = input_size(config)
    return InputSpec(size, config.export.resize or size, whole=config.export.views == "whole")


def export_network(
    path: Path, network: nn.Module, manifest: Manifest, *, flip: bool, half: bool = False, photos: str = ""
) -> None:
    """Trace the network, once, into an archive that answers as the finished bundle will, whole or not at all.

    The golden answers are those of the network as it is now; `photos` are the lines of `photo_lines`. With `half`, its
    weights are kept in half precision, unless that would change a golden logit by more than `half.TOLERANCE`.

    Raises:
        FieldGuideError: NETWORK_UNSTABLE, before anything is written.
    """
    module = ExportedModule(network.cpu().eval(), flip).eval()
    images = golden_pictures(manifest.input.size)
    pictures = torch.from_numpy(images)
    refuse_unstable(module, pictures)
    with torch.no_grad():
        logits, embedding = module(pictures)
        if half:
            smaller = halve(copy.deepcopy(module))
            others = smaller(pictures)
            if float((others[0] - logits).abs().max()) <= TOLERANCE:
                module, (logits, embedding) = smaller, others
    golden = pack_arrays({"images": images, "logits": logits.numpy(), "embedding": embedding.numpy()})
    extra = {MANIFEST: manifest.to_json().encode(), "golden.npz": golden}
    if photos:
        extra["photos.txt"] = photos.encode()
    save_program(module, pictures[:1], path, extra)


def write_bundle(
    path: Path, exported: BundleFile, manifest: Manifest, card: str, statistics: Mapping[str, npt.NDArray[Any]]
) -> None:
    """Write the bundle: the exported network, byte for byte, with what was fitted, measured and written of it since."""
    beside = {MANIFEST: manifest.to_json().encode(), "card.md": card.encode()}
    if statistics:
        beside["statistics.npz"] = pack_arrays(statistics)
    extra = f"{exported.folder}/extra/"
    with (
        zipfile.ZipFile(io.BytesIO(exported.data)) as old,
        written_atomically(path) as stream,
        zipfile.ZipFile(stream, "w") as new,
    ):
        for entry in old.infolist():
            if entry.filename.removeprefix(extra) not in beside:
                new.writestr(entry.filename, old.read(entry), entry.compress_type)
        for name, content in beside.items():
            new.writestr(extra + name, content)


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


def photo_lines(photos: list[ScannedPhoto], used: set[int], before: Iterable[str] = ()) -> str:
    """One line per training photo: SHA-256 and perceptual hash, so that anybody can ask whether a photo was used.

    `before`: such lines of the model that the training began with.
    """
    lines = [f"{photo.sha256} {photo.phash}" for photo in photos if photo.index in used]
    return "".join(f"{line}\n" for line in dict.fromkeys([*lines, *before]))
