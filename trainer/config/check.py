"""Whether a run can work, before any work begins. Nothing is clamped: an impossible value is refused by name."""

from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches

from trainer.config.records import AUGMENT, AUGMENT_RANGES, SMALL_CNN, RunConfig, input_size
from trainer.config.refusal import refuse
from trainer.config.table import build

ALSO_CALLED = {"zoom": "crop", "color": "saturation", "colour": "brightness, contrast, saturation, hue"}
"""What people know an augmentation as, and what it is called here."""


def check(config: RunConfig) -> None:
    """Refuse what cannot work, before any work. Raises FieldGuideError(CONFIG_INVALID, option, problem)."""
    build(RunConfig, asdict(config))
    fit, data = config.fit, config.data
    for name in ("fractions", "background_fractions"):
        shares = getattr(data, name)
        if len(shares) != 4 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or shares[0] == 0:
            refuse(f"data.{name}", "four shares (train, val, calibration, test) that add up to 1")
    if not config.export.name.strip():
        refuse("export.name", "a model needs a name")
    if len(fit.hierarchy) != 2 or not all(0 <= weight <= 10 for weight in fit.hierarchy):
        refuse("fit.hierarchy", "two weights from 0 to 10, of the genus and of the family")
    sizes = {f"fit.phases[{number}].from_size": phase.from_size for number, phase in enumerate(fit.phases, start=1)}
    for option, size in (sizes | {"export.size": config.export.size, "export.resize": config.export.resize}).items():
        if size:
            _within(option, size, 32, 1024)
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
        refuse("fit.phases, data.background", "drawings and surroundings need a folder of other things")
    largest = max((max(phase.size, phase.from_size) for phase in fit.phases), default=0)
    if largest > config.data.cache_size:
        problem = (
            f"the photos are kept at {config.data.cache_size} pixels, so {largest} would be blurred: keep them as large"
        )
        refuse("fit.phases, data.cache_size", problem)
    if config.export.resize and config.export.resize < input_size(config):
        refuse("export.resize", "smaller than the pictures that the network takes")


def _within(option: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        refuse(option, f"{value} is not between {low} and {high}")
