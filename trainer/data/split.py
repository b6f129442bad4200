"""Who learns and who judges: a split in which no near-duplicate and no observation stands on two sides.

Photos that stand under several labels are not thrown away: they teach the narrowest taxon that all their labels share,
and they never judge. Nothing is deleted; every decision is a row in `audit.csv`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.taxonomy import BACKGROUND
from trainer.config import DataConfig
from trainer.data.duplicates import witness_groups
from trainer.data.labels import Labels, Tree
from trainer.data.rows import read_rows, write_rows
from trainer.data.scan import ScannedPhoto

SPLITS = ("train", "val", "calibration", "test")
HELD_OUT = "held_out"  # labels kept out of training, to measure what the model makes of strangers
LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class SplitPhoto:
    """One photo's place. `index` is its row in the cache, `target` a row of the tree, `label` a row of the labels.

    `group` numbers near-duplicates and observations; `why` is empty or says what the audit found.
    """

    index: int
    file: str
    split: str
    label: int
    target: int
    group: int
    source: str
    why: str = ""


def split(
    photos: list[ScannedPhoto],
    labels: Labels,
    tree: Tree,
    config: DataConfig,
    seed: int,
    quarantined: Mapping[str, str] | None = None,
) -> list[SplitPhoto]:
    """Place every photo; those `quarantined` (file to reason) are left out. The same seed gives the same split.

    Raises:
        FieldGuideError: DATA_ONE_CLASS with fewer than two labels, DATA_TOO_FEW with all labels and their counts that
            have fewer usable groups of photos than the splits need or than `min_photos`.
    """
    left_out = {file: reason or "quarantine" for file, reason in (quarantined or {}).items()}
    out = {photo.index: photo.error or left_out.get(photo.file, "") for photo in photos}
    readable = [photo for photo in photos if not out[photo.index]]
    hashes = np.array([int(photo.phash, 16) for photo in readable], dtype=np.uint64)
    groups = witness_groups(hashes, [photo.observation for photo in readable]).tolist()
    held = set(config.hold_out)
    placed: list[SplitPhoto] = [
        SplitPhoto(p.index, p.file, LEFT_OUT, labels.of_folder.get(p.raw_label, -1), -1, -1, p.source, out[p.index])
        for p in photos
        if out[p.index]
    ]
    by_group: dict[int, list[ScannedPhoto]] = defaultdict(list)
    for photo, group in zip(readable, groups, strict=True):
        by_group[group].append(photo)
    undecided: dict[int, list[list[SplitPhoto]]] = defaultdict(list)
    for group, members in by_group.items():
        rows = _judge(group, members, labels, tree, held)
        placed += [row for row in rows if row.split != ""]
        free = [row for row in rows if row.split == ""]
        if free:
            undecided[free[0].label].append(free)
    _refuse_too_few(undecided, labels, config)
    random = np.random.default_rng(seed)
    for label in sorted(undecided):
        shares = config.background_fractions if labels.taxa[label] == BACKGROUND else config.fractions
        for rows, name in zip(undecided[label], _deal(undecided[label], shares, random), strict=True):
            placed += [_moved(row, name) for row in rows]
    return sorted(placed, key=lambda row: row.index)


def read_split(file: Path) -> list[SplitPhoto]:
    """The rows of a frozen split."""
    return read_rows(file, SplitPhoto)


def speaks_of(placed: list[SplitPhoto], photos: list[ScannedPhoto], labels: Labels) -> bool:
    """Whether a frozen split is one of these very photos under these labels. Its rows are numbers into both."""
    told = [(str(Path(row.file).absolute()), row.label) for row in placed]
    now = [(str(Path(photo.file).absolute()), labels.of_folder.get(photo.raw_label, -1)) for photo in photos]
    dropped = any(photos[row.index].error and row.split != LEFT_OUT for row in placed if row.index < len(photos))
    return told == now and not dropped


def write_split(file: Path, rows: list[SplitPhoto]) -> None:
    """Write the split as CSV, whole or not at all."""
    write_rows(file, SplitPhoto, rows)


def _judge(group: int, members: list[ScannedPhoto], labels: Labels, tree: Tree, held: set[str]) -> list[SplitPhoto]:
    """Rows of one group; an empty split means: free to be dealt."""

    def row(photo: ScannedPhoto, where: str, target: int, why: str = "") -> SplitPhoto:
        return SplitPhoto(
            photo.index, photo.file, where, labels.of_folder.get(photo.raw_label, -1), target, group, photo.source, why
        )

    if any(photo.raw_label in held for photo in members):
        return [row(p, HELD_OUT if p.raw_label in held else LEFT_OUT, -1, "label held out") for p in members]
    named = sorted({labels.of_folder[photo.raw_label] for photo in members})
    target = tree.common_target(named)
    seen: set[str] = set()
    rows = []
    for photo in sorted(members, key=lambda p: (-p.width * p.height, p.index)):
        again = photo.sha256 in seen
        seen.add(photo.sha256)
        if again:
            rows.append(row(photo, LEFT_OUT, -1, "exact duplicate"))
        elif len(named) > 1:
            why = "near-duplicate under several labels: " + ", ".join(labels.taxa[label].name for label in named)
            rows.append(row(photo, "train" if target >= 0 else LEFT_OUT, target, why))
        else:
            rows.append(row(photo, "", target))
    return rows


def _deal(groups: list[list[SplitPhoto]], shares: tuple[float, ...], random: np.random.Generator) -> list[str]:
    """A split for each group: shuffled, then each goes where the share is furthest behind, counted in photos.

    Small labels fill train, test, calibration, val in that order, so that what is there can be measured first.
    """
    order = random.permutation(len(groups))
    order_of_need = [0, 3, 2, 1]
    counts = np.zeros(len(SPLITS))
    names = [""] * len(groups)
    total = sum(len(group) for group in groups)
    for place in order:
        wanted = np.array(shares) * total - counts
        best = max(order_of_need, key=lambda s: wanted[s] / (shares[s] * total) if shares[s] else -np.inf)
        counts[best] += len(groups[place])
        names[place] = SPLITS[best]
    return names


def _refuse_too_few(undecided: dict[int, list[list[SplitPhoto]]], labels: Labels, config: DataConfig) -> None:
    subjects = [label for label, taxon in enumerate(labels.taxa) if taxon != BACKGROUND]
    found = sum(label in undecided for label in subjects)
    if found < 2:
        raise FieldGuideError(ErrorCode.DATA_ONE_CLASS, folder=config.folder, labels=found)
    few = []
    for label in subjects:
        groups = undecided.get(label, [])
        count = sum(len(rows) for rows in groups)
        if count < config.min_photos or len(groups) < len(SPLITS):
            few.append(f"{labels.taxa[label].name} ({count if len(groups) >= len(SPLITS) else len(groups)})")
    if few:
        needed = max(config.min_photos, len(SPLITS))
        raise FieldGuideError(ErrorCode.DATA_TOO_FEW, labels=", ".join(few), needed=needed)


def _moved(row: SplitPhoto, name: str) -> SplitPhoto:
    return SplitPhoto(**asdict(row) | {"split": name})
