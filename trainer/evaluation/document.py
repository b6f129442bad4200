"""What was measured, as documents: a run's `metrics.json` (`Metrics`), and what `evaluate --out` writes (`Evaluation`).

`write` and `read` are the only place where records become JSON and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from fieldguide.core.atomic import write_whole
from fieldguide.core.bounded import read_file
from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config import DecisionConfig
from trainer.evaluation.records import SplitMeasures

Document = TypeVar("Document")

_MOST_BYTES = 2**28  # 900 labels make five million

FORMERLY = {"strangers": "novel_photos", "gave_way": "relaxed", "stranger_auroc": "novel_genus_auroc"}
"""Fields that versions before 2026-11-27 called otherwise."""


@dataclass(frozen=True, slots=True)
class RankFit:
    """What one rank's threshold gives: share `said` of all photos, share `right` of those, and its lower `bound`."""

    rank: str
    threshold: float
    said: float
    right: float
    bound: float


@dataclass(frozen=True, slots=True)
class ScoreComparison:
    """One unknown score: see `unknown.Comparison`; None where there was nothing to compare."""

    auroc: float
    fpr95: float
    novel_auroc: float | None = None
    novel_genus_auroc: float | None = None


@dataclass(frozen=True, slots=True)
class UnknownFit:
    """The kept unknown score and how all compared, on the photos it was fitted on (out of fold)."""

    score: str
    photos: int
    subjects_called_strange: float
    other_things_called_strange: float
    other_things_unknown: float
    compared: dict[str, ScoreComparison]


@dataclass(frozen=True, slots=True)
class FittingReport:
    """How the decision policy was fitted, and on which ground (see `Ground.kind`). `relaxed`: what of the
    configuration's wishes could not be held.
    """

    photos: int
    config: DecisionConfig = field(default_factory=DecisionConfig)
    temperature: float = 1.0
    ranks: tuple[RankFit, ...] = ()
    relaxed: tuple[str, ...] = ()
    unknown: UnknownFit | None = None
    ground: str = "own"


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """One label as the page tells it: its danger (empty for other things) and its photos in each split."""

    name: str
    rank: str
    genus: str
    family: str
    common: str
    danger: str
    photos: dict[str, int]


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What became of the folders' names, and the files that could not be read."""

    renamed: tuple[tuple[str, str, str], ...] = ()
    unresolved: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Epoch:
    """One line of the training log."""

    epoch: int
    loss: float | None = None
    val_top1: float | None = None
    val_top5: float | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """How a model came to be: its epochs, the photos of each split and source, what the audit found.

    `ships` says which state of the network became the model, and why. `kept_top1`: share of the validation photos that
    it had right; None when nobody can tell. `cuts_sought`: whether the split knows photos that are cut out of others.
    `seen_by_starting_weights`: test photos that the model this run began with was trained on.
    """

    epochs: tuple[Epoch, ...] = ()
    ships: str = ""
    kept_top1: float | None = None
    splits: dict[str, int] = field(default_factory=dict)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    why: dict[str, int] = field(default_factory=dict)
    quarantine: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    cuts_sought: bool = False
    folders: FolderFacts = FolderFacts()
    seen_by_starting_weights: int = 0


@dataclass(frozen=True, slots=True)
class Metrics:
    """All numbers of a run.

    `own`: on photos of the sources it was trained on, which flatters. `elsewhere`: on photos of other sources.
    Both tell each source by itself too (`SplitMeasures.sources`). `fitting`: how the policy was fitted.
    """

    own: SplitMeasures
    fitting: FittingReport
    labels: tuple[LabelFacts, ...]
    run: RunFacts
    elsewhere: SplitMeasures | None = None

    @property
    def first(self) -> SplitMeasures:
        """What is shown first: elsewhere where there is one."""
        return self.elsewhere or self.own


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Which model file was measured."""

    id: str
    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Bound:
    """One thing that the gate holds the new model to: `new` may not lie beyond `limit`; all 0 to 1, None: no photos.

    `at_least`: the limit is a lower one.
    """

    name: str
    old: float | None
    new: float | None
    limit: float | None
    at_least: bool
    holds: bool


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether the new model may replace the old. Counts: harmful and deadly photos without a warning."""

    passes: bool
    bounds: tuple[Bound, ...]
    old_count: int
    new_count: int
    old_deadly: int
    new_deadly: int
    newly_missed: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 when it may, 1 when not."""
        return 0 if self.passes else 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model measured on photos in folders, and where asked for held against an older one on the same photos."""

    model: ModelFacts
    measured: SplitMeasures
    labels: tuple[LabelFacts, ...] = ()
    folders: FolderFacts = FolderFacts()
    compared_with: Evaluation | None = None
    gate: GateResult | None = None


def as_json(record: object) -> str:
    """A record as JSON for people and programs: UTF-8, one value a line. Raises nothing."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1).decode("utf-8")


def write(file: Path, record: object) -> None:
    """Write a record as JSON, whole or not at all."""
    write_whole(file, as_json(record))


def read(file: Path, kind: type[Document]) -> Document:
    """Read a record back, every field checked against its type.

    Raises:
        FieldGuideError: RUN_INCOMPLETE with the file and what is wrong with it.
    """
    try:
        return msgspec.convert(_as_today(msgspec.json.decode(read_file(file, _MOST_BYTES))), kind, str_keys=True)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as problem:
        raise FieldGuideError(ErrorCode.RUN_INCOMPLETE, file=str(file), problem=str(problem)) from problem


def _as_today(value: Any) -> Any:
    """Plain values with the names of today, whichever version wrote them."""
    if isinstance(value, list):
        return [_as_today(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {FORMERLY.get(name, name): _as_today(each) for name, each in value.items()}


def plain(record: object) -> dict[str, Any]:
    """A record as plain values, as a manifest takes them."""
    found: Mapping[str, Any] = msgspec.to_builtins(record, str_keys=True)
    return dict(found)
