"""Photos by other people: not used for training; one half fits the decision policy, the other half measures it.

Knows folders, sources and names; nothing of networks or thresholds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import text
from trainer.config import DataConfig, refuse
from trainer.data.crops import Pair
from trainer.data.labels import Labels, taxon_named
from trainer.data.scan import BACKGROUND_FOLDER, NAMED, ScannedPhoto, is_elsewhere, list_photos
from trainer.data.split import (
    ELSEWHERE_FIT,
    ELSEWHERE_MEASURE,
    LEFT_OUT,
    SplitPhoto,
    place,
)
from trainer.data.witnesses import group_photos

COPY = "a copy of it teaches"
HALVES = (ELSEWHERE_FIT, ELSEWHERE_MEASURE)


def elsewhere_folders(config: DataConfig) -> DataConfig:
    """The folders by other people, as if they were all."""
    return DataConfig(folders=config.elsewhere, manifests=config.elsewhere_manifests)


def list_elsewhere(config: DataConfig, teaching: Sequence[ScannedPhoto]) -> list[ScannedPhoto]:
    """The photos of the folders by other people, not yet read, numbered on from those that teach.

    Raises:
        FieldGuideError: CONFIG_INVALID when a file, source or person both teaches and measures, or a source, person
            or year is set apart that no photo has, or all of them are; what `list_photos` raises.
    """
    for option, of_photo, wanted in (
        ("sources", "source", config.elsewhere_sources),
        ("people", "person", config.elsewhere_people),
        ("years", "year", config.elsewhere_years),
    ):
        named = {str(getattr(photo, of_photo)) for photo in teaching} - {""}
        unknown = ", ".join(sorted(set(wanted) - named))
        if unknown:
            known = ", ".join(sorted(named)) or text("train.elsewhere_not_told")
            problem = text(f"train.elsewhere_{of_photo}_unknown", names=unknown, known=known)
            refuse(f"data.elsewhere_{option}", problem)
    if teaching and all(is_elsewhere(photo, config) for photo in teaching if photo.raw_label != BACKGROUND_FOLDER):
        refuse("data.elsewhere_sources", text("train.elsewhere_all"))
    if not config.elsewhere:
        return []
    found = list_photos(elsewhere_folders(config))
    if {photo.file for photo in teaching} & {photo.file for photo in found}:
        refuse("data.elsewhere", text("train.elsewhere_folder_teaches", names=", ".join(config.elsewhere)))
    taught = [photo for photo in teaching if not is_elsewhere(photo, config)]
    for of_photo in ("source", "person"):
        both = ({getattr(p, of_photo) for p in taught} & {getattr(p, of_photo) for p in found}) - {""}
        if both:
            refuse("data.elsewhere", text(f"train.elsewhere_{of_photo}_teaches", names=", ".join(sorted(both))))
    return [replace(photo, index=len(teaching) + number) for number, photo in enumerate(found)]


def place_elsewhere(
    elsewhere: Sequence[ScannedPhoto],
    teaching: Sequence[ScannedPhoto],
    labels: Labels,
    seed: int,
    first_group: int,
    cuts: Sequence[Pair] = (),
    taught: Collection[str] = (),
) -> list[SplitPhoto]:
    """Rows of photos by other people: halves that no find and no near-duplicate crosses, alike in kinds and sources.

    Copies of what teaches, or `taught` the weights that the run begins with (SHA-256), copies among themselves and
    pictures under several names are left out. `label` is a row of
    `labels` only where the model has a label of the photo's own taxon. Groups are numbered from `first_group`;
    `cuts` are as in `split`.
    """
    readable = [photo for photo in elsewhere if not photo.error]
    known = [photo for photo in teaching if not photo.error]
    groups = group_photos([*known, *readable], cuts)
    teach, copied = set(groups[: len(known)]), {photo.sha256 for photo in known}.union(taught)
    rows = [_row(photo, LEFT_OUT, labels, why=photo.error) for photo in elsewhere if photo.error]
    of_group: dict[int, list[ScannedPhoto]] = defaultdict(list)
    for photo, group in zip(readable, groups[len(known) :], strict=True):
        if group in teach or photo.sha256 in copied:
            rows.append(_row(photo, LEFT_OUT, labels, why=COPY))
        else:
            of_group[group].append(photo)
    usable: list[list[SplitPhoto]] = []
    for number, members in enumerate(of_group.values(), start=first_group):
        named = sorted({labels.taxon_of[photo.raw_label].name for photo in members})
        seen: set[str] = set()
        free: list[SplitPhoto] = []
        for photo in members:
            why = "exact duplicate" if photo.sha256 in seen else ""
            if len(named) > 1:
                why = "near-duplicate under several labels: " + ", ".join(named)
            seen.add(photo.sha256)
            row = _row(photo, LEFT_OUT if why else "", labels, why=why, group=number)
            (rows if why else free).append(row)
        if free:
            usable.append(free)
    rows += _dealt(usable, labels, seed)
    return sorted(rows, key=lambda row: row.index)


def elsewhere_in_words(photos: Sequence[ScannedPhoto], config: DataConfig, guide: Guide) -> list[str]:
    """Sentences on the photos by other people: how many of whom, and what they cannot do."""
    apart = config.elsewhere or config.elsewhere_sources or config.elsewhere_people or config.elsewhere_years
    from_others = [photo for photo in photos if not photo.error and photo.raw_label != BACKGROUND_FOLDER]
    if not from_others:
        return [text("train.elsewhere_none")] if not apart else []
    sources = Counter(photo.source or text("train.elsewhere_unnamed") for photo in from_others)
    ranked = sorted(sources.items(), key=lambda each: (-each[1], each[0]))
    listed = ", ".join(f"{name} ({count})" for name, count in ranked)
    sentences = [text("train.elsewhere_photos", count=len(from_others), sources=listed)]
    taxa = {photo.raw_label: taxon_named(photo.raw_label, guide) for photo in from_others}
    if not any(guide.danger(taxon).harmful for taxon in taxa.values()):
        sentences.append(text("train.elsewhere_harmless"))
    unknown = sorted(raw for raw in taxa if guide.resolve(raw) is None)
    if unknown:
        sentences.append(text("train.elsewhere_unresolved", count=len(unknown), names=", ".join(unknown[:NAMED])))
    return sentences


def halves_in_words(rows: Sequence[SplitPhoto]) -> list[str]:
    """Sentences on what became of the photos by other people: halves, novel kinds, copies."""
    count = Counter(row.split for row in rows)
    sentences = []
    if count[ELSEWHERE_FIT] or count[ELSEWHERE_MEASURE]:
        novel = sum(row.split in HALVES and row.label < 0 for row in rows)
        facts = {"fit": count[ELSEWHERE_FIT], "measure": count[ELSEWHERE_MEASURE], "novel": novel}
        sentences.append(text("train.elsewhere_halves", **facts))
    copies = sum(row.why == COPY for row in rows)
    return sentences + ([text("train.elsewhere_copies", count=copies)] if copies else [])


def _row(photo: ScannedPhoto, where: str, labels: Labels, **facts: object) -> SplitPhoto:
    """With the label of its own taxon, where there is one: not that which a rare label teaches."""
    taxon = labels.taxon_of[photo.raw_label]
    label = labels.taxa.index(taxon) if taxon in labels.taxa else -1
    return place(photo, where, labels, label=label, **facts)


def _dealt(groups: list[list[SplitPhoto]], labels: Labels, seed: int) -> list[SplitPhoto]:
    """Each group to the half that has fewer photos of its taxon, then of its genus, family and source, then in all."""
    shuffled = [groups[number] for number in np.random.default_rng(seed).permutation(len(groups))]
    lines = {taxon.name: taxon for taxon in labels.taxon_of.values()}
    counts: tuple[Counter[tuple[str, str]], ...] = (Counter(), Counter())
    rows = []
    for group in sorted(shuffled, key=lambda group: -len(group)):
        taxon = lines[group[0].taxon]
        keys = [("taxon", taxon.name), ("genus", taxon.genus or ""), ("family", taxon.at(Rank.FAMILY) or "")]
        keys += [("source", group[0].source), ("", "")]
        half = min((0, 1), key=lambda half: [counts[half][key] for key in keys])
        for key in keys:
            counts[half][key] += len(group)
        rows += [replace(row, split=HALVES[half]) for row in group]
    return rows
