"""One find, several photos: one opinion from many, whether they contradict each other, and which view is still missing.

Knows probabilities, thresholds and the guide; nothing of files or models. The alarm never goes through here alone:
`core.decision` hears every single photo as a witness.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.calibration import Floats
from fieldguide.core.decision.rollup import LabelTree
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import Guide
from fieldguide.core.places import kilometres
from fieldguide.core.records import Photo
from fieldguide.core.taxonomy import Rank, Taxon

FLOOR = 1e-6  # one photo alone cannot rule a label out
SURE = 0.5  # a photo that gives less than this to its best name contradicts nobody
GAP = timedelta(minutes=3)  # between one photo of a find and the next
DISTANCE = 30.0  # metres; a phone under trees is off by ten or twenty


def fuse(probabilities: Floats) -> NDArray[np.float64]:
    """Mean of the log-probabilities of K photos `[K,C]`, renormalised `[C]`: the tempered product of the opinions.

    The mean, not the sum: photos of one find are not independent witnesses, and a sum would be overconfident.
    """
    logs = np.log(np.maximum(np.asarray(probabilities, np.float64), FLOOR)).mean(axis=0)
    powers = np.exp(logs - logs.max())
    return np.asarray(powers / powers.sum())


def disagreement(probabilities: Floats, tree: LabelTree, thresholds: Thresholds) -> Rank | None:
    """The widest rank at which two photos of `[K,C]` surely name different taxa; None when none do.

    Sure: at least `SURE` and the rank's own threshold. Different families are also different genera and species: the
    family is named.
    """
    for rank, least in (
        (Rank.FAMILY, thresholds.family),
        (Rank.GENUS, thresholds.genus),
        (Rank.SPECIES, thresholds.species),
    ):
        matrix = tree.share_wide(probabilities, thresholds.wide_share) if rank is Rank.SPECIES else probabilities
        best = tree.best(matrix, rank)
        sure = best.place[best.probability >= max(SURE, min(least, 1.0))]
        if len(set(sure.tolist())) > 1:
            return rank
    return None


class View(StrEnum):
    """What a further photo should show."""

    UNDERSIDE = "underside"
    BASE = "base"
    SECTION = "section"


_SHOWN_IN: dict[View, tuple[str, ...]] = {
    View.UNDERSIDE: ("gill", "pore", "spine", "teeth", "ring", "veil", "underside", "ridges", "decurrent", "net"),
    View.BASE: ("volva", "bulb", "base", "root", "sac"),
    View.SECTION: ("bluing", "reddening", "yellowing", "blackening", "staining", "milk", "flesh", "hollow", "inside"),
}


def views_to_ask(plausible: Sequence[Taxon], guide: Guide) -> tuple[View, ...]:
    """The views in which the plausible taxa differ by their key features, the most telling first.

    A view is worth asking for when some of the taxa mention it and they do not all say the same of it. Empty for fewer
    than two taxa with a record.
    """
    features = [
        record.key_features.partition("[note")[0] for taxon in plausible if (record := guide.record(taxon.name))
    ]
    telling = {}
    for view, words in _SHOWN_IN.items():
        phrases = [phrases_with(each, words) for each in features]
        different = len(set(phrases))
        if different > 1:
            telling[view] = sum(bool(phrase) for phrase in phrases)
    return tuple(sorted(telling, key=lambda view: (-telling[view], list(View).index(view))))


def phrases_with(features: str, words: Sequence[str]) -> str:
    """The phrases of a list of features ("white cap, sac volva") in which a word begins with one of `words`."""
    beginnings = tuple(words)
    kept = [
        phrase.strip()
        for phrase in features.split(",")
        if any(part.startswith(beginnings) for part in phrase.lower().replace("-", " ").split())
    ]
    return ", ".join(kept)


def propose_groups(photos: Sequence[Photo]) -> tuple[tuple[Photo, ...], ...]:
    """Photos dropped together as finds: in order of time, one find while the next is within `GAP` and `DISTANCE`.

    A photo without a time stands alone: nothing says what it belongs to. Groups come in the order of their first photo
    as given.
    """
    place = {id(photo): number for number, photo in enumerate(photos)}
    timed = sorted((photo for photo in photos if photo.taken_at is not None), key=_time)
    groups = [[photo] for photo in photos if photo.taken_at is None]
    open_group: list[Photo] = []
    for photo in timed:
        if open_group and _belongs(photo, open_group[-1]):
            open_group.append(photo)
        else:
            open_group = [photo]
            groups.append(open_group)
    return tuple(tuple(group) for group in sorted(groups, key=lambda group: min(place[id(each)] for each in group)))


def _time(photo: Photo) -> datetime:
    return photo.taken_at or datetime.min


def _belongs(photo: Photo, before: Photo) -> bool:
    assert photo.taken_at is not None
    assert before.taken_at is not None
    if photo.taken_at - before.taken_at > GAP:
        return False
    away = _metres(photo, before)
    return away is None or away <= DISTANCE


def _metres(one: Photo, other: Photo) -> float | None:
    """Distance; None when a place is missing."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return 1000.0 * kilometres(one.latitude, one.longitude, other.latitude, other.longitude)
