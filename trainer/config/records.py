"""Every option of a run, as frozen dataclasses with what they mean and may be. Knows no files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta

TRAINABLE = ("head", "extra", "half", "all")
OPTIMIZERS = ("adamw", "sgd", "adam-then-sgd")
BATCH_NORMS = ("auto", "train", "frozen", "restore")
DEVICES = ("auto", "cpu", "cuda")
BALANCES = ("none", "sqrt", "full")
RARE = ("genus", "teach", "leave-out", "refuse")
PRECISIONS = ("auto", "float32", "bfloat16")
VIEWS = ("whole", "centre")
PRESETS = ("quick", "standard", "best")
SMALL_CNN = "small-cnn"


def one_of(*names: str) -> Meta:
    """A text that is one of these."""
    return Meta(pattern=f"^({'|'.join(names)})$", extra={"names": names})


Share = Annotated[float, Meta(ge=0, le=1)]
Pixels = Annotated[int, Meta(ge=32, le=1024)]
Number = Annotated[int, Meta(ge=1, le=10**6)]
Count = Annotated[int, Meta(ge=0, le=10**4)]  # 0: none, or off


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Which photos. Each of `folders` holds one folder per label; `manifests` are CSV with file, label, source, find,
    person, date.

    Manifests: as many as folders, in their order, or named like them (`photos.csv` for `photos`). Without one, the CSV
    beside the folder that is named like it serves, or the `attribution.csv` that collecting left inside.
    `background` is a folder of photos of other things. `hold_out` names labels kept out of training: they measure
    the unknown score. `fractions` are train, val, calibration, test. `cache_size` is in pixels (squares).

    `elsewhere` are folders of photos by other people, with manifests of their own, and `elsewhere_sources`,
    `elsewhere_people` and `elsewhere_years` are sources, people and years among the `folders`: none is used for
    training, half of them fit the decision policy and half measure it.
    `rare` says what becomes of a label with fewer than `min_photos` photos or `min_finds` finds, see `data.rare`.
    """

    folders: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    background: str = ""
    elsewhere: tuple[str, ...] = ()
    elsewhere_manifests: tuple[str, ...] = ()
    elsewhere_sources: tuple[str, ...] = ()
    elsewhere_people: tuple[str, ...] = ()
    elsewhere_years: tuple[str, ...] = ()
    hold_out: tuple[str, ...] = ()
    rare: Annotated[str, one_of(*RARE)] = "genus"
    min_photos: Number = 4
    min_finds: Number = 1
    cache_size: Pixels = 224
    fractions: tuple[float, ...] = (0.68, 0.07, 0.15, 0.1)
    background_fractions: tuple[float, ...] = (0.6, 0.05, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Which network: a timm or torchvision name, `options` passed to its constructor, `init` a file of weights.

    `init` may be a state dictionary, a bundle, "pretrained" (the library's own download, asked for by the user),
    "random", or empty: the starter model's weights where the network is the same, else random. `identity` names
    modules replaced by the identity. `batch_norm`: "auto" restores real statistics when the weights come with batch
    norm folded away, and trains it otherwise. "small-cnn" is a plain network trained from scratch; its options are
    layers (channels of each), kernel (pixels) and dense (units of each). `grayscale` looks at brightness alone.
    """

    name: str = "tf_efficientnet_lite2"
    init: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    batch_norm: Annotated[str, one_of(*BATCH_NORMS)] = "auto"
    dropout: Annotated[float, Meta(ge=0, le=0.95)] = 0.2
    grayscale: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of training: epochs, picture size in pixels, which layers learn, and the peak learning rate.

    With `from_size` the pictures grow from that size to `size` in steps of 16 pixels (progressive resizing).
    `drawings` is the share of photos that come as a drawing instead, and `surroundings` of those that come as one of
    their corners: both are examples of other things.
    """

    epochs: Annotated[int, Meta(ge=1, le=10**5)]
    size: Pixels
    trainable: Annotated[str, one_of(*TRAINABLE)] = "all"
    learning_rate: Annotated[float, Meta(ge=1e-8, le=10)] = 1e-3
    from_size: int = 0
    drawings: Annotated[float, Meta(ge=0, le=0.4)] = 0.0
    surroundings: Annotated[float, Meta(ge=0, le=0.4)] = 0.0

    def size_at(self, epoch: int) -> int:
        """Picture size in pixels of an epoch, counted from 0."""
        if not self.from_size or self.epochs == 1:
            return self.size
        return round((self.from_size + (self.size - self.from_size) * epoch / (self.epochs - 1)) / 16) * 16

    def cost_at(self, epoch: int) -> float:
        """How long an epoch takes beside others of the same run, in no unit: by the area of its pictures and by how
        much of the network learns, for going back through a layer takes twice as long as going through it."""
        learning = {"head": 0.0, "extra": 0.2, "half": 0.5, "all": 1.0}[self.trainable]
        return (1 + 2 * learning) * self.size_at(epoch) ** 2


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How the network learns. Probabilities and weights are 0 to 1 unless said otherwise.

    `hierarchy` weighs the loss of the genus and of the family against that of the label. `backbone_scale` multiplies
    the learning rate below the head. `danger_weight` (>= 1) multiplies the loss of harmful taxa. `freeze_stages`
    keeps that many first stages as they came. `patience` epochs without a better validation end a phase early (0: off).
    `balance` draws photos of rare labels more often, `class_weights` weighs their loss instead: by the root of how rare
    they are, or in full. "adam-then-sgd" changes at half of all epochs; SGD then takes `sgd_scale` times the rate.
    `average` is the decay of the moving average of the weights, (1 + n) / (10 + n) in step n if that is less; 0: off.
    `within_source` is the share of the loss in which only labels compete that the photo's own source shows.
    `keep_start` is the share of the weights from before the first epoch in the network that the run ends with.
    `danger_levels` weighs the loss of how dangerous a kind is (deadly, otherwise harmful, neither) against the label's.
    `probe_size` is the side in pixels at which the head is first fitted; `compile` has torch compile the network;
    `tensorboard` writes curves to RUN/tensorboard.
    """

    phases: tuple[Phase, ...] = ()
    batch_size: Annotated[int, Meta(ge=1, le=65536)] = 64
    optimizer: Annotated[str, one_of(*OPTIMIZERS)] = "adamw"
    weight_decay: Share = 0.02
    backbone_scale: Share = 0.3
    label_smoothing: Share = 0.1
    hierarchy: tuple[float, ...] = (0.3, 0.1)
    within_source: Share = 0.0
    keep_start: Share = 0.0
    danger_levels: Annotated[float, Meta(ge=0, le=10)] = 0.0
    balance: Annotated[str, one_of(*BALANCES)] = "sqrt"
    danger_weight: Annotated[float, Meta(ge=1, le=100)] = 1.5
    mixup: Share = 0.0
    cutmix: Share = 0.0
    average: Share = 0.99
    freeze_stages: Count = 0
    patience: Count = 0
    probe_epochs: Annotated[int, Meta(ge=1, le=10**4)] = 60
    precision: Annotated[str, one_of(*PRECISIONS)] = "auto"
    class_weights: Annotated[str, one_of(*BALANCES)] = "none"
    sgd_scale: Annotated[float, Meta(ge=1e-3, le=1e3)] = 10.0
    probe_size: Pixels = 192
    compile: bool = False
    tensorboard: bool = False
    augment: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """What the bundle says of itself and how the application frames a photo.

    `size` and `resize` in pixels; 0 takes them from the fit.
    `views`: "whole" (the full picture squeezed to the square) or "centre" (short side to `resize`, centre cut out).
    `flip` also runs the mirrored picture and averages: twice the time, a little more certainty.
    `half` keeps the weights in half precision in the file: half its size; they are computed with in float32.
    """

    name: str = "FieldGuide model"
    version: str = "1"
    licence: str = ""
    authors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    size: int = 0
    resize: int = 0
    views: Annotated[str, one_of(*VIEWS)] = "centre"
    flip: bool = False
    half: bool = True


@dataclass(frozen=True, slots=True)
class DecisionConfig:
    """What the decision policy is asked to hold. Shares are 0 to 1.

    Attributes:
        target: of the names said at each rank, how many must be right. species_target: of the species, when stricter.
        confidence: of the bound that says so.
        most_unknown: share of subjects that may stay without a name before thresholds give way to wider ranks.
        unseen_species, unseen_genera: share of other people's photos that show a species, a genus, no label covers.
            Simulated, where no photos from elsewhere show any. Where a model would then name neither species nor genus
            for most of its own kinds, this and `confidence` give way, and the report says so.
        novel_share: share of photos from elsewhere that show a kind no label covers, to which they are weighed; 0: as
            they come.
        deadly_alpha, harmful_alpha: dangerous photos that may pass without an alarm. Below the 0.05 that is promised to
            people, because photos from elsewhere are harder than the split's; with too few photos for it, what they
            can hold, up to that 0.05.
        coverage: of the prediction set. wide_share: see `Thresholds`.
        balance: how far labels count alike when calibrating: 0 as they are, 1 all alike.
        shift_margin: factor on the temperature against overconfidence on photos from elsewhere.
        background_recall: share of photos of other things that must come out unknown.
        most_strange: share of subjects that the unknown score may call strange for it.
        cross_sources: whether, without photos from elsewhere, names and alarms are fitted on answers of heads that were
            each trained without one source.
        split: name that the guarantees carry.
    """

    target: Share = 0.85
    species_target: Share = 0.9
    confidence: Share = 0.9
    most_unknown: Share = 0.25
    unseen_species: Share = 0.15
    unseen_genera: Share = 0.15
    novel_share: Share = 0.0
    deadly_alpha: Share = 0.03
    harmful_alpha: Share = 0.03
    coverage: Share = 0.9
    wide_share: Share = 0.5
    balance: Share = 0.5
    shift_margin: Annotated[float, Meta(ge=0.1, le=10)] = 1.0
    background_recall: Share = 0.97
    most_strange: Share = 0.03
    cross_sources: bool = True
    split: str = "calibration"


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that decides a run; with the same photos and seed it gives the same model on the same machine."""

    preset: Annotated[str, one_of(*PRESETS)] = "standard"
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 1
    device: Annotated[str, one_of(*DEVICES)] = "auto"
    data: DataConfig = field(default_factory=DataConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    fit: FitConfig = field(default_factory=FitConfig)
    decision: DecisionConfig = field(default_factory=DecisionConfig)
    export: ExportConfig = field(default_factory=ExportConfig)


def input_size(config: RunConfig) -> int:
    """Side in pixels of what the exported network takes: as configured, else as trained last, else as probed."""
    phases = config.fit.phases
    return config.export.size or (phases[-1].size if phases else config.fit.probe_size)


AUGMENT = {
    "crop": 0.3,  # smallest share of the area that a random crop keeps
    "flip": 0.5,
    "rotate": 15.0,  # degrees
    "perspective": 0.1,  # how much nearer one side may come
    "brightness": 0.3,
    "contrast": 0.3,
    "saturation": 0.3,
    "hue": 0.03,
    "grayscale": 0.03,
    "blur": 0.25,
    "jpeg": 0.25,
    "noise": 0.1,
    "cutout": 0.2,
    "background_blur": 0.0,
    "background_mask": 0.0,
    "white_balance": 0.0,  # logarithm of the largest factor of blue: a camera's cast shall say nothing of the label
    "lowres": 0.0,  # small and enlarged again: resolution shall say nothing of the label
}
"""Augmentations by name with their strength (a probability, unless said otherwise); `[fit.augment]` overrides them."""


AUGMENT_RANGES = {"crop": (0.01, 1.0), "rotate": (0.0, 180.0), "perspective": (0.0, 0.9)}
"""Smallest and largest strength of those that are no probability."""
