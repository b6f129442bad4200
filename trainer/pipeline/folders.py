"""What cannot train is refused by its folders alone, before any photo is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.config import DataConfig, refuse
from trainer.data.labels import Labels, refuse_promises
from trainer.data.scan import BACKGROUND_FOLDER, ScannedPhoto
from trainer.data.split import SPLITS


def refuse_folders(config: DataConfig, photos: Sequence[ScannedPhoto], labels: Labels) -> None:
    """Refuse by counting files alone; copies and unreadable ones are found later.

    Raises:
        FieldGuideError: CONFIG_INVALID for a label held out that is no folder, LABEL_PROMISES, DATA_ONE_CLASS, or
            DATA_TOO_FEW with every label that has too few.
    """
    refuse_promises(labels)
    folders = {photo.raw_label for photo in photos} - {BACKGROUND_FOLDER}
    strangers = sorted(set(config.hold_out) - folders)
    if strangers:
        refuse("data.hold_out", text("train.no_folder", names=", ".join(strangers)))
    count = Counter(
        labels.taxa[labels.of_folder[photo.raw_label]].name
        for photo in photos
        if photo.raw_label in folders - set(config.hold_out) and not photo.error
    )
    if len(count) < 2:
        raise FieldGuideError(ErrorCode.DATA_ONE_CLASS, folder=config.folder, labels=len(count))
    needed = max(config.min_photos, len(SPLITS))
    few = [f"{name} ({found})" for name, found in count.items() if found < needed]
    if few:
        raise FieldGuideError(ErrorCode.DATA_TOO_FEW, labels=", ".join(few), needed=needed)
