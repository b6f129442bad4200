"""Photos resized, renamed, in one format and split: the folder tree for other tools.

OUT/{train,val,test}/LABEL/LABEL_00001.jpg, with prepared.csv (what each was), attribution.csv (who made it), split.csv
and class_counts.{csv,png}. The split is the trainer's own, by observation and near-duplicate group. A photo whose
labels contradict each other is left out: other tools want one label. The originals are only read.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from fieldguide.core.atomic import written_text
from fieldguide.core.photo import read_photo
from trainer.data.labels import Labels
from trainer.data.scan import ScannedPhoto
from trainer.data.split import SplitPhoto
from trainer.progress import Progress

PARTS = {"train": "train", "val": "val", "calibration": "val", "test": "test"}
"""Where a split's photos go: other tools know no calibration."""

FORMATS: dict[str, dict[str, Any]] = {"jpg": {"quality": 92}, "png": {}, "webp": {"quality": 90}}


@dataclass(frozen=True, slots=True)
class Written:
    """One line of `prepared.csv`: the new file below OUT, its part and label, and the photo that it was made from."""

    file: str
    part: str
    label: str
    source: str
    sha256: str


def prepare(
    photos: Sequence[ScannedPhoto],
    placed: Sequence[SplitPhoto],
    labels: Labels,
    out: Path,
    side: int,
    suffix: str,
    progress: Progress,
) -> list[Written]:
    """Write every photo that has one label and a place in the split, and `prepared.csv`; returns its lines.

    side: pixels of the short side; smaller photos keep their size. suffix: one of FORMATS.
    """
    number: Counter[str] = Counter()
    jobs: list[Written] = []
    for row in placed:
        if row.split not in PARTS or not row.target == row.label >= 0:
            continue
        photo = photos[row.index]
        if photo.error:
            continue
        name = labels.taxa[labels.of_folder[photo.raw_label]].name.replace(" ", "_")
        number[name] += 1
        part = PARTS[row.split]
        file = f"{part}/{name}/{name}_{number[name]:05}.{suffix}"
        jobs.append(Written(file, part, name, photo.file, photo.sha256))
    for folder in {(out / job.file).parent for job in jobs}:
        folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, _ in enumerate(pool.map(lambda job: _write(job, out, side, suffix), jobs), start=1):
            progress.advance(done, len(jobs))
    with written_text(out / "prepared.csv") as stream:
        writer = csv.writer(stream)
        writer.writerow(Written.__slots__)
        writer.writerows([job.file, job.part, job.label, job.source, job.sha256] for job in jobs)
    return jobs


def _write(job: Written, out: Path, side: int, suffix: str) -> None:
    picture = Image.fromarray(read_photo(Path(job.source), side).pixels)
    scale = min(1.0, side / min(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    picture.resize(size, Image.Resampling.BICUBIC).save(out / job.file, **FORMATS[suffix])
