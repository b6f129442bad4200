"""What a run would do, in words, without doing it."""

from __future__ import annotations

from pathlib import Path

from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from trainer.config import RunConfig
from trainer.data.elsewhere import elsewhere_folders, elsewhere_in_words, list_elsewhere
from trainer.data.labels import names_in_words
from trainer.data.rare import name_labels, rare_in_words
from trainer.data.scan import is_elsewhere, list_photos, misplaced
from trainer.pipeline.expected import expected_seconds
from trainer.pipeline.folders import refuse_folders
from trainer.pipeline.preparation import choose_device, look_at_network
from trainer.progress import Progress, Style, clock


def plan(config: RunConfig) -> str:
    """Photos, labels, network and phases of a run, one line each.

    Raises:
        FieldGuideError: DATA_MISSING, DATA_ONE_CLASS, DATA_TOO_FEW, FOLDER_WITHOUT_PHOTOS, LABEL_PROMISES,
            NETWORK_UNKNOWN, WEIGHTS_MISMATCH or CONFIG_INVALID.
    """
    photos, guide = list_photos(config.data), load_guide()
    elsewhere = list_elsewhere(config.data, photos)
    labels = name_labels(photos, config.data, guide)
    refuse_folders(config.data, photos, labels)
    look_at_network(config)
    from_others = [*elsewhere, *(photo for photo in photos if is_elsewhere(photo, config.data))]
    lines = [
        text("train.plan_photos", photos=len(photos), folder=", ".join(config.data.folders), labels=len(labels.taxa)),
        text("train.plan_network", name=config.network.name, init=Path(config.network.init).name or "random"),
    ]
    lines += [*misplaced(config.data, photos), *names_in_words(labels), *rare_in_words(labels)]
    if elsewhere:
        lines += misplaced(elsewhere_folders(config.data), elsewhere)
    lines += elsewhere_in_words(from_others, config.data, guide)
    if not config.fit.phases:
        lines.append(text("train.plan_head"))
    for phase in config.fit.phases:
        facts = {"epochs": phase.epochs, "layers": phase.trainable, "size": phase.size, "rate": phase.learning_rate}
        lines.append(text("train.plan_phase", **facts))
    device = choose_device(config.device, Progress(Style.PERSON))
    seconds = expected_seconds(config, len(photos), device)
    lines.append(text("train.plan_time", time=clock(seconds), device=device.type, batch=config.fit.batch_size))
    return "\n".join(lines)
