"""What lies in folders, reported before anything is trained: names, dangers, copies, rare labels.

Files are counted, headers read, files of one size compared; no picture is decoded. Knows no torch, which takes seconds
to load: `estimates` has the time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from fieldguide.core.bounded import open_file
from fieldguide.core.danger import Danger
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo import read_header
from fieldguide.core.photo.folders import is_folder
from fieldguide.core.taxonomy import BACKGROUND, Rank, clean_name
from fieldguide.core.training import events
from trainer.config import DataConfig, RunConfig
from trainer.data.elsewhere import list_elsewhere
from trainer.data.labels import Labels
from trainer.data.rare import name_labels
from trainer.data.review.decisions import DECISIONS, Decisions, apply_decisions
from trainer.data.scan import BACKGROUND_FOLDER, ScannedPhoto, list_photos, loose_photos
from trainer.pipeline.folders import refuse_folders
from trainer.progress import Progress

THIN = 30  # photos of a dangerous kind below which its alarm rests on next to nothing
NEAR_NAMES = 3


def look(config: RunConfig, run: Path, guide: Guide, progress: Progress) -> events.Look:
    """Everything but time and device.

    Raises:
        FieldGuideError: DATA_MISSING, DATA_ONE_CLASS, FOLDER_WITHOUT_PHOTOS or CONFIG_INVALID: what leaves nothing to
            look at. What would only refuse the run is the `problem` of the answer.
    """
    listed = apply_decisions(list_photos(config.data), Decisions(run / DECISIONS).final().values())
    photos = [photo for photo in listed if not photo.error]
    elsewhere = list_elsewhere(config.data, photos)
    copies, unreadable = _read(photos, progress)
    readable = [replace(photo, error="unreadable" if photo.file in unreadable else "") for photo in photos]
    labels = name_labels(readable, config.data, guide)
    problem, facts = _refusal(config.data, photos, labels)
    count = Counter(labels.taxon_of[photo.raw_label].name for photo in readable if not photo.error)
    room = next(folder for folder in (run, *run.parents) if folder.exists())
    roots = [Path(folder) for folder in config.data.folders]
    full = {folder for photo in listed for folder in Path(photo.file).parents}
    return events.Look(
        photos=len(photos),
        labels=len([taxon for taxon in labels.taxa if taxon != BACKGROUND]),
        sources=dict(Counter(photo.source for photo in photos if photo.source).most_common()),
        names=tuple(_names(photos, labels, guide)),
        missing=tuple(_missing(labels, guide)),
        thin=tuple(_thin(labels, count, guide)),
        rare=tuple(events.Rare(r.name, r.photos, r.finds, r.fate.value, r.teaches) for r in labels.rare),
        copies=copies,
        unreadable=tuple(unreadable[: events.MOST_FILES]),
        unreadable_count=len(unreadable),
        elsewhere=len(elsewhere),
        loose=sum(len(loose_photos(root)) for root in roots),
        empty=sum(is_folder(each) and each not in full for root in roots for each in root.iterdir()),
        free=shutil.disk_usage(room).free,
        problem=problem,
        facts=facts,
        deeper=sum(_is_deeper(Path(photo.file), root.absolute()) for photo in photos for root in roots),
    )


def _read(photos: Sequence[ScannedPhoto], progress: Progress) -> tuple[int, list[str]]:
    """How many files are the very same bytes as another, and which cannot be opened."""
    unreadable = []
    progress.step("reading headers", "reading")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = pool.map(_opens, (photo.file for photo in photos))
        for number, (photo, opens) in enumerate(zip(photos, found, strict=True), start=1):
            if not opens:
                unreadable.append(photo.file)
            progress.advance(number, len(photos))
        of_size: dict[int, list[str]] = defaultdict(list)
        for photo in photos:
            of_size[photo.size].append(photo.file)
        alike = [file for files in of_size.values() if len(files) > 1 for file in files]
        digests = Counter(filter(None, pool.map(_digest, alike)))
    return sum(count - 1 for count in digests.values()), unreadable


def _is_deeper(file: Path, root: Path) -> bool:
    return file.is_relative_to(root) and len(file.relative_to(root).parts) > 2


def _opens(file: str) -> bool:
    try:
        read_header(Path(file))
    except FieldGuideError:
        return False
    return True


def _digest(file: str) -> str:
    try:
        with open_file(Path(file)) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _refusal(config: DataConfig, photos: list[ScannedPhoto], labels: Labels) -> tuple[str, dict[str, str] | None]:
    try:
        refuse_folders(config, photos, labels)
    except FieldGuideError as refused:
        return refused.code.value, {name: str(fact) for name, fact in refused.facts.items()}
    return "", None


def _names(photos: Sequence[ScannedPhoto], labels: Labels, guide: Guide) -> Iterator[events.FolderName]:
    """Unknown names first, then misspellings and synonyms, then those that are as the guide has them."""
    count = Counter(photo.raw_label for photo in photos if photo.raw_label != BACKGROUND_FOLDER)
    known = {record.taxon.name.casefold(): record.taxon.name for record in guide.records.values()}
    for record in guide.records.values():
        known |= {name.casefold(): record.taxon.name for name in record.common_names.values() if name}
    order = {"unknown": 0, "misspelling": 1, "synonym": 2, "read_as": 3, "accepted": 4}
    how = {raw: how for raw, _, how in labels.renamed}
    found = []
    for raw, number in count.items():
        resolved, taxon = guide.resolve(raw), labels.taxon_of[raw]
        near: list[str] = []
        if resolved is None:
            close = get_close_matches(clean_name(raw).casefold(), known, 2 * NEAR_NAMES, cutoff=0.6)
            near = list(dict.fromkeys(known[name] for name in close))[:NEAR_NAMES]
        match = how.get(raw, "accepted") if resolved else "unknown"
        danger = guide.danger(taxon).shown.value
        found.append(events.FolderName(raw, number, taxon.name, match, danger, tuple(near)))
    return iter(sorted(found, key=lambda name: (order[name.match], name.raw)))


def _missing(labels: Labels, guide: Guide) -> Iterator[events.Kind]:
    """Deadly kinds that look like a label and are none: such a model can only call them by another name."""
    present = {taxon.name for taxon in labels.taxon_of.values()} | {taxon.name for taxon in labels.taxa}
    seen: set[str] = set()
    for taxon in sorted(labels.taxon_of.values(), key=lambda taxon: taxon.name):
        record = guide.record(taxon.name)
        for name in record.lookalikes if record else ():
            found = guide.resolve(name)
            if found is None or found.taxon.name in present | seen or found.taxon.rank is not Rank.SPECIES:
                continue
            if guide.danger(found.taxon) is Danger.DEADLY:
                seen.add(found.taxon.name)
                yield events.Kind(found.taxon.name, Danger.DEADLY.value, 0, taxon.name)


def _thin(labels: Labels, count: Counter[str], guide: Guide) -> Iterator[events.Kind]:
    """Dangerous kinds with few photos, the deadliest first."""
    taxa = {taxon.name: taxon for taxon in labels.taxon_of.values()}
    few = [taxon for name, taxon in taxa.items() if count[name] < THIN and guide.danger(taxon).harmful]
    for taxon in sorted(few, key=lambda each: (-guide.danger(each).severity, count[each.name], each.name)):
        yield events.Kind(taxon.name, guide.danger(taxon).shown.value, count[taxon.name])
