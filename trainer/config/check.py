"""Whether a run can work, before any work begins. Nothing is clamped: an impossible value is refused by name."""

from __future__ import annotations

import typing
from difflib import get_close_matches

from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config.presets import PRESETS
from trainer.config.records import (
    AUGMENT,
    AUGMENT_RANGES,
    BALANCES,
    BATCH_NORMS,
    DEVICES,
    OPTIMIZERS,
    RARE,
    SMALL_CNN,
    TRAINABLE,
    RunConfig,
    input_size,
)

ALSO_CALLED = {"zoom": "crop", "color": "saturation", "colour": "brightness, contrast, saturation, hue"}
"""What people know an augmentation as, and what it is called here."""


def check(config: RunConfig) -> None:
    """Refuse what cannot work, before any work. Raises FieldGuideError(CONFIG_INVALID, option, problem)."""
    fit, data = config.fit, config.data
    _one_of("preset", config.preset, PRESETS)
    _one_of("data.rare", data.rare, RARE)
    _one_of("device", config.device, DEVICES)
    _one_of("network.batch_norm", config.network.batch_norm, BATCH_NORMS)
    _one_of("fit.optimizer", fit.optimizer, OPTIMIZERS)
    _one_of("fit.balance", fit.balance, BALANCES)
    _one_of("fit.class_weights", fit.class_weights, BALANCES)
    _one_of("fit.precision", fit.precision, ("auto", "float32", "bfloat16"))
    _one_of("export.views", config.export.views, ("whole", "centre"))
    for name in ("fractions", "background_fractions"):
        shares = getattr(data, name)
        if len(shares) != 4 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or shares[0] == 0:
            refuse(f"data.{name}", "four shares (train, val, calibration, test) that add up to 1")
    if not config.export.name.strip():
        refuse("export.name", "a model needs a name")
    _within("seed", config.seed, 0, 2**32 - 1)
    _within("data.min_photos", data.min_photos, 1, 10**6)
    _within("data.min_finds", data.min_finds, 1, 10**6)
    _within("data.cache_size", data.cache_size, 32, 1024)
    _within("fit.batch_size", fit.batch_size, 1, 65536)
    for name in ("label_smoothing", "mixup", "cutmix", "average", "backbone_scale", "weight_decay"):
        _within(f"fit.{name}", getattr(fit, name), 0, 1)
    _within("fit.sgd_scale", fit.sgd_scale, 1e-3, 1e3)
    _within("fit.probe_size", fit.probe_size, 32, 1024)
    _within("fit.probe_epochs", fit.probe_epochs, 1, 10**4)
    if len(fit.hierarchy) != 2 or not all(0 <= weight <= 10 for weight in fit.hierarchy):
        refuse("fit.hierarchy", "two weights from 0 to 10, of the genus and of the family")
    for name in ("size", "resize"):
        if getattr(config.export, name):
            _within(f"export.{name}", getattr(config.export, name), 32, 1024)
    _within("network.dropout", config.network.dropout, 0, 0.95)
    for name in ("patience", "freeze_stages"):
        _within(f"fit.{name}", getattr(fit, name), 0, 10**4)
    for name in (
        "target",
        "species_target",
        "confidence",
        "most_unknown",
        "deadly_alpha",
        "harmful_alpha",
        "coverage",
        "balance",
        "unseen_species",
        "unseen_genera",
        "wide_share",
        "background_recall",
        "most_strange",
    ):
        _within(f"judgement.{name}", getattr(config.judgement, name), 0, 1)
    _within("judgement.shift_margin", config.judgement.shift_margin, 0.1, 10)
    _within("fit.danger_weight", fit.danger_weight, 1, 100)
    for number, phase in enumerate(fit.phases, start=1):
        _one_of(f"fit.phases[{number}].trainable", phase.trainable, TRAINABLE)
        _within(f"fit.phases[{number}].epochs", phase.epochs, 1, 10**5)
        _within(f"fit.phases[{number}].size", phase.size, 32, 1024)
        _within(f"fit.phases[{number}].learning_rate", phase.learning_rate, 1e-8, 10)
        for name in ("drawings", "surroundings"):
            _within(f"fit.phases[{number}].{name}", getattr(phase, name), 0, 0.4)
        if phase.from_size:
            _within(f"fit.phases[{number}].from_size", phase.from_size, 32, 1024)
    for name, strength in fit.augment.items():
        if name not in AUGMENT:
            meant = ALSO_CALLED.get(name, "") or next(iter(get_close_matches(name, AUGMENT, 1)), "")
            refuse(f"fit.augment.{name}", f"no such augmentation: take {meant or ', '.join(AUGMENT)}")
        low, high = AUGMENT_RANGES.get(name, (0.0, 1.0))
        if isinstance(strength, bool) or not isinstance(strength, int | float):
            refuse(f"fit.augment.{name}", f"expected a number, found {strength!r}")
        _within(f"fit.augment.{name}", strength, low, high)
    _refuse_contradictions(config)


def _refuse_contradictions(config: RunConfig) -> None:
    """Values that are possible alone and impossible together."""
    fit, network = config.fit, config.network
    if fit.mixup + fit.cutmix > 1:
        refuse("fit.mixup, fit.cutmix", "chances that add up to more than 1")
    if not fit.phases and fit.mixup + fit.cutmix:
        refuse(
            "fit.mixup, fit.cutmix", "only a head on fixed features is fitted (preset quick): nothing is mixed there"
        )
    powers = {"none": 0.0, "sqrt": 0.5, "full": 1.0}
    if powers[fit.balance] + powers[fit.class_weights] > 1:
        refuse("fit.balance, fit.class_weights", "rare labels would count more than in full: take one of the two")
    if network.init == "pretrained" and network.name == SMALL_CNN:
        refuse("network.init", f"nobody has trained {SMALL_CNN} before: it starts from random weights")
    if fit.phases and network.init == "random" and all(phase.trainable == "head" for phase in fit.phases):
        refuse("fit.phases", "only the head would learn, on random features")
    if any(phase.drawings + phase.surroundings for phase in fit.phases) and not config.data.background:
        refuse("fit.phases, data.background", "drawings and surroundings are anything else: name its folder")
    largest = max((max(phase.size, phase.from_size) for phase in fit.phases), default=0)
    if largest > config.data.cache_size:
        problem = (
            f"the photos are kept at {config.data.cache_size} pixels, so {largest} would be blurred: keep them as large"
        )
        refuse("fit.phases, data.cache_size", problem)
    if config.export.resize and config.export.resize < input_size(config):
        refuse("export.resize", "smaller than the pictures that the network takes")


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        refuse(option, f"{value!r} is none of: {', '.join(allowed)}")


def _within(option: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        refuse(option, f"{value} is not between {low} and {high}")


def refuse(option: str, problem: str) -> typing.NoReturn:
    """Raises FieldGuideError(CONFIG_INVALID) with the option and what is wrong with it."""
    raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
