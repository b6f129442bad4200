"""Photos in label folders, answered by a bundle as the application would answer them: for measuring and calibrating it.

Knows nothing of run folders: the photos may be anybody's.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo import read_photo
from fieldguide.core.taxonomy import BACKGROUND, Taxon
from fieldguide.inference.network import Network
from trainer.config import DataConfig
from trainer.data.duplicates import perceptual_hash, witness_groups
from trainer.data.labels import resolve_labels
from trainer.data.scan import BACKGROUND_FOLDER, list_photos
from trainer.data.split import SplitPhoto
from trainer.evaluation.predict import predict
from trainer.evaluation.predictions import NO_LABEL, Predictions
from trainer.progress import Progress

_HASH_SIDE = 64  # pixels of the short side that a picture is decoded at for its hash, which looks at 32


@dataclass(frozen=True, slots=True)
class FolderPhotos:
    """`rows` of readable photos; `taxa` the true taxon of each file; `unreadable` the files that are none.

    `renamed` and `unresolved` as in `Labels`: what the folder names became.
    """

    rows: tuple[SplitPhoto, ...]
    taxa: dict[str, Taxon]
    unreadable: tuple[str, ...]
    renamed: tuple[tuple[str, str, str], ...]
    unresolved: tuple[str, ...]


def read_folders(folder: Path, background: Path | None, guide: Guide, manifest: Path | None = None) -> FolderPhotos:
    """List the photos of `folder/LABEL/...` and of `background`, and group near-duplicates and observations.

    Raises:
        FieldGuideError: DATA_MISSING, or FOLDER_WITHOUT_PHOTOS when there is none.
    """
    config = DataConfig(
        folders=(str(folder),),
        background=str(background) if background else "",
        manifests=(str(manifest),) if manifest else (),
    )
    listed = list_photos(config)
    labels = resolve_labels({photo.raw_label for photo in listed}, guide)
    taxa = {photo.file: labels.taxa[labels.of_folder[photo.raw_label]] for photo in listed}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        hashes = list(pool.map(_hash, (photo.file for photo in listed)))
    readable = [(photo, found) for photo, found in zip(listed, hashes, strict=True) if found is not None]
    hashes_read = np.array([found for _, found in readable], dtype=np.uint64)
    groups = witness_groups(hashes_read, [photo.find_key for photo, _ in readable]).tolist()
    rows = tuple(
        SplitPhoto(
            index=photo.index,
            file=photo.file,
            split="test",
            label=NO_LABEL,
            target=NO_LABEL,
            group=group,
            source=photo.source or ("background" if photo.raw_label == BACKGROUND_FOLDER else ""),
        )
        for (photo, _), group in zip(readable, groups, strict=True)
    )
    unreadable = tuple(photo.file for photo, found in zip(listed, hashes, strict=True) if found is None)
    return FolderPhotos(rows, taxa, unreadable, labels.renamed, labels.unresolved)


def predict_folders(runtime: Network, photos: FolderPhotos, progress: Progress) -> Predictions:
    """The bundle's answers; photos whose taxon the bundle has no label for carry their truth beside."""
    place = {taxon.name: number for number, taxon in enumerate(runtime.manifest.labels)}
    rows = [replace(row, label=place.get(photos.taxa[row.file].name, NO_LABEL)) for row in photos.rows]
    found = predict(runtime, rows, progress)
    return replace(found, truth=tuple(photos.taxa[file] for file in found.files.tolist()))


def split_background(found: Predictions) -> tuple[Predictions, Predictions]:
    """Photos of subjects, and photos of other things."""
    other = np.array([taxon == BACKGROUND for taxon in found.truth or ()], dtype=bool)
    return found.select(~other), found.select(other)


def _hash(file: str) -> int | None:
    try:
        pixels = read_photo(Path(file), _HASH_SIDE).pixels
    except FieldGuideError:
        return None
    return perceptual_hash(np.asarray(Image.fromarray(pixels).convert("L")))
