"""What a run is asked to be: its options made whole, and refused where its folders alone say that it cannot train.

Knows no torch, which takes seconds to load: a wrong call is answered first.
"""

from __future__ import annotations

from dataclasses import replace

from fieldguide.core.bundle import read_manifest
from fieldguide.core.guide import Guide
from fieldguide.core.resources import resource
from trainer.config import AUGMENT, NetworkConfig, RunConfig, check, phases_of
from trainer.data.elsewhere import list_elsewhere
from trainer.data.rare import name_labels
from trainer.data.review.decisions import DECISIONS, Decisions, apply_decisions
from trainer.data.scan import list_photos
from trainer.fit.known import known_networks, unknown_network
from trainer.pipeline.folders import refuse_folders
from trainer.run_folder import RunFolder

# TensorFlow's network, whose weights are in circulation, pads "same" and has no activation after its first block;
# timm's definition of it differs in both.
EDGETPU = "mobilenet_edgetpu_100"


def complete(config: RunConfig) -> RunConfig:
    """The configuration with its preset's phases, augmentations and starting weights filled in; checked."""
    phases = config.fit.phases or phases_of(config.preset, others=bool(config.data.background))
    config = replace(
        config,
        fit=replace(config.fit, phases=phases, augment=AUGMENT | config.fit.augment),
        network=start_from(config.network),
    )
    check(config)
    return config


def start_from(network: NetworkConfig) -> NetworkConfig:
    """Where nothing was said: built as its weights need it, started from the starter model's weights if they fit."""
    if network.name == EDGETPU and not network.options and not network.identity:
        network = replace(network, options={"pad_type": "same"}, identity=("blocks.0.0.bn1.act",))
    starter = resource("model", "starter.fieldguide")
    if network.init or not starter.exists():
        return network
    trained = read_manifest(starter).provenance.get("network", {})
    same = (trained.get("name"), trained.get("options")) == (network.name, network.options)
    return replace(network, init=str(starter)) if same else network


def refuse_early(config: RunConfig, guide: Guide, run: RunFolder | None = None) -> None:
    """Refuse a network that nobody knows, and folders and manifests that cannot be read or cannot train.

    Nothing is loaded that takes long.

    What a review in the folder `run` decided is heeded; a run that has begun there has its labels already.

    Raises:
        FieldGuideError: NETWORK_UNKNOWN; what `list_photos`, `list_elsewhere` and `refuse_folders` raise.
    """
    if config.network.name not in known_networks():
        raise unknown_network(config.network.name)
    photos = list_photos(config.data)
    list_elsewhere(config.data, photos)
    if run is None or not run.config.exists():
        decided = Decisions(run.root / DECISIONS).final().values() if run else ()
        photos = apply_decisions(photos, decided)
        refuse_folders(config.data, photos, name_labels(photos, config.data, guide))
