"""What a run would do, in words, without doing it."""

from __future__ import annotations

from pathlib import Path

from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from trainer.config import RunConfig
from trainer.data.labels import refuse_promises, resolve_labels, told_names
from trainer.data.scan import list_photos
from trainer.export.preparation import look_at_network


def plan(config: RunConfig) -> str:
    """Photos, labels, network and phases of a run, one line each.

    Raises:
        FieldGuideError: DATA_MISSING, FOLDER_WITHOUT_PHOTOS, LABEL_PROMISES, NETWORK_UNKNOWN, WEIGHTS_MISMATCH or
            CONFIG_INVALID.
    """
    photos = list_photos(config.data)
    look_at_network(config)
    labels = resolve_labels({photo.raw_label for photo in photos} - set(config.data.hold_out), load_guide())
    refuse_promises(labels)
    lines = [
        text("train.plan_photos", photos=len(photos), folder=config.data.folder, labels=len(labels.taxa)),
        text("train.plan_network", name=config.network.name, init=Path(config.network.init).name or "random"),
    ]
    lines += told_names(labels)
    if not config.fit.phases:
        lines.append(text("train.plan_head"))
    for phase in config.fit.phases:
        facts = {"epochs": phase.epochs, "layers": phase.trainable, "size": phase.size, "rate": phase.learning_rate}
        lines.append(text("train.plan_phase", **facts))
    return "\n".join(lines)
