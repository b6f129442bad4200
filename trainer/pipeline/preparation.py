"""The first half of a run: options made whole, photos read, named and split, the network trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from trainer.config import (
    RunConfig,
    check,
    differences,
    read_config,
    refuse,
    write_config,
)
from trainer.data.audit.audit import audit
from trainer.data.audit.findings import read_audit, read_quarantine, write_audit
from trainer.data.dataset import open_split
from trainer.data.elsewhere import (
    elsewhere_folders,
    elsewhere_in_words,
    halves_in_words,
    list_elsewhere,
    place_elsewhere,
)
from trainer.data.labels import (
    Labels,
    Tree,
    build_tree,
    names_in_words,
    read_labels,
    refuse_promises,
    resolve_labels,
    with_names,
)
from trainer.data.rare import name_labels, rare_in_words
from trainer.data.review.decisions import DECISIONS, Decisions, apply_decisions, decided_quarantine
from trainer.data.scan import (
    NAMED,
    ScannedPhoto,
    is_elsewhere,
    known_scan,
    list_photos,
    misplaced,
    scan,
    scan_hashes,
)
from trainer.data.split import (
    SplitPhoto,
    of_one_source_in_words,
    read_split,
    split,
    split_matches,
    unmeasured_in_words,
    write_split,
)
from trainer.data.taught import taught_before
from trainer.export.trial import try_export
from trainer.fit.loop import Fit, fit_network
from trainer.fit.network import Classifier, create_network
from trainer.fit.process_group import ProcessGroup
from trainer.fit.sizes import follow_network, refuse_sizes
from trainer.pipeline.cuts import find_cuts
from trainer.pipeline.folders import refuse_folders
from trainer.pipeline.wanted import complete
from trainer.progress import Progress
from trainer.run_folder import RunFolder, write_json

LATER = ("device", "export", "decision", "fit.tensorboard", "data.elsewhere", "data.elsewhere_manifests")
"""Options that a resumed run may change: they decide where it runs, or what happens after the fit."""
ALONE = ProcessGroup()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Photos, labels and their places, ready to fit."""

    photos: list[ScannedPhoto]
    labels: Labels
    tree: Tree
    placed: list[SplitPhoto]
    guide: Guide


def open_run(run: RunFolder, config: RunConfig, guide: Guide, *, resume: bool) -> RunConfig:
    """Make the run folder and write its configuration, or go on with the run that is in it.

    Raises:
        FieldGuideError: RUN_EXISTS when the folder already holds a run and `resume` is not asked for; CONFIG_INVALID
            when options of a begun fit were changed (more phases may be added at the end); DATA_MISSING,
            DATA_ONE_CLASS, DATA_TOO_FEW, FOLDER_WITHOUT_PHOTOS, LABEL_PROMISES, NETWORK_UNKNOWN or WEIGHTS_MISMATCH
            before anything is written.
    """
    if run.config.exists():
        if not resume:
            raise FieldGuideError(ErrorCode.RUN_EXISTS, folder=str(run.root))
        begun = complete(read_config(run.config))
        for option in differences(begun, config):
            longer = option == "fit.phases" and config.fit.phases[: len(begun.fit.phases)] == begun.fit.phases
            if not longer and option not in LATER and not option.startswith(("export.", "decision.")):
                refuse(option, text("train.begun_otherwise"))
    else:
        photos = apply_decisions(list_photos(config.data), Decisions(run.root / DECISIONS).final().values())
        list_elsewhere(config.data, photos)
        refuse_folders(config.data, photos, name_labels(photos, config.data, guide))
        look_at_network(config)
    run.create()
    write_config(config, run.config)
    return config


def follow_sizes(config: RunConfig, progress: Progress) -> RunConfig:
    """The configuration with sizes that its network takes where nothing else was asked for; says so."""
    followed, size = follow_network(config)
    if size:
        progress.note(text("train.one_size", name=config.network.name, size=size))
    check(followed)
    return followed


def look_at_network(config: RunConfig) -> None:
    """Refuse an unknown name, weights that do not fit, pictures of a size that the network cannot take, and a network
    that cannot be exported: all that would otherwise end a run after hours.

    Raises:
        FieldGuideError: NETWORK_UNKNOWN, WEIGHTS_MISMATCH or CONFIG_INVALID.
    """
    network = create_network(config.network, 2)
    refuse_sizes(network, config)
    try_export(network, config)


def prepare_run(config: RunConfig, run: RunFolder, guide: Guide, progress: Progress) -> Prepared:
    """Scan, audit, name, split. An audit or a split that is there is used again.

    What a person decided in a review (other labels, photos to leave out) and the quarantine list count, until
    the split is frozen.

    Raises:
        FieldGuideError: CONFIG_INVALID when the split that is there is of other photos, labels or decisions; what
            `scan` and `split` raise.
    """
    progress.step("reading photos", "reading")
    photos = _read_photos(config, run, progress)
    decisions = Decisions(run.root / DECISIONS).final()
    photos = apply_decisions(photos, decisions.values())
    quarantine = decided_quarantine(read_quarantine(run.quarantine), decisions)
    elsewhere = _read_elsewhere(config, run, photos, progress)
    frozen = run.split.exists() and not run.cuts.exists()  # made when nobody looked for cuts: it stays as it is
    cuts = [] if frozen else find_cuts([*photos, *elsewhere], run, progress)
    teaching = [photo for photo in photos if not is_elsewhere(photo, config.data)]
    if not _is_audited(run):
        progress.step("looking for copies and poor photos", "auditing")
        everything = resolve_labels((photo.raw_label for photo in teaching), guide)
        pixels = np.load(run.pixels, mmap_mode="r")
        tree = build_tree(everything.taxa)
        write_audit(run.audit, audit(teaching, pixels, everything, tree, None, progress.advance, cuts))
    from_others = [*(photo for photo in photos if is_elsewhere(photo, config.data)), *elsewhere]
    labels = _name_labels(config, run, photos, quarantine, guide)
    labels = with_names(labels, (photo.raw_label for photo in from_others), guide)
    refuse_promises(labels)  # a review may have named one
    tree = build_tree(labels.taxa)
    progress.step("splitting", "splitting")
    fresh, taught = not run.split.exists(), taught_before(config.network.init)
    if fresh:
        placed = split(teaching, labels, tree, config.data, config.seed, quarantine, cuts, taught)
    else:
        known = {photo.index for photo in teaching}
        placed = [row for row in read_split(run.split) if row.index in known]
        if not split_matches(placed, teaching, labels):
            refuse("resume", text("train.split_of_others", split=run.split))
    first = 1 + max((row.group for row in placed), default=0)
    placed_elsewhere = place_elsewhere(from_others, teaching, labels, config.seed, first, cuts, taught)
    if _kept_labels(run) != labels:
        write_json(run.labels, labels.as_json())
    rows = sorted([*placed, *placed_elsewhere], key=lambda row: row.index)
    if fresh or read_split(run.split) != rows:  # runs of a sweep share one file
        write_split(run.split, rows)
    if fresh:
        marks = [] if config.fit.within_source else of_one_source_in_words(placed)
        for sentence in (*names_in_words(labels), *rare_in_words(labels), *unmeasured_in_words(placed, labels), *marks):
            progress.note(sentence)
    for sentence in (*elsewhere_in_words(from_others, config.data, guide), *halves_in_words(placed_elsewhere)):
        progress.note(sentence)
    return Prepared([*photos, *elsewhere], labels, tree, [*placed, *placed_elsewhere], guide)


def _name_labels(
    config: RunConfig, run: RunFolder, photos: list[ScannedPhoto], quarantine: Mapping[str, str], guide: Guide
) -> Labels:
    """The labels; once the photos are split, those that the split was made for."""
    kept = _kept_labels(run) if run.split.exists() else None
    if kept is not None:
        return with_names(kept, (photo.raw_label for photo in photos), guide)
    return name_labels(photos, config.data, guide, quarantine)


def _kept_labels(run: RunFolder) -> Labels | None:
    """Those in the run folder; None when there are none, or they were cut off."""
    try:
        return read_labels(run.labels)
    except (OSError, ValueError):
        return None


def _is_audited(run: RunFolder) -> bool:
    try:
        read_audit(run.audit)
    except (OSError, ValueError):
        return False
    return True


def _read_elsewhere(
    config: RunConfig, run: RunFolder, photos: list[ScannedPhoto], progress: Progress
) -> list[ScannedPhoto]:
    """The photos by other people with their hashes; they need no cache."""
    listed = list_elsewhere(config.data, photos)
    if not listed:
        return []
    progress.step("reading photos by other people", "reading_elsewhere")
    for sentence in misplaced(elsewhere_folders(config.data), listed):
        progress.note(sentence)
    return scan_hashes(listed, run.elsewhere, progress)


def _read_photos(config: RunConfig, run: RunFolder, progress: Progress) -> list[ScannedPhoto]:
    """The photos by their rows in the cache. Once split they stay as they were read, whatever became of the files."""
    known = known_scan(run)
    if not (run.split.exists() and known):
        return scan(config.data, run, progress)
    listed = list_photos(config.data)
    before, now = ({photo.file for photo in photos} for photos in (known, listed))
    if before == now:
        return scan(config.data, run, progress)
    for key, files in (("train.photos_gone", before - now), ("train.photos_new", now - before)):
        if files:
            progress.note(text(key, files=", ".join(sorted(files)[:NAMED]), count=len(files)))
    return known


def fit_run(
    config: RunConfig, run: RunFolder, ready: Prepared, progress: Progress, *, resume: bool, group: ProcessGroup = ALONE
) -> Classifier:
    """Train the network of the configuration on the prepared photos."""
    return fit_network(open_fit(config, run, ready, progress, group), resume=resume)


def open_fit(
    config: RunConfig, run: RunFolder, ready: Prepared, progress: Progress, group: ProcessGroup = ALONE
) -> Fit:
    """Network, photos and device of a fit that is about to begin."""
    torch.manual_seed(config.seed)
    device = choose_device(config.device, progress)
    if group.world_size > 1 and device.type == "cuda":
        device = torch.device("cuda", group.local)
    network = create_network(config.network, len(ready.labels.taxa)).to(device)
    train, val = (
        open_split(name, run, ready.photos, ready.placed, ready.labels.taxa, ready.guide, config)
        for name in ("train", "val")
    )
    found = map(ready.guide.danger, ready.labels.taxa)
    levels = np.array([2 if level is Danger.DEADLY else int(level.harmful) for level in found], dtype=np.int64)
    return Fit(network, train, val, ready.tree, levels, config, run, device, progress, group)


def choose_device(asked: str, progress: Progress) -> torch.device:
    """The GPU when there is a usable one, else the CPU; what was asked for and is not there is said.

    A GPU that is too old for the installed torch is "available" and fails at the first kernel: so one is run.
    """
    if asked == "cpu":
        return torch.device("cpu")
    try:
        if torch.cuda.is_available():
            torch.zeros(8, device="cuda").sum().item()
            return torch.device("cuda")
        problem = "no GPU found"
    except RuntimeError as failure:
        problem = str(failure).splitlines()[0]
    if asked == "cuda":
        progress.note(f"the GPU cannot be used ({problem}): training on the CPU")
    return torch.device("cpu")
