"""Saving training so that nothing is lost: written whole or not at all, and exact to the bit when read again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeVar

import torch
from torch import nn

from fieldguide.core.atomic import written_atomically
from fieldguide.core.bounded import open_file
from fieldguide.core.errors import ErrorCode, FieldGuideError

State = TypeVar("State")

_DAMAGE = (OSError, RuntimeError, TypeError, ValueError, LookupError, AttributeError, EOFError, UnpicklingError)
"""What torch raises of files that it did not write: any text is a pickle of its oldest form until it is not."""


@dataclass(slots=True)
class FitState:
    """Where a fit stands. `phase`, `epoch` (within the phase) and `step` name the next step to take.

    `best` is the share of validation photos that the best epoch so far has right, -1 before the first that counts;
    `best_phase` and `best_epoch` name it, counted from 1 (0: the head alone, before any epoch; -1: not
    written down, as in earlier versions); `size`: the pixels at which it was validated (0: not written down).
    All random numbers of a step come from (seed, phase, epoch, step), so no generator needs saving.
    """

    phase: int = 0
    epoch: int = 0
    step: int = 0
    best: float = -1.0
    best_phase: int = -1
    best_epoch: int = -1
    size: int = 0
    stale: int = 0
    loss_sum: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    network: dict[str, Any] = field(default_factory=dict)
    average: dict[str, Any] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)

    def close(self, phase: int, epoch: int, top1: float, *, counts: bool) -> bool:
        """Write down how an epoch ended, counted from 1: whether it is the best so far; of equals the later one is.

        `top1`: share of validation photos, -1 for an unstable network. `counts`: whether its features are trained ones.
        """
        self.stale = 0 if top1 > self.best else self.stale + 1
        if not counts or top1 < max(self.best, 0.0):
            return False
        self.best, self.best_phase, self.best_epoch = top1, phase, epoch
        return True


def save(state: Any, file: Path) -> None:
    """Write the fields of a dataclass."""
    write({item.name: getattr(state, item.name) for item in fields(state)}, file)


def write(content: dict[str, Any], file: Path) -> None:
    """Write plain values and tensors through a temporary file beside it, on the disk before it takes the name.

    Made in memory first: torch hides a full disk behind an error of its own. Raises as `written_atomically`.
    """
    made = io.BytesIO()
    torch.save(content, made)
    with written_atomically(file) as stream:
        stream.write(made.getbuffer())


def load(file: Path) -> FitState:
    """Read a checkpoint of a fit. Raises as `read` does."""
    return read(file, FitState)


def read(file: Path, kind: type[State]) -> State:
    """Read what `save` wrote of a dataclass `kind`.

    Raises:
        FieldGuideError: RUN_INCOMPLETE when there is none or it is damaged.
    """
    try:
        with open_file(file) as stream:
            return kind(**torch.load(stream, map_location="cpu", weights_only=True))
    except _DAMAGE as problem:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(problem)) from problem


def restore(what: nn.Module | torch.optim.Optimizer, state: Mapping[str, Any], file: Path) -> None:
    """Give a network or an optimizer the state that `file` held.

    Raises:
        FieldGuideError: RUN_INCOMPLETE when it is the state of another.
    """
    try:
        what.load_state_dict(dict(state))
    except (RuntimeError, TypeError, ValueError, LookupError) as problem:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(problem)[:300]) from problem
