"""Photos copied into one folder per label, as the trainer wants them. Originals are read, never moved or changed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from fieldguide.core.atomic import all_or_none, os_errors, write_whole, written_atomically
from fieldguide.core.bounded import read_at_most
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.privacy import without_place
from fieldguide.core.photo.reading import MAX_FILE_BYTES
from fieldguide.core.records import Observation, Photo
from fieldguide.core.taxonomy import Taxon
from fieldguide.storage.export import Exported, LeftOut
from fieldguide.storage.export.places import Places
from fieldguide.storage.locations import make_folder
from fieldguide.storage.rows import plain_suffix

LISTED = "attribution.csv"  # as the trainer looks for it
COLUMNS = ("file", "source", "find")
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def export_class_folders(
    observations: Iterable[Observation],
    folder: Path,
    *,
    verified_only: bool = True,
    places: Places = Places.NONE,
    source: str = "",
) -> Exported:
    """Copy each photo to `folder/Genus_species/obsNUMBER_DIGEST.suffix`; one that is there already is left alone,
    but for a place that it tells and must not.

    `attribution.csv` beside the folders tells the trainer which photos show one find, so that none of it both teaches
    and judges, and whose they are (`source`). Finds without a human's label are left out unless `verified_only` is
    False: a model trained on its own guesses learns its own mistakes.

    The copies tell where they were taken only where exact places are asked for: a data set is made to be handed on.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; nothing new is left.
    """
    written = left_out = 0
    missing: list[Path] = []
    known = _known(folder / LISTED)
    finds = {row["file"]: row for row in known or ()}
    with all_or_none() as about_to_make:
        about_to_make(folder)
        make_folder(folder)
        for observation in observations:
            taxon = observation.verified if verified_only else shown_taxon(observation)
            if taxon is None:
                left_out += 1
                continue
            target = folder / class_folder(taxon)
            about_to_make(target)
            make_folder(target)
            for photo in observation.photos:
                copy = target / _copy_name(photo, observation.id)
                about_to_make(copy)
                if _copy(photo.path, copy, places):
                    name = f"{target.name}/{copy.name}"
                    finds[name] = dict(zip(COLUMNS, (name, source, f"obs{observation.id:06}"), strict=True))
                else:
                    missing.append(photo.path)
            written += 1
        if known is not None:
            _list(finds.values(), folder / LISTED)
    why = LeftOut.UNVERIFIED if verified_only else LeftOut.NAMELESS
    return Exported(folder, written, left_out, tuple(missing), why=why)


def class_folder(taxon: Taxon) -> str:
    """The folder name of a label: `Amanita_muscaria`, `Boletus`."""
    return _NOT_IN_NAMES.sub("_", taxon.name).strip("._") or "_"


def _copy_name(photo: Photo, number: int) -> str:
    return f"obs{number:06}_{photo.sha256[:12]}{plain_suffix(photo.path)}"


def _copy(photo: Path, target: Path, places: Places) -> bool:
    is_there = target.exists()
    if is_there and places is Places.EXACT:
        return True
    try:
        with (target if is_there else photo).open("rb") as source:
            data = read_at_most(source, MAX_FILE_BYTES)
        kept = data if places is Places.EXACT else without_place(data)
        if not is_there or kept != data:  # an earlier export may have told the place
            with written_atomically(target) as copy:
                copy.write(kept)
    except FieldGuideError as refused:
        if refused.code in (ErrorCode.DISK_FULL, ErrorCode.NOT_WRITABLE):
            raise
        return False
    except (OSError, ValueError):  # the original is gone or cannot be read
        return False
    return True


def _known(file: Path) -> list[dict[str, str]] | None:
    """What an earlier export into the same folder listed; None when the list there is somebody else's."""
    if not file.exists():
        return []
    with os_errors(file), file.open(encoding="utf-8", errors="replace", newline="") as stream:
        rows = csv.DictReader(stream)
        return [dict(row) for row in rows] if rows.fieldnames == list(COLUMNS) else None


def _list(finds: Iterable[dict[str, str]], file: Path) -> None:
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(sorted(finds, key=lambda row: row["file"]))
    with os_errors(file):
        write_whole(file, table.getvalue())
