"""How far work is and how long it will take. Plain arithmetic; knows neither the work nor the window."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_REMEMBERED = 40  # pieces whose pace counts: enough to be steady, few enough to follow a change
_TOLD_FROM = 3  # pieces before a time is named: the first one carries the loading of the model


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` pieces; `seconds_left` is None until it can be estimated."""

    done: int
    total: int
    seconds_left: float | None = None

    @property
    def percent(self) -> int:
        """0 to 100, rounded down: 100 means all."""
        return 100 * self.done // self.total if self.total else 100


class Pace:
    """Counts pieces and guesses the time left from the latest of them."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._done = 0
        self._times = deque([clock()], maxlen=_REMEMBERED + 1)

    def step(self, pieces: int = 1) -> Progress:
        """So many more pieces are done, which took the same time each."""
        begun, now = self._times[-1], self._clock()
        self._times.extend(begun + (now - begun) * (place + 1) / pieces for place in range(pieces))
        self._done += pieces
        if self._done < _TOLD_FROM:
            return Progress(self._done, self._total)
        each = (self._times[-1] - self._times[0]) / (len(self._times) - 1)
        return Progress(self._done, self._total, max(0.0, each * (self._total - self._done)))
