"""A few training photos of each label, small, from the run's pixel cache."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from markupsafe import Markup

from fieldguide.core.errors import FieldGuideError
from trainer.data.labels import read_labels
from trainer.data.scan import known_scan
from trainer.data.split import read_split
from trainer.report.parts import joined
from trainer.report.photos import from_cache
from trainer.run_folder import RunFolder

PHOTOS = 600  # in all labels together: some 2 kB each
EACH = 4


def label_photos(run: RunFolder) -> dict[str, Markup]:
    """<img>s by the label's name; empty when cache, scan, split or labels are gone or damaged. Each picture says
    nothing of where it came from.
    """
    photos = {photo.index: photo for photo in known_scan(run)}
    try:
        names = [taxon.name for taxon in read_labels(run.labels).taxa]
        placed = read_split(run.split)
    except (OSError, ValueError, FieldGuideError):
        return {}
    each = max(1, min(EACH, PHOTOS // max(len(names), 1)))
    rows: dict[int, list[int]] = defaultdict(list)
    for row in placed:
        if row.split == "train" and not row.why and 0 <= row.label < len(names) and row.index in photos:
            rows[row.label].append(row.index)
    pixels = np.load(run.pixels, mmap_mode="r") if photos else ()
    found: dict[str, Markup] = {}
    for label, indices in rows.items():
        chosen = [indices[place] for place in np.linspace(0, len(indices) - 1, min(each, len(indices))).astype(int)]
        found[names[label]] = joined(from_cache(np.asarray(pixels[index]), photos[index].aspect) for index in chosen)
    return found
