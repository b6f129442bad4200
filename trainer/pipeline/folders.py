"""What cannot train is refused by its folders alone, before any photo is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.taxonomy import BACKGROUND
from fieldguide.core.text import text
from trainer.config import DataConfig, refuse
from trainer.data.labels import Labels, refuse_promises
from trainer.data.scan import BACKGROUND_FOLDER, ScannedPhoto
from trainer.data.split import sides


def refuse_folders(config: DataConfig, photos: Sequence[ScannedPhoto], labels: Labels) -> None:
    """Refuse by counting files alone; copies and unreadable ones are found later.

    Raises:
        FieldGuideError: CONFIG_INVALID for a label held out that is no folder, LABEL_PROMISES, DATA_ONE_CLASS with
            fewer than two labels, or, when rare labels are refused, DATA_TOO_FEW with every one of them.
    """
    refuse_promises(labels)
    folders = {photo.raw_label for photo in photos} - {BACKGROUND_FOLDER}
    missing = sorted(set(config.hold_out) - folders)
    if missing:
        refuse("data.hold_out", text("train.no_folder", names=", ".join(missing)))
    subjects = [taxon.name for taxon in labels.taxa if taxon != BACKGROUND]
    if len(subjects) < 2:
        raise FieldGuideError(ErrorCode.DATA_ONE_CLASS, folder=", ".join(config.folders), labels=len(subjects))
    if config.rare == "refuse":
        count = Counter(
            labels.taxa[labels.of_folder[p.raw_label]].name for p in photos if p.raw_label in labels.of_folder
        )
        needed = max(config.min_photos, sides(config.fractions))
        few = [f"{name} ({count[name]})" for name in subjects if count[name] < needed]
        if few:
            raise FieldGuideError(ErrorCode.DATA_TOO_FEW, labels=", ".join(few), needed=needed)
