"""Everything that is measured of a model on a set of photos, as frozen dataclasses. Shares are 0 to 1.

Evaluation fills them, report and card read them, `document` makes the file of them. No network, no photo, no page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % Clopper-Pearson interval, of so many photos; None of none."""

    value: float | None
    low: float
    high: float
    photos: int

    @property
    def count(self) -> int:
        """How many of the photos it is."""
        return round((self.value or 0.0) * self.photos)


@dataclass(frozen=True, slots=True)
class RankNames:
    """How often the first name of this rank is right, and one of the first five; of photos whose name has a label.

    `names`: how many names of this rank the labels hold. Five of five or fewer say nothing: see `among_five`.
    """

    top1: Share
    top5: Share
    names: int

    @property
    def among_five(self) -> float | None:
        """The share of `top5`; None where there are no more than five names to choose from."""
        return self.top5.value if self.names > 5 else None


@dataclass(frozen=True, slots=True)
class Names:
    """The candidates, compared at each rank."""

    species: RankNames
    genus: RankNames
    family: RankNames

    def at(self, rank: str) -> RankNames:
        """Those of `species`, `genus` or `family`."""
        return {"species": self.species, "genus": self.genus, "family": self.family}[rank]


@dataclass(frozen=True, slots=True)
class Said:
    """A rank's verdicts: the share of all photos for which a name is said, and how many of those are right."""

    said: float | None
    right: Share


@dataclass(frozen=True, slots=True)
class VerdictMeasures:
    """What is said at each rank, and for how many photos nothing is.

    `unknown_of_known_genera`: among photos whose genus holds a label. `reasons`: photos by the reason of the verdict.
    """

    species: Said
    genus: Said
    family: Said
    unknown: Share
    unknown_of_known_genera: Share
    reasons: dict[str, int]

    def at(self, rank: str) -> Said:
        """Those of `species`, `genus` or `family`."""
        return {"species": self.species, "genus": self.genus, "family": self.family}[rank]


@dataclass(frozen=True, slots=True)
class AlarmMeasures:
    """`recall`: dangerous photos that ring. `false_alarms`: others that ring too, photos of unknown danger apart."""

    recall: Share
    false_alarms: Share


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """One photo with what it shows, what was said first, and what the alarm did.

    `probability` is that of `said`; `probability_of_true` and `loss` (nats) are None when there is no such label.
    `verdict` is empty when nothing was said.
    """

    file: str
    source: str
    true: str
    danger: str
    said: str
    said_danger: str
    probability: float
    probability_of_true: float | None
    loss: float | None
    alarm: str
    alarm_raised: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class Passed:
    """Dangerous photos that were shown with no warning at all: how many of how many, deadly among them, and which."""

    count: int
    deadly: int
    of: int
    photos: tuple[PhotoResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Costs:
    """Mean FungiCLEF costs for each photo, see `harm.costs`."""

    named: float | None
    warned: float | None
    unknown: float | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What an alarm was fitted to hold: see `core.decision.thresholds.Guarantee`."""

    alpha: float
    photos: int
    groups: int
    split: str
    false_alarm_rate: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Promises:
    """Of both alarms; None where nothing is promised."""

    deadly: Promise | None
    harmful: Promise | None

    def of(self, level: str) -> Promise | None:
        """That of `deadly` or `harmful`."""
        return {"deadly": self.deadly, "harmful": self.harmful}[level]


@dataclass(frozen=True, slots=True)
class DangerMeasures:
    """How well the danger is predicted."""

    deadly: AlarmMeasures
    harmful: AlarmMeasures
    passed_as_harmless: Passed
    cost: Costs
    guarantees: Promises

    def of(self, level: str) -> AlarmMeasures:
        """The alarm `deadly` or `harmful`."""
        return {"deadly": self.deadly, "harmful": self.harmful}[level]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """First names with a probability within (low, high]: mean of it, share that was right, its interval, how many."""

    low: float
    high: float
    confidence: float
    accuracy: float
    count: int
    accuracy_between: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CalibrationMeasures:
    """The expected calibration error, what chance alone makes of it, and the bins behind it."""

    ece: float | None
    ece_by_chance: float | None
    bins: tuple[CalibrationBin, ...]
    photos: int


@dataclass(frozen=True, slots=True)
class SetMeasures:
    """The prediction set: how often it holds the true label, and how many labels it holds."""

    coverage: Share
    mean_size: float | None
    median_size: float | None


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Among the surest share `coverage` of photos the first name is wrong for `risk`."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class SourceMeasures:
    """One source of photos by itself: its photos, the first name, what is said at all, and both alarms."""

    photos: int
    species: Share
    genus: Share
    right: Share
    unknown: Share
    deadly: AlarmMeasures
    harmful: AlarmMeasures
    passed: Passed


@dataclass(frozen=True, slots=True)
class FusedNames:
    """Simulated finds of several photos: how many, and how often the first name is right, or one of five."""

    finds: int
    top1: float | None
    top5: float | None


@dataclass(frozen=True, slots=True)
class ClassMeasures:
    """One label: `right` of its `photos` is the recall, `right` of the `named` the precision."""

    label: str
    photos: int
    named: int
    right: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Photos of `true` whose first name was `said`."""

    true: str
    said: str
    photos: int


@dataclass(frozen=True, slots=True)
class OtherThings:
    """Photos of no subject: how many come out unknown, and how well the unknown score tells them apart."""

    unknown: Share
    score: str = ""
    auroc: float | None = None
    fpr95: float | None = None


@dataclass(frozen=True, slots=True)
class NovelMeasures:
    """Kinds that no label covers: what is said of them, whether danger is seen, and whether the score notices.

    `verdicts_with_known`: both together, where the novel photos are no part of those that are measured.
    """

    verdicts: VerdictMeasures
    danger: dict[str, AlarmMeasures]
    auroc: float | None = None
    fpr95: float | None = None
    verdicts_with_known: VerdictMeasures | None = None


@dataclass(frozen=True, slots=True)
class Drawings:
    """Drawings made over test photos: how many come out unknown, and whether drawings `taught` the model."""

    photos: int
    unknown: Share
    taught: bool


@dataclass(frozen=True, slots=True)
class TakenFor:
    """Photos of a dangerous kind that a milder name stood first for, and how many of them rang anyway."""

    true: str
    danger: str
    said: str
    photos: int
    warned: int


@dataclass(frozen=True, slots=True)
class DangerousLabel:
    """A dangerous kind by itself: photos, right at first, rung by each alarm, shown with no warning."""

    label: str
    danger: str
    photos: int
    first: int
    deadly_alarm: int
    alarm: int
    no_warning: int


@dataclass(frozen=True, slots=True)
class MissedDanger:
    """Photos of one dangerous kind from one source: without the deadly alarm (None for kinds that are not deadly),
    without any alarm, and without any warning.
    """

    kind: str
    danger: str
    source: str
    photos: int
    no_deadly_alarm: int | None
    no_alarm: int
    no_warning: int


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Photos and kinds that went wrong, the most dangerous first; `missed_deadly_count` counts beyond the list."""

    missed_deadly: tuple[PhotoResult, ...] = ()
    missed_deadly_count: int = 0
    milder: tuple[PhotoResult, ...] = ()
    taken_for: tuple[TakenFor, ...] = ()
    dangerous_labels: tuple[DangerousLabel, ...] = ()
    missed: tuple[MissedDanger, ...] = ()
    top_losses: tuple[PhotoResult, ...] = ()
    surest: tuple[PhotoResult, ...] = ()
    unsure: tuple[PhotoResult, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Photos of label number `true` whose first label was number `said`; `right` within the true label."""

    true: int
    said: int
    photos: int
    right: bool


@dataclass(frozen=True, slots=True)
class SplitMeasures:
    """Everything measured of one model on one set of photos, novel kinds counted with the rest where there are any.

    Attributes:
        split: `test`, `calibrated_on` (these numbers flatter), `elsewhere` or `folder`.
        photos: of subjects; `novel_photos` of them show a kind without a label.
        right: all names that are said, whatever their rank: how many are right.
        verdicts: of all photos; `verdicts_known` of those alone whose kind has a label, None where that is all of them.
    """

    split: str
    photos: int
    novel_photos: int
    names: Names
    right: Share
    verdicts: VerdictMeasures
    danger: DangerMeasures
    calibration: CalibrationMeasures
    sets: SetMeasures | None
    abstention: tuple[RiskPoint, ...]
    sources: dict[str, SourceMeasures]
    several_photos: dict[int, FusedNames]
    classes: tuple[ClassMeasures, ...]
    confusions: tuple[Confusion, ...]
    matrix: tuple[MatrixCell, ...]
    mistakes: Mistakes
    verdicts_known: VerdictMeasures | None = None
    other_things: OtherThings | None = None
    novel: NovelMeasures | None = None
    drawings: Drawings | None = None

    @property
    def verdicts_on_known(self) -> VerdictMeasures:
        """What is said of photos whose kind has a label: what a sentence about kinds that it should know tells."""
        return self.verdicts_known or self.verdicts
