"""What a person decided about photos: kept in `decisions.csv`, one line per decision, the last one counts.

Lines are only ever added, so that a crash loses nothing and an undo is one more line.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from fieldguide.core.atomic import write_whole
from fieldguide.core.taxonomy import clean_name
from trainer.data.audit.findings import TOO_FEW
from trainer.data.scan import ScannedPhoto

DECISIONS = "decisions.csv"


class Choice(StrEnum):
    """What to do with a photo. UNDECIDED takes the last decision of a pass back."""

    KEEP = "keep"
    DROP = "drop"
    RELABEL = "relabel"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `step` is the pass, 1 or 2; `label` is the new label (RELABEL only); `at` is ISO 8601, UTC."""

    file: str
    step: int
    choice: Choice
    label: str = ""
    at: str = ""


_COLUMNS = [column.name for column in fields(Decision)]


class Decisions:
    """The decisions of one run folder, in memory and on disk."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows = _read(file)

    def add(self, decision: Decision) -> None:
        """Keep a decision; it is on disk when this returns. Raises OSError when the disk refuses."""
        new = not self._file.exists()
        with self._file.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow(asdict(decision))
            stream.flush()
            os.fsync(stream.fileno())
        self._rows.append(decision)

    def of_pass(self, step: int) -> dict[str, Decision]:
        """File -> what was decided in this pass, in the order of deciding; what was taken back is not in it."""
        found: dict[str, Decision] = {}
        for row in self._rows:
            if row.step == step:
                found.pop(row.file, None)
                if row.choice is not Choice.UNDECIDED:
                    found[row.file] = row
        return found

    def final(self) -> dict[str, Decision]:
        """File -> what counts: the second pass where there is one, else the first."""
        return self.of_pass(1) | self.of_pass(2)


def apply_decisions(photos: Sequence[ScannedPhoto], decisions: Iterable[Decision]) -> list[ScannedPhoto]:
    """Photos as a person decided: dropped ones carry the error "dropped", relabelled ones their new folder name.

    Rows keep their place, so that `index` still points into the cache.
    """
    of_file = {decision.file: decision for decision in decisions}
    decided = []
    for photo in photos:
        decision = of_file.get(photo.file)
        if decision is not None and decision.choice is Choice.DROP:
            photo = replace(photo, error="dropped")
        elif decision is not None and decision.choice is Choice.RELABEL:
            photo = replace(photo, raw_label=clean_name(decision.label).replace(" ", "_"))
        decided.append(photo)
    return decided


def decided_quarantine(quarantine: Mapping[str, str], decisions: Mapping[str, Decision]) -> dict[str, str]:
    """The quarantine (file to reason) without the photos that a person kept or relabelled: a person knows better.

    What is there only because its label has too few photos stays.
    """
    looked_at = {file for file, d in decisions.items() if d.choice in (Choice.KEEP, Choice.RELABEL)}
    return {file: why for file, why in quarantine.items() if file not in looked_at or why == TOO_FEW}


def _read(file: Path) -> list[Decision]:
    """The lines of an earlier session; a last line that was cut off is taken away, so that the next one is whole."""
    if not file.exists():
        return []
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        write_whole(file, whole)
    rows = csv.DictReader(io.StringIO(whole.decode("utf-8"), newline=""))
    return [Decision(r["file"], int(r["step"]), Choice(r["choice"]), r["label"], r["at"]) for r in rows]
