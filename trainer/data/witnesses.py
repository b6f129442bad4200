"""Which scanned photos are one witness: copies in every way that is looked for, and photos of one find."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.data.crops import Pair
from trainer.data.duplicates import CROPS, witness_groups
from trainer.data.scan import ScannedPhoto


def group_photos(photos: Sequence[ScannedPhoto], cuts: Sequence[Pair] = ()) -> list[int]:
    """A number for each photo, shared by near-duplicates, mirrored and cropped ones, and photos of one find.

    `cuts`: pairs of `ScannedPhoto.index` of which one photo is cut out of the other. Rather too much together than too
    little: simple pictures of one kind may share the hash of a cut.
    """
    return _grouped(photos, cuts, witnesses=True)


def group_copies(photos: Sequence[ScannedPhoto], cuts: Sequence[Pair] = ()) -> list[int]:
    """A number for each photo, shared by near-duplicates and `cuts` alone: what can be called a copy to its face."""
    return _grouped(photos, cuts, witnesses=False)


def _grouped(photos: Sequence[ScannedPhoto], cuts: Sequence[Pair], *, witnesses: bool) -> list[int]:
    if not photos:
        return []
    looks = [(p.phash, p.mirrored or p.phash, *(p.cropped.split() or [p.phash] * len(CROPS))) for p in photos]
    codes = np.array([[int(code, 16) for code in each] for each in looks], dtype=np.uint64).T
    place = {photo.index: number for number, photo in enumerate(photos)}
    links = [(place[one], place[other]) for one, other in cuts if one in place and other in place]
    finds = [photo.find_key if witnesses else "" for photo in photos]
    groups: list[int] = witness_groups(codes[0], finds, codes[1:] if witnesses else None, links).tolist()
    return groups
