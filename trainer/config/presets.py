"""What a preset stands for: the phases of its fit, and how it learns in them. Whatever a person says goes before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trainer.config.records import FitConfig, Phase, RunConfig

_LEARNING: dict[str, dict[str, Any]] = {"best": {"average": 0.998, "mixup": 0.15, "cutmix": 0.25, "weight_decay": 0.05}}
_USUAL = {name: getattr(FitConfig(), name) for values in _LEARNING.values() for name in values}


def with_preset(config: RunConfig, preset: str) -> RunConfig:
    """The configuration with what this preset decides of the fit; its phases are left to `phases_of`."""
    learning = _USUAL | _LEARNING.get(preset, {})
    return replace(config, preset=preset, fit=replace(config.fit, phases=(), **learning))


def phases_of(preset: str, *, others: bool = False) -> tuple[Phase, ...]:
    """The phases of a preset; "quick" has none: features once, then the head alone.

    With `others`, photos of other things, "best" also learns from drawings and surroundings.
    """
    drawings, surroundings = (0.04, 0.03) if others else (0.0, 0.0)
    return {
        "quick": (),
        "standard": (Phase(2, 160, "head", 2e-3), Phase(8, 160, "all", 1e-3)),
        "best": (Phase(2, 128, "head", 2e-3), Phase(24, 192, "all", 1e-3, 128, drawings, surroundings)),
    }[preset]
