"""A few training photos of each label, small, from the run's pixel cache."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
from markupsafe import Markup

from trainer.data.scan import read_scan
from trainer.data.split import read_split
from trainer.report.parts import joined
from trainer.report.photos import from_cache
from trainer.run_folder import RunFolder

PHOTOS = 600  # in all labels together: some 2 kB each
EACH = 4


def label_photos(run: RunFolder) -> dict[str, Markup]:
    """<img>s by the label's name; empty when the cache is gone. Each picture says nothing of where it came from."""
    if not (run.pixels.exists() and run.scan.exists() and run.split.exists() and run.labels.exists()):
        return {}
    names = [taxon["name"] for taxon in json.loads(run.labels.read_text(encoding="utf-8"))["taxa"]]
    each = max(1, min(EACH, PHOTOS // max(len(names), 1)))
    photos = {photo.index: photo for photo in read_scan(run.scan)}
    rows: dict[int, list[int]] = defaultdict(list)
    for row in read_split(run.split):
        if row.split == "train" and not row.why and row.label >= 0:
            rows[row.label].append(row.index)
    pixels = np.load(run.pixels, mmap_mode="r")
    found: dict[str, Markup] = {}
    for label, indices in rows.items():
        chosen = [indices[place] for place in np.linspace(0, len(indices) - 1, min(each, len(indices))).astype(int)]
        found[names[label]] = joined(from_cache(np.asarray(pixels[index]), photos[index].aspect) for index in chosen)
    return found
