"""Saving a fit so that nothing is lost: written whole or not at all, and exact to the bit when read again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from fieldguide.core.errors import ErrorCode, FieldGuideError


@dataclass(slots=True)
class FitState:
    """Where a fit stands. `phase`, `epoch` (within the phase) and `step` name the next step to take.

    All random numbers of a step come from (seed, phase, epoch, step), so no generator needs saving.
    """

    phase: int = 0
    epoch: int = 0
    step: int = 0
    best: float = -1.0
    stale: int = 0
    loss_sum: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    network: dict[str, Any] = field(default_factory=dict)
    average: dict[str, Any] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)


def save(state: FitState, file: Path) -> None:
    """Write through a temporary file in the same folder, flushed to the disk before it takes the name."""
    part = file.with_name(file.name + ".part")
    with part.open("wb") as stream:
        torch.save({name: getattr(state, name) for name in FitState.__slots__}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def load(file: Path) -> FitState:
    """Read a checkpoint. Raises FieldGuideError(RUN_INCOMPLETE) when there is none or it is damaged."""
    try:
        return FitState(**torch.load(file, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, TypeError, EOFError) as problem:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(problem)) from problem
