"""The first half of a run: options made whole, photos read, named and split, the network trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from fieldguide.core.bundle import read_manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.resources import resource
from trainer.config import NetworkConfig, RunConfig, check, phases_of, read_config, write_config
from trainer.data.audit.findings import read_quarantine, write_audit
from trainer.data.audit.judge import audit
from trainer.data.dataset import open_split
from trainer.data.labels import Labels, Tree, build_tree, resolve_labels
from trainer.data.scan import ScannedPhoto, list_photos, scan
from trainer.data.split import SplitPhoto, read_split, split, write_split
from trainer.fit.loop import Fit, fit_network
from trainer.fit.network import Classifier, create_network
from trainer.progress import Progress
from trainer.run_folder import RunFolder, write_json

# TensorFlow's network, whose weights are in circulation, pads "same" and has no activation after its first block;
# timm's definition of it differs in both.
EDGETPU = "mobilenet_edgetpu_100"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Photos, labels and their places, ready to fit."""

    photos: list[ScannedPhoto]
    labels: Labels
    tree: Tree
    placed: list[SplitPhoto]
    guide: Guide


def complete(config: RunConfig) -> RunConfig:
    """The configuration with its preset's phases and its starting weights filled in; checked."""
    phases = config.fit.phases or phases_of(config.preset)
    config = replace(config, fit=replace(config.fit, phases=phases), network=start_from(config.network))
    check(config)
    return config


def start_from(network: NetworkConfig) -> NetworkConfig:
    """Where nothing was said: built as its weights need it, started from the starter model's weights if they fit."""
    if network.name == EDGETPU and not network.options and not network.identity:
        network = replace(network, options={"pad_type": "same"}, identity=("blocks.0.0.bn1.act",))
    starter = resource("model", "starter.fieldguide")
    if network.init or not starter.exists():
        return network
    told = read_manifest(starter).provenance.get("network", {})
    same = (told.get("name"), told.get("options")) == (network.name, network.options)
    return replace(network, init=str(starter)) if same else network


def open_run(run: RunFolder, config: RunConfig, *, resume: bool) -> RunConfig:
    """Make the run folder and write its configuration, or take the configuration of the run to resume.

    Raises:
        FieldGuideError: RUN_EXISTS when the folder already holds a run and `resume` is not asked for; DATA_MISSING,
            FOLDER_WITHOUT_PHOTOS, NETWORK_UNKNOWN or WEIGHTS_MISMATCH before anything is written.
    """
    if run.config.exists():
        if not resume:
            raise FieldGuideError(ErrorCode.RUN_EXISTS, folder=str(run.root))
        return read_config(run.config)
    list_photos(config.data)
    create_network(config.network, 2)  # refuses an unknown name or weights that do not fit
    run.create()
    write_config(config, run.config)
    return config


def prepare_run(config: RunConfig, run: RunFolder, progress: Progress) -> Prepared:
    """Scan, audit, name, split. An audit or a split that is there is used again, and so is a quarantine list."""
    guide = load_guide()
    progress.step("reading photos")
    photos = scan(config.data, run, progress)
    if not run.audit.exists():
        progress.step("looking for copies and poor photos")
        everything = resolve_labels((photo.raw_label for photo in photos), guide)
        pixels = np.load(run.pixels, mmap_mode="r")
        write_audit(run.audit, audit(photos, pixels, everything, build_tree(everything.taxa), None, progress.advance))
    labels = resolve_labels((p.raw_label for p in photos if p.raw_label not in config.data.hold_out), guide)
    tree = build_tree(labels.taxa)
    write_json(run.labels, labels.as_json())
    progress.step("splitting")
    if run.split.exists():
        placed = read_split(run.split)
    else:
        placed = split(photos, labels, tree, config.data, config.seed, read_quarantine(run.quarantine))
        write_split(run.split, placed)
    return Prepared(photos, labels, tree, placed, guide)


def fit_run(config: RunConfig, run: RunFolder, ready: Prepared, progress: Progress, *, resume: bool) -> Classifier:
    """Train the network of the configuration on the prepared photos."""
    torch.manual_seed(config.seed)
    device = choose_device(config.device, progress)
    network = create_network(config.network, len(ready.labels.taxa)).to(device)
    train, val = (
        open_split(name, run, ready.photos, ready.placed, ready.labels.taxa, ready.guide, config)
        for name in ("train", "val")
    )
    fit = Fit(network, train, val, ready.tree, config, run, device, progress)
    return fit_network(fit, resume=resume)


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
