"""What a person decided about photos that may teach: kept in `decisions.csv`, one line per decision, the last counts.

Lines are only ever added, so that a crash loses nothing and an undo is one more line. The window and
`fieldguide-train review` write the same file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path

from fieldguide.core.atomic import append_whole, write_whole
from fieldguide.core.bounded import read_file
from fieldguide.core.errors import ErrorCode, FieldGuideError

DECISIONS = "decisions.csv"
_MOST_BYTES = 2**28  # a decision has some 150


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

    def add(self, *decisions: Decision) -> None:
        """Keep decisions; they are on disk when this returns. Raises as `append_whole`."""
        lines = io.StringIO()
        writer = csv.DictWriter(lines, _COLUMNS, lineterminator="\n")
        if not self._file.exists():
            writer.writeheader()
        writer.writerows(asdict(decision) for decision in decisions)
        append_whole(self._file, lines.getvalue())
        self._rows += decisions

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


def _read(file: Path) -> list[Decision]:
    """The lines of earlier sessions; a last line that was cut off is taken away, so that the next one is whole.

    Two programs that began the file in one moment both wrote its head.

    Raises:
        FieldGuideError: RUN_INCOMPLETE when it holds anything else: what a person decided is not made anew.
    """
    try:
        data = read_file(file, _MOST_BYTES)
        whole = data[: data.rfind(b"\n") + 1]
        rows = [row for row in csv.DictReader(io.StringIO(whole.decode("utf-8"), newline="")) if row["step"] != "step"]
        found = [Decision(r["file"], int(r["step"]), Choice(r["choice"]), r["label"], r["at"]) for r in rows]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (csv.Error, OSError, ValueError, TypeError, KeyError) as damage:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(damage)) from damage
    if len(whole) < len(data):
        write_whole(file, whole)
    return found
