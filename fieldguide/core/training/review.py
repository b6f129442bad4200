"""Deciding about photos one by one or many at once, with a way back. Writes what `fieldguide-train review` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from fieldguide.core.training.decisions import Choice, Decision, Decisions


class Review:
    """The review of one run folder's photos, over its `decisions.csv`."""

    def __init__(self, file: Path) -> None:
        self._file, self._decisions = file, Decisions(file)
        self._before: list[list[Decision]] = []

    @property
    def decided(self) -> dict[str, Decision]:
        """File -> what counts."""
        return self._decisions.final()

    @property
    def can_undo(self) -> bool:
        """Whether something was decided since this review was opened."""
        return bool(self._before)

    def decide(self, files: Sequence[str], choice: Choice, label: str = "") -> None:
        """The same for all of them, on disk when this returns; `label` for RELABEL.

        What a second pass said is answered in the second pass, else it would go on counting.

        Raises:
            FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; then nothing was decided.
        """
        decided, second = self.decided, self._decisions.of_pass(2)
        steps = {file: 2 if file in second else 1 for file in files}
        before = [decided.get(file) or Decision(file, steps[file], Choice.UNDECIDED) for file in files]
        self._add([Decision(file, steps[file], choice, label) for file in files])
        self._before.append(before)

    def undo(self) -> tuple[str, ...]:
        """Take the last step back; the files it was about, none where there was none. Raises like `decide`."""
        if not self._before:
            return ()
        self._add(self._before[-1])
        return tuple(decision.file for decision in self._before.pop())

    def _add(self, rows: Sequence[Decision]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._decisions.add(*(replace(row, at=now) for row in rows))
