"""Which photos teach and which measure: a split in which no near-duplicate and no find stands on two sides.

Photos that stand under several labels are not thrown away: they teach the narrowest taxon that all their labels share,
and they never measure. Labels with too few groups for every side only teach. Nothing is deleted: every decision
is a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.taxonomy import BACKGROUND
from fieldguide.core.text import text
from trainer.config import DataConfig, refuse
from trainer.data.crops import Pair
from trainer.data.labels import Labels, Tree
from trainer.data.rows import read_rows, write_rows
from trainer.data.scan import ScannedPhoto, is_elsewhere
from trainer.data.witnesses import group_photos

SPLITS = ("train", "val", "calibration", "test")
HELD_OUT = "held_out"  # labels kept out of training, to measure how the model takes kinds it has no label for
LEFT_OUT = "left_out"
OF_ONE_SOURCE = 0.1  # share of labels, both of those that one source shows alone and of the others, to speak of it
ELSEWHERE_FIT = "elsewhere_fit"  # photos by other people that set temperature, thresholds and alarms
ELSEWHERE_MEASURE = "elsewhere_measure"  # and those that only measure


@dataclass(frozen=True, slots=True)
class SplitPhoto:
    """One photo's place. `index` is its row in the scan, `target` a row of the tree, `label` a row of the labels.

    `group` numbers near-duplicates and finds; `why` is empty or says what the audit found. `taxon` is the photo's own
    name, which may be narrower than its label's, or one that has no label (-1); empty in tables of earlier versions.
    """

    index: int
    file: str
    split: str
    label: int
    target: int
    group: int
    source: str
    why: str = ""
    find: str = ""
    taxon: str = ""
    person: str = ""


def split(
    photos: list[ScannedPhoto],
    labels: Labels,
    tree: Tree,
    config: DataConfig,
    seed: int,
    quarantined: Mapping[str, str] | None = None,
    cuts: Sequence[Pair] = (),
    taught: Collection[str] = (),
) -> list[SplitPhoto]:
    """Place every photo that may teach; those `quarantined` (file to reason) are left out.

    `cuts` are pairs of `ScannedPhoto.index` of which one photo is cut out of the other: they stay together. Photos
    whose SHA-256 is among `taught` (see `data.taught`) teach again, with whatever belongs to them; only where fewer
    than half of the photos that shall measure would be left, they are dealt like all others.

    The same seed gives the same split. Photos that were set apart (`is_elsewhere`) get no row here.

    Raises:
        FieldGuideError: DATA_ONE_CLASS with fewer than two labels; with `config.rare` "refuse" DATA_TOO_FEW with all
            labels and their counts that have fewer usable groups of photos than the splits need or than `min_photos`.
    """
    photos = [photo for photo in photos if not is_elsewhere(photo, config)]
    left_out = {file: reason or "quarantine" for file, reason in (quarantined or {}).items()}
    out = {photo.index: photo.error or left_out.get(photo.file, "") for photo in photos}
    readable = [photo for photo in photos if not out[photo.index]]
    held = set(config.hold_out)
    placed = [place(photo, LEFT_OUT, labels, why=out[photo.index]) for photo in photos if out[photo.index]]
    by_group: dict[int, list[ScannedPhoto]] = defaultdict(list)
    for photo, group in zip(readable, group_photos(readable, cuts), strict=True):
        by_group[group].append(photo)
    undecided: dict[int, list[list[SplitPhoto]]] = defaultdict(list)
    for group, members in by_group.items():
        rows = _place_group(group, members, labels, tree, held)
        placed += [row for row in rows if row.split != ""]
        free = [row for row in rows if row.split == ""]
        if free:
            undecided[free[0].label].append(free)
    _refuse_too_few(undecided, labels, config)
    known = {photo.index for photo in photos if photo.sha256 in taught}
    dealt = _deal_all(undecided, labels, config, seed, known)
    if 2 * _measuring(dealt) < _measuring(afresh := _deal_all(undecided, labels, config, seed, set())):
        dealt = afresh
    return sorted([*placed, *dealt], key=lambda row: row.index)


def sides(shares: Sequence[float]) -> int:
    """How many sides of the split want photos: a label with fewer groups than that is not measured."""
    return sum(share > 0 for share in shares)


def unmeasured_in_words(placed: Sequence[SplitPhoto], labels: Labels) -> list[str]:
    """A sentence that names the labels which learn and which no photo of the test split measures."""
    taught, tested = ({row.label for row in placed if row.split == name} for name in (SPLITS[0], SPLITS[3]))
    names = [labels.taxa[label].name for label in sorted(taught - tested - {-1})]
    return [text("train.unmeasured", count=len(names), names=", ".join(names))] if names else []


def of_one_source_in_words(placed: Sequence[SplitPhoto]) -> list[str]:
    """A sentence where several named sources teach the same kinds and many kinds are taught by one of them alone."""
    taught: dict[int, set[str]] = defaultdict(set)
    for row in placed:
        if row.split == SPLITS[0] and row.source:
            taught[row.label].add(row.source)
    alone = sum(len(sources) == 1 for sources in taught.values())
    if min(alone, len(taught) - alone) < OF_ONE_SOURCE * len(taught) or not taught:
        return []
    return [text("train.of_one_source", count=alone, labels=len(taught))]


def place(photo: ScannedPhoto, where: str, labels: Labels, **facts: Any) -> SplitPhoto:
    """The row of a photo; what is not said of its target and group is -1."""
    taxon = labels.taxon_of.get(photo.raw_label)
    usual = {"label": labels.of_folder.get(photo.raw_label, -1), "target": -1, "group": -1}
    named = {"source": photo.source, "find": photo.find, "person": photo.person, "taxon": taxon.name if taxon else ""}
    return SplitPhoto(photo.index, photo.file, where, **usual | named | facts)


def read_split(file: Path) -> list[SplitPhoto]:
    """The rows of a frozen split. Raises FieldGuideError(CONFIG_INVALID) when the table was cut off or damaged."""
    try:
        return read_rows(file, SplitPhoto)
    except (ValueError, KeyError):
        refuse("resume", text("train.split_damaged", split=file))


def split_matches(placed: list[SplitPhoto], photos: list[ScannedPhoto], labels: Labels) -> bool:
    """Whether a frozen split is one of these very photos under these labels. Its rows are numbers into both."""
    frozen = [(row.index, str(Path(row.file).absolute()), row.label) for row in placed]
    now = [(p.index, str(Path(p.file).absolute()), labels.of_folder.get(p.raw_label, -1)) for p in photos]
    unread = {photo.index for photo in photos if photo.error}
    return frozen == now and not any(row.index in unread and row.split != LEFT_OUT for row in placed)


def write_split(file: Path, rows: list[SplitPhoto]) -> None:
    """Write the split as CSV, whole or not at all."""
    write_rows(file, SplitPhoto, rows)


def _place_group(
    group: int, members: list[ScannedPhoto], labels: Labels, tree: Tree, held: set[str]
) -> list[SplitPhoto]:
    """Rows of one group; an empty split means: free to be dealt."""
    if any(photo.raw_label in held for photo in members):
        return [
            place(p, HELD_OUT if p.raw_label in held else LEFT_OUT, labels, group=group, why="label held out")
            for p in members
        ]
    target_of = {photo.raw_label: tree.target_of(photo.raw_label, labels) for photo in members}
    teaching = [photo for photo in members if target_of[photo.raw_label] >= 0]
    why = "too few photos of its label"
    rows = [place(p, LEFT_OUT, labels, group=group, why=why) for p in members if target_of[p.raw_label] < 0]
    named = sorted({labels.taxon_of[photo.raw_label].name for photo in teaching})
    targets = sorted({target_of[photo.raw_label] for photo in teaching})
    target = tree.common_target(targets) if targets else -1
    seen: set[str] = set()
    for photo in sorted(teaching, key=lambda p: (-p.width * p.height, p.index)):
        row = place(photo, "", labels, target=target, group=group)
        again = photo.sha256 in seen
        seen.add(photo.sha256)
        if again:
            rows.append(replace(row, split=LEFT_OUT, target=-1, why="exact duplicate"))
        elif len(targets) > 1:
            why = "near-duplicate under several labels: " + ", ".join(named)
            rows.append(replace(row, split=SPLITS[0] if target >= 0 else LEFT_OUT, why=why))
        elif row.label < 0:
            rows.append(replace(row, split=SPLITS[0], why="too few photos of its label: teaches its family"))
        else:
            rows.append(row)
    return rows


def _deal_all(
    undecided: Mapping[int, list[list[SplitPhoto]]], labels: Labels, config: DataConfig, seed: int, taught: set[int]
) -> list[SplitPhoto]:
    """A side for every photo of every label; groups with one that `taught` (by index) only teach."""
    random = np.random.default_rng(seed)
    dealt: list[SplitPhoto] = []
    for label in sorted(undecided):
        groups = undecided[label]
        shares = config.background_fractions if labels.taxa[label] == BACKGROUND else config.fractions
        names = [SPLITS[0]] * len(groups)
        if len(groups) >= sides(shares):
            names = _deal(groups, shares, random, [any(row.index in taught for row in rows) for rows in groups])
        for rows, name in zip(groups, names, strict=True):
            dealt += [replace(row, split=name) for row in rows]
    return dealt


def _measuring(rows: Sequence[SplitPhoto]) -> int:
    return sum(row.split != SPLITS[0] for row in rows)


def _deal(
    groups: list[list[SplitPhoto]], shares: tuple[float, ...], random: np.random.Generator, teach: Sequence[bool]
) -> list[str]:
    """A split for each group: shuffled, then each goes where the share is furthest behind, counted in photos.

    Small labels fill train, test, calibration, val in that order, so that what is there can be measured first. Groups
    that must `teach` are counted before all others.
    """
    order = random.permutation(len(groups))
    order_of_need = [0, 3, 2, 1]
    counts = np.zeros(len(SPLITS))
    counts[0] = sum(len(group) for group, must in zip(groups, teach, strict=True) if must)
    names = [SPLITS[0] if must else "" for must in teach]
    total = sum(len(group) for group in groups)
    for place in order:
        if names[place]:
            continue
        wanted = np.array(shares) * total - counts
        best = max(order_of_need, key=lambda s: wanted[s] / (shares[s] * total) if shares[s] else -np.inf)
        counts[best] += len(groups[place])
        names[place] = SPLITS[best]
    return names


def _refuse_too_few(undecided: dict[int, list[list[SplitPhoto]]], labels: Labels, config: DataConfig) -> None:
    subjects = [label for label, taxon in enumerate(labels.taxa) if taxon != BACKGROUND]
    found = sum(label in undecided for label in subjects)
    if found < 2:
        raise FieldGuideError(ErrorCode.DATA_ONE_CLASS, folder=", ".join(config.folders), labels=found)
    few = []
    for label in subjects if config.rare == "refuse" else ():
        groups = undecided.get(label, [])
        count = sum(len(rows) for rows in groups)
        if count < config.min_photos or len(groups) < len(SPLITS):
            few.append(f"{labels.taxa[label].name} ({count if len(groups) >= len(SPLITS) else len(groups)})")
    if few:
        needed = max(config.min_photos, len(SPLITS))
        raise FieldGuideError(ErrorCode.DATA_TOO_FEW, labels=", ".join(few), needed=needed)
