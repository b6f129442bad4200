"""Photos that are cut out of others, found with the eye of the starter model, once for a run.

The starter's network takes pictures of any size, so small ones serve: 96 pixels found what 224 did, in a fifth of the
time. Without the starter nothing is looked for; a split knows mirrored pictures and even cuts by their hashes as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from fieldguide.core.bundle import read_manifest
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.core.resources import resource
from fieldguide.core.text import text
from trainer.config import NetworkConfig
from trainer.data.crops import SIDE, Pair, Picture, cropped_pairs
from trainer.data.scan import ScannedPhoto
from trainer.data.witnesses import group_copies
from trainer.fit.network import Classifier, create_network
from trainer.pipeline.wanted import start_from
from trainer.progress import Progress
from trainer.run_folder import RunFolder, read_json, write_json

_BATCH = 32


@dataclass(frozen=True, slots=True)
class _Cuts:
    """`of`: digest of the photos among which the pairs were found."""

    of: str
    pairs: list[Pair]


def find_cuts(photos: Sequence[ScannedPhoto], run: RunFolder, progress: Progress) -> list[Pair]:
    """Pairs of `ScannedPhoto.index` of which one photo is cut out of the other; kept in the run folder.

    Photos that are no row of the scan's cache (those by other people) are read from their files.
    """
    readable = [photo for photo in photos if not photo.error]
    digest = hashlib.sha256("\n".join(f"{p.index} {p.sha256}" for p in readable).encode()).hexdigest()
    with suppress(OSError, ValueError):  # what was cut off is sought anew
        known = read_json(run.cuts, _Cuts)
        if known.of == digest:
            return known.pairs
    starter = resource("model", "starter.fieldguide")
    if not starter.exists() or len(readable) < 2:
        return []
    progress.step(text("train.step_cuts"), "auditing")
    squares = _squares(readable, run)
    embeddings = _embed(squares, starter, progress)

    def picture_of(place: int) -> Picture:
        photo, square = readable[place], Image.fromarray(squares[place]).convert("L")
        scale = SIDE / max(photo.width, photo.height)
        size = (max(8, round(photo.width * scale)), max(8, round(photo.height * scale)))
        return Picture(np.asarray(square.resize(size, Image.Resampling.BICUBIC)))

    progress.step(text("train.step_overlay"), "auditing")
    found = cropped_pairs(embeddings, group_copies(readable), picture_of, progress.advance)
    pairs = [(readable[one].index, readable[other].index) for one, other in found]
    write_json(run.cuts, asdict(_Cuts(digest, pairs)))
    if pairs:
        progress.note(text("train.cuts_found", count=len(pairs)))
    return pairs


def _squares(photos: Sequence[ScannedPhoto], run: RunFolder) -> NDArray[np.uint8]:
    """Whole pictures squeezed to squares, uint8 [N,SIDE,SIDE,3]; black where a file can no longer be read."""
    cache = np.load(run.pixels, mmap_mode="r")
    squares = np.zeros((len(photos), SIDE, SIDE, 3), dtype=np.uint8)
    for place, photo in enumerate(photos):
        try:
            pixels = cache[photo.index] if photo.index < len(cache) else read_photo(Path(photo.file), SIDE).pixels
        except FieldGuideError:
            continue
        squares[place] = np.asarray(Image.fromarray(np.asarray(pixels)).resize((SIDE, SIDE), Image.Resampling.BOX))
    return squares


@torch.no_grad()
def _embed(squares: NDArray[np.uint8], starter: Path, progress: Progress) -> NDArray[np.float32]:
    network, found = _eye(starter), []
    for start in range(0, len(squares), _BATCH):
        pictures = torch.from_numpy(squares[start : start + _BATCH]).permute(0, 3, 1, 2).float()
        found.append(network.embed(pictures.contiguous(memory_format=torch.channels_last)).numpy())
        progress.advance(min(start + _BATCH, len(squares)), len(squares))
    return np.concatenate(found).astype(np.float32)


@cache
def _eye(starter: Path) -> Classifier:
    """The starter's network, once for all runs of a sweep."""
    made_of = read_manifest(starter).provenance["network"]
    config = start_from(NetworkConfig(name=made_of["name"], options=made_of["options"]))
    return create_network(config, 2).eval().to(memory_format=torch.channels_last)
