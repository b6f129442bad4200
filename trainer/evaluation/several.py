"""What fusing several photos of a find gains, measured.

Where the split tells observations, they would be the groups; web photos tell none. So finds are simulated: photos of
one label are drawn together at random. They show different mushrooms, not one from several sides, so the gain is of
independent photos: an upper bound for a real find.
"""

from __future__ import annotations

import numpy as np

from fieldguide.core.decision.calibration import softmax
from fieldguide.core.decision.fusion import fuse
from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.taxonomy import Taxon
from trainer.evaluation.calibrate import label_covers
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.predictions import Predictions
from trainer.evaluation.records import FusedNames


def fusion_gain(
    photos: Predictions,
    labels: tuple[Taxon, ...],
    policy: DecisionPolicy,
    sizes: tuple[int, ...] = (1, 2, 3),
    seed: int = 0,
) -> dict[int, FusedNames]:
    """Top-1 and top-5 (0 to 1) of simulated finds of 1, 2 and 3 photos, each photo used once per size.

    A species of the genus that the photos are filed under is right.
    """
    tree = label_tree(labels)
    rng = np.random.default_rng(seed)
    known = photos.select(photos.targets >= 0)
    probabilities = softmax(known.logits, policy.temperature)
    found: dict[int, FusedNames] = {}
    for size in sizes:
        ranks = []
        for target in np.unique(known.targets):
            right = label_covers(tree, int(target))
            rows = rng.permutation(np.flatnonzero(known.targets == target))
            for start in range(0, len(rows) - size + 1, size):
                fused = tree.share_wide(
                    fuse(probabilities[rows[start : start + size]])[None], policy.thresholds.wide_share
                )[0]
                fused[tree.is_background] = 0.0
                ranks.append(int((fused > fused[right].max()).sum()))
        places = np.array(ranks)
        found[size] = FusedNames(
            finds=len(places),
            top1=float((places < 1).mean()) if len(places) else None,
            top5=float((places < 5).mean()) if len(places) else None,
        )
    return found
