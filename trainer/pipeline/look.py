"""What lies in folders, reported before anything is trained: names, dangers, copies, rare labels, cost.

Files are counted, headers read, files of one size compared; no picture is decoded but a few that are timed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import torch

from fieldguide.core.danger import Danger
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo import read_header, read_photo
from fieldguide.core.photo.folders import is_folder
from fieldguide.core.taxonomy import BACKGROUND, Rank, clean_name
from fieldguide.core.training import events
from trainer.config import PRESETS, DataConfig, RunConfig, with_preset
from trainer.data.elsewhere import list_elsewhere
from trainer.data.labels import Labels
from trainer.data.rare import name_labels
from trainer.data.review.decisions import DECISIONS, Decisions, apply_decisions
from trainer.data.scan import BACKGROUND_FOLDER, ScannedPhoto, list_photos, loose_photos
from trainer.fit.network import create_network
from trainer.pipeline.expected import expected_seconds
from trainer.pipeline.folders import refuse_folders
from trainer.pipeline.preparation import choose_device
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style

THIN = 30  # photos of a dangerous kind below which its alarm rests on next to nothing
NEAR_NAMES = 3
TIMED = 12  # photos that are decoded to time it
START = 25.0  # seconds for loading libraries, trying the network and writing the files
SPREAD = (0.8, 3.0)  # a run alone on the machine, and one beside other programs (four times as slow was seen)


def look(config: RunConfig, run: Path, guide: Guide, progress: Progress) -> events.Look:
    """Everything but the time.

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
        device=choose_device(config.device, Progress(Style.QUIET)).type,
        free=shutil.disk_usage(room).free,
        problem=problem,
        facts=facts,
    )


def estimates(config: RunConfig) -> Iterator[events.Estimate]:
    """What each preset takes here: a few steps timed, a few photos decoded; quick first, as it is the soonest known."""
    photos = list_photos(config.data)
    device = choose_device(config.device, Progress(Style.QUIET))
    reading = _decoding(photos, config.data.cache_size) * len(photos)
    for preset in PRESETS:
        chosen = complete(with_preset(config, preset))
        began = time.monotonic()
        weights = sum(each.numel() * each.element_size() for each in create_network(chosen.network, 100).parameters())
        loading = time.monotonic() - began
        alone = complete(with_preset(config, "quick"))
        features = expected_seconds(alone, len(photos), device)
        asked = features / config.data.fractions[0] * (1 - config.data.fractions[0])
        computing = features if preset == "quick" else features + expected_seconds(chosen, len(photos), device)
        seconds = START + loading + 2 * reading + computing + asked
        pixels = len(photos) * 3 * config.data.cache_size**2
        kept = 3 if preset == "quick" else 7  # network, average, two moments of the optimizer; best; the model twice
        low, high = (round(share * seconds) for share in SPREAD)
        yield events.Estimate(preset, low, high, pixels + kept * weights)
        torch.cuda.empty_cache() if device.type == "cuda" else None


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


def _opens(file: str) -> bool:
    try:
        read_header(Path(file))
    except FieldGuideError:
        return False
    return True


def _digest(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
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


def _decoding(photos: Sequence[ScannedPhoto], size: int) -> float:
    """Seconds to decode a photo, spread over the folders, with all cores at work."""
    few = [Path(photo.file) for photo in photos[:: max(1, len(photos) // TIMED)]][:TIMED]
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(lambda file: _decoded(file, size), few))
    return (time.perf_counter() - began) / max(1, len(few))


def _decoded(file: Path, size: int) -> None:
    try:
        read_photo(file, size)
    except FieldGuideError:
        return
