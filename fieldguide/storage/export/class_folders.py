"""Photos copied into one folder per label, as the trainer wants them. Originals are read, never moved or changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from fieldguide.core.atomic import written_atomically
from fieldguide.core.bounded import read_at_most
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.privacy import without_place
from fieldguide.core.photo.reading import MAX_FILE_BYTES
from fieldguide.core.records import Observation, Photo
from fieldguide.core.taxonomy import Taxon
from fieldguide.storage.export import Exported
from fieldguide.storage.export.places import Places
from fieldguide.storage.locations import make_folder

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def export_class_folders(
    observations: Iterable[Observation], folder: Path, *, verified_only: bool = True, places: Places = Places.NONE
) -> Exported:
    """Copy each photo to `folder/Genus_species/obsNUMBER_DIGEST.suffix`; one that is there already is left alone.

    The number of the find leads the name, so that a split by observation keeps the photos of one find together. Finds
    without a human's label are left out unless `verified_only` is False: a model trained on its own guesses learns
    its own mistakes.

    The copies tell where they were taken only where exact places are asked for: a data set is made to be handed on.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; photos copied so far stay.
    """
    written = left_out = 0
    missing: list[Path] = []
    make_folder(folder)
    for observation in observations:
        taxon = observation.verified if verified_only else shown_taxon(observation)
        if taxon is None:
            left_out += 1
            continue
        target = folder / class_folder(taxon)
        make_folder(target)
        missing += [photo.path for photo in observation.photos if not _copy(photo, target, observation.id, places)]
        written += 1
    return Exported(folder, written, left_out, tuple(missing))


def class_folder(taxon: Taxon) -> str:
    """The folder name of a label: `Amanita_muscaria`, `Boletus`."""
    return _NOT_IN_NAMES.sub("_", taxon.name).strip("._") or "_"


def _copy(photo: Photo, folder: Path, number: int, places: Places) -> bool:
    suffix = _NOT_IN_NAMES.sub("", photo.path.suffix.lower())
    target = folder / f"obs{number:06}_{photo.sha256[:12]}{suffix}"
    if target.exists():
        return True
    try:
        with photo.path.open("rb") as source, written_atomically(target) as copy:
            data = read_at_most(source, MAX_FILE_BYTES)
            copy.write(data if places is Places.EXACT else without_place(data))
    except FieldGuideError as refused:
        if refused.code in (ErrorCode.DISK_FULL, ErrorCode.NOT_WRITABLE):
            raise
        return False
    except (OSError, ValueError):  # the original is gone or cannot be read
        return False
    return True
