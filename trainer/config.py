"""What a run is asked to do: frozen dataclasses, read from and written to one TOML file.

Every value is checked before any work begins, and nothing is clamped: a value that cannot be used is refused with
CONFIG_INVALID and the name of the option.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from fieldguide.core.errors import ErrorCode, FieldGuideError

PRESETS = ("quick", "standard", "best")
TRAINABLE = ("head", "extra", "half", "all")
OPTIMIZERS = ("adamw", "sgd", "adam-then-sgd")
BATCH_NORMS = ("auto", "train", "frozen", "restore")
DEVICES = ("auto", "cpu", "cuda")
BALANCES = ("none", "sqrt", "full")


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Which photos. `folder` holds one folder per label; `manifest` is an optional CSV with file, source, observation.

    `background` is a folder of photos of anything else. `hold_out` names labels kept out of training: they measure
    the unknown score. `fractions` are train, val, calibration, test. `cache_size` is in pixels (squares).
    """

    folder: str = ""
    manifest: str = ""
    background: str = ""
    hold_out: tuple[str, ...] = ()
    min_photos: int = 2
    cache_size: int = 224
    fractions: tuple[float, ...] = (0.7, 0.1, 0.1, 0.1)
    background_fractions: tuple[float, ...] = (0.6, 0.05, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Which network: a timm or torchvision name, `options` passed to its constructor, `init` a file of weights.

    `init` may be a state dictionary, a bundle, "pretrained" (the library's own download, asked for by the user),
    "random", or empty: the starter model's weights where the network is the same, else random. `identity` names
    modules replaced by the identity. `batch_norm`: "auto" restores real statistics when the weights come with batch
    norm folded away, and trains it otherwise.
    """

    name: str = "mobilenet_edgetpu_100"
    init: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    batch_norm: str = "auto"
    dropout: float = 0.2


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of training: epochs, picture size in pixels, which layers learn, and the peak learning rate.

    With `from_size` the pictures grow from that size to `size` in steps of 16 pixels (progressive resizing).
    """

    epochs: int
    size: int
    trainable: str = "all"
    learning_rate: float = 1e-3
    from_size: int = 0

    def size_at(self, epoch: int) -> int:
        """Picture size in pixels of an epoch, counted from 0."""
        if not self.from_size or self.epochs == 1:
            return self.size
        return round((self.from_size + (self.size - self.from_size) * epoch / (self.epochs - 1)) / 16) * 16


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How the network learns. Probabilities and weights are 0 to 1 unless said otherwise.

    `hierarchy` weighs the loss of the genus and of the family against that of the label. `backbone_scale` multiplies
    the learning rate below the head. `danger_weight` (>= 1) multiplies the loss of harmful taxa. `freeze_stages`
    keeps that many first stages as they came. `patience` epochs without a better validation end a phase early (0: off).
    """

    phases: tuple[Phase, ...] = ()
    batch_size: int = 64
    optimizer: str = "adamw"
    weight_decay: float = 0.02
    backbone_scale: float = 0.3
    label_smoothing: float = 0.1
    hierarchy: tuple[float, ...] = (0.3, 0.1)
    balance: str = "sqrt"
    danger_weight: float = 1.0
    mixup: float = 0.0
    cutmix: float = 0.0
    average: float = 0.0
    freeze_stages: int = 0
    patience: int = 0
    probe_epochs: int = 60
    precision: str = "auto"
    augment: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """What the bundle says of itself and how the application frames a photo.

    `size` and `resize` in pixels; 0 takes them from the fit.
    `views`: "whole" (the full picture squeezed to the square) or "centre" (short side to `resize`, centre cut out).
    `flip` also runs the mirrored picture and averages: twice the time, a little more certainty.
    """

    name: str = "FieldGuide model"
    version: str = "1"
    licence: str = ""
    authors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    size: int = 0
    resize: int = 0
    views: str = "centre"
    flip: bool = False


@dataclass(frozen=True, slots=True)
class JudgementConfig:
    """What the judgement is asked to hold. Shares are 0 to 1.

    Attributes:
        target: of the names said at each rank, how many must be right. confidence: of the bound that says so.
        most_unknown: share of subjects that may stay without a name before thresholds give way to wider ranks.
        unseen_species, unseen_genera: share of strangers' photos that show a species, a genus, no label covers.
        deadly_alpha, harmful_alpha: dangerous photos that may pass without an alarm. Below the 0.05 that is promised to
            people, because photos from elsewhere are harder than the split's.
        coverage: of the prediction set. wide_share: see `Thresholds`.
        balance: how far labels count alike when calibrating: 0 as they are, 1 all alike.
        shift_margin: factor on the temperature against overconfidence on photos from elsewhere.
        background_recall: share of photos of other things that must come out unknown.
        most_strange: share of subjects that the unknown score may call strange for it.
        split: name that the guarantees carry.
    """

    target: float = 0.85
    confidence: float = 0.9
    most_unknown: float = 0.25
    unseen_species: float = 0.15
    unseen_genera: float = 0.15
    deadly_alpha: float = 0.03
    harmful_alpha: float = 0.03
    coverage: float = 0.9
    wide_share: float = 0.5
    balance: float = 0.5
    shift_margin: float = 1.0
    background_recall: float = 0.97
    most_strange: float = 0.03
    split: str = "calibration"


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that decides a run; with the same photos and seed it gives the same model on the same machine."""

    preset: str = "standard"
    seed: int = 1
    device: str = "auto"
    data: DataConfig = field(default_factory=DataConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    fit: FitConfig = field(default_factory=FitConfig)
    judgement: JudgementConfig = field(default_factory=JudgementConfig)
    export: ExportConfig = field(default_factory=ExportConfig)


def phases_of(preset: str) -> tuple[Phase, ...]:
    """The phases of a preset; "quick" has none: features once, then the head alone."""
    return {
        "quick": (),
        "standard": (Phase(2, 160, "head", 2e-3), Phase(8, 160, "all", 1e-3)),
        "best": (Phase(2, 128, "head", 2e-3), Phase(24, 192, "all", 1e-3, from_size=128)),
    }[preset]


AUGMENT = {
    "crop": 0.3,  # smallest share of the area that a random crop keeps
    "flip": 0.5,
    "rotate": 15.0,  # degrees
    "perspective": 0.1,
    "brightness": 0.3,
    "contrast": 0.3,
    "saturation": 0.3,
    "hue": 0.03,
    "grayscale": 0.03,
    "blur": 0.25,
    "jpeg": 0.25,
    "noise": 0.1,
    "cutout": 0.2,
}
"""Augmentations by name with their strength (a probability, unless said otherwise); `[fit.augment]` overrides them."""


def read_config(file: Path) -> RunConfig:
    """Read a run's TOML. Raises FieldGuideError(CONFIG_INVALID) for what is unknown, of a wrong type or impossible."""
    try:
        with file.open("rb") as stream:
            table = tomllib.load(stream)
    except FileNotFoundError as missing:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(file), problem="no such file") from missing
    except tomllib.TOMLDecodeError as problem:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=str(file), problem=str(problem)) from problem
    config: RunConfig = build(RunConfig, table, "")
    return config


def write_config(config: RunConfig, file: Path) -> None:
    """Write every value, defaults included, so that `read_config` gives the same run."""
    file.write_text(tomli_w.dumps(_plain(dataclasses.asdict(config))), encoding="utf-8")


def check(config: RunConfig) -> None:
    """Refuse what cannot work, before any work. Raises FieldGuideError(CONFIG_INVALID, option, problem)."""
    fit, data = config.fit, config.data
    _one_of("preset", config.preset, PRESETS)
    _one_of("device", config.device, DEVICES)
    _one_of("network.batch_norm", config.network.batch_norm, BATCH_NORMS)
    _one_of("fit.optimizer", fit.optimizer, OPTIMIZERS)
    _one_of("fit.balance", fit.balance, BALANCES)
    _one_of("fit.precision", fit.precision, ("auto", "float32", "bfloat16"))
    _one_of("export.views", config.export.views, ("whole", "centre"))
    for name in ("fractions", "background_fractions"):
        shares = getattr(data, name)
        if len(shares) != 4 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or shares[0] == 0:
            _refuse(f"data.{name}", "four shares (train, val, calibration, test) that add up to 1")
    _within("data.min_photos", data.min_photos, 1, 10**6)
    _within("data.cache_size", data.cache_size, 32, 1024)
    _within("fit.batch_size", fit.batch_size, 1, 65536)
    for name in ("label_smoothing", "mixup", "cutmix", "average", "backbone_scale"):
        _within(f"fit.{name}", getattr(fit, name), 0, 1)
    for name in ("target", "confidence", "most_unknown", "deadly_alpha", "harmful_alpha", "coverage", "balance"):
        _within(f"judgement.{name}", getattr(config.judgement, name), 0, 1)
    _within("fit.danger_weight", fit.danger_weight, 1, 100)
    for number, phase in enumerate(fit.phases, start=1):
        _one_of(f"fit.phases[{number}].trainable", phase.trainable, TRAINABLE)
        _within(f"fit.phases[{number}].epochs", phase.epochs, 1, 10**5)
        _within(f"fit.phases[{number}].size", phase.size, 32, 1024)
        _within(f"fit.phases[{number}].learning_rate", phase.learning_rate, 1e-8, 10)
    for name in fit.augment:
        _one_of("fit.augment", name, tuple(AUGMENT))


def build(kind: Any, table: dict[str, Any], where: str) -> Any:
    """A dataclass from a TOML table; unknown keys and wrong types are refused by name."""
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(table) - set(hints))
    if unknown:
        _refuse(where + unknown[0], "no such option")
    return kind(**{name: _value(hints[name], value, where + name) for name, value in table.items()})


def toml_value(word: str) -> Any:
    """A value in TOML's notation, as the command line gives it; bare words are taken as text."""
    try:
        return tomllib.loads(f"value = {word}")["value"]
    except tomllib.TOMLDecodeError:
        return word


def _value(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return build(hint, value, where + ".") if isinstance(value, dict) else _refuse(where, "a table")
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            _refuse(where, "a list")
        return tuple(_value(typing.get_args(hint)[0], item, f"{where}[{n}]") for n, item in enumerate(value, start=1))
    if origin is dict:
        return value if isinstance(value, dict) else _refuse(where, "a table")
    if hint is float and type(value) is int:
        return float(value)
    if hint is not Any and not isinstance(hint, types.UnionType) and type(value) is not hint:
        _refuse(where, f"expected {hint.__name__}, found {value!r}")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        _refuse(option, f"{value!r} is none of: {', '.join(allowed)}")


def _within(option: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        _refuse(option, f"{value} is not between {low} and {high}")


def _refuse(option: str, problem: str) -> typing.NoReturn:
    raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
