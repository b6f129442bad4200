"""Telling a person (or a program) how far a run is: a line that renews itself, plain lines, JSON lines, or silence."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from typing import TextIO

from fieldguide.core.training import events

SETTLING = 1.0  # seconds of a step before its time left is reckoned


class Style(StrEnum):
    """How progress is shown."""

    PERSON = "person"
    JSON = "json"
    QUIET = "quiet"


class Progress:
    """Tells steps, shares done and time left. Lines for people go to standard error, for programs
    (`fieldguide.core.training.events`) to standard output.
    """

    def __init__(self, style: Style = Style.PERSON, stream: TextIO | None = None, every: float = 2.0) -> None:
        self.style = style
        self.stream = stream or (sys.stdout if style is Style.JSON else sys.stderr)
        self._every = every if self.stream.isatty() or style is Style.JSON else 15.0
        self._step = ""
        self._started = self._printed = time.monotonic()
        self._first: tuple[float, int] | None = None

    def step(self, name: str, key: str = "", number: int = 0, of: int = 0) -> None:
        """A new step begins: in words, and for programs by its key, the `number`-th `of` several."""
        self._step, self._started, self._printed, self._first = key or name, time.monotonic(), 0.0, None
        if self.style is Style.JSON:
            self.event(events.Step(self._step, name, number, of))
        elif self.style is Style.PERSON:
            self._line(f"» {name}")

    def advance(self, done: int, total: int, note: str = "") -> None:
        """`done` of `total` units are done; shown at most every two seconds on a terminal and fifteen in a log.

        The time left is reckoned from the first call on, for what comes before it is slow for other reasons, and told
        when a second has passed since: of several that work side by side the first ones come all at once.
        """
        now = time.monotonic()
        self._first = self._first or (now, done)
        if self.style is Style.QUIET or (now - self._printed < self._every and done != total):
            return
        began, before = self._first
        if done != total and (done == before or now - began < SETTLING):
            return
        self._printed = now
        left = (now - began) / (done - before) * (total - done) if done > before else 0.0
        if self.style is Style.JSON:
            self.event(events.Progress(self._step, done, total, round(left), note))
        else:
            renew = "\r\x1b[K" if self.stream.isatty() else ""
            end = "\n" if done == total or not renew else ""
            left_text = f"{clock(left)} left" if done != total else f"took {clock(now - self._started)}"
            self.stream.write(f"{renew}  {100 * done / max(total, 1):3.0f} %  {left_text}  {note}{end}")
            self.stream.flush()

    def note(self, sentence: str) -> None:
        """Something worth knowing that is no failure."""
        if self.style is Style.JSON:
            self.event(events.Note(self._step, sentence))
        elif self.style is Style.PERSON:
            self._line(f"  {sentence}")

    def event(self, event: events.Event) -> None:
        """Something for programs alone."""
        if self.style is Style.JSON:
            self._line(events.write_event(event))

    def _line(self, sentence: str) -> None:
        self.stream.write(f"{sentence}\n")
        self.stream.flush()


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours before them when there are any: 3:05, 1:03:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
