"""Copies among photos: the same bytes, or nearly the same picture, under one label or under several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.findings import Finding
from trainer.data.crops import Pair
from trainer.data.duplicates import nearest_distances
from trainer.data.labels import Labels
from trainer.data.scan import ScannedPhoto
from trainer.data.witnesses import group_copies

FARTHEST = 0.6  # score of the least alike of near copies


@dataclass(frozen=True, slots=True)
class Copy:
    """What is known of a photo that is not one of a kind.

    `group` is shared by all copies of one picture. `scores`: 1 for the same bytes, 0.6 to 1 for near copies; empty for
    the one that stays (the largest of its label) unless a copy stands under a contradicting label, see `elsewhere`.
    """

    group: int
    scores: dict[Finding, float]
    elsewhere: tuple[str, ...]


def find_copies(
    photos: Sequence[ScannedPhoto], labels: Labels, compatible: NDArray[np.bool_], cuts: Sequence[Pair] = ()
) -> dict[int, Copy]:
    """Copies by position in `photos` (readable ones).

    `compatible` bool [C, C]: labels that may both be right. `cuts`: as in `group_copies`, mirrored ones among them.
    """
    hashes = np.array([int(photo.phash, 16) for photo in photos], dtype=np.uint64)
    bits = nearest_distances(hashes)
    closeness = np.where(bits < 0, FARTHEST, 1 - bits / 10)  # cuts have no bits
    groups: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(group_copies(photos, cuts)):
        groups[group].append(place)
    return {
        place: copy
        for group, places in groups.items()
        if len(places) > 1
        for place, copy in _group_copies(group, places, photos, closeness, labels, compatible).items()
    }


def _group_copies(
    group: int,
    places: list[int],
    photos: Sequence[ScannedPhoto],
    closeness: NDArray[np.float64],
    labels: Labels,
    compatible: NDArray[np.bool_],
) -> dict[int, Copy]:
    folders = sorted({photos[place].raw_label for place in places})
    digests: dict[str, set[str]] = defaultdict(set)
    copies = {}
    for place in sorted(places, key=lambda place: -photos[place].width * photos[place].height):
        photo, scores = photos[place], {}
        known = digests[photo.raw_label]
        if photo.sha256 in known:
            scores[Finding.EXACT_COPY] = 1.0
        elif known:
            scores[Finding.NEAR_COPY] = float(closeness[place])
        known.add(photo.sha256)
        own = labels.of_folder.get(photo.raw_label)
        elsewhere = tuple(name for name in folders if _contradict(own, labels.of_folder.get(name), compatible))
        if elsewhere:
            scores[Finding.COPY_ACROSS_LABELS] = float(closeness[place])
        copies[place] = Copy(group, scores, elsewhere)
    return copies


def _contradict(one: int | None, other: int | None, compatible: NDArray[np.bool_]) -> bool:
    return one is not None and other is not None and not compatible[one, other]
