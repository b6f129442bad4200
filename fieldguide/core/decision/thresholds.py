"""The numbers that a decision compares with, as a bundle carries them, and what each was promised to hold.

Knows the manifest's dictionary, not how anything is decided (`core.decision`) or fitted (`trainer.evaluation`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fieldguide.core.errors import ErrorCode, FieldGuideError

MAX_NAME = 200  # characters of a split's or a source's name
MAX_SOURCES = 1000
GROUNDS = ("elsewhere", "crossed", "own")


@dataclass(frozen=True, slots=True)
class Ground:
    """On whose photos the thresholds were fitted. Every sentence that rests on it names it.

    Attributes:
        kind: "elsewhere": sources not used for training; "crossed": each training source was answered by a head
            that it had not taught; "own": photos of the very sources that teach, which flatters.
        sources: their names. photos: how many of subjects. strangers: share of them, 0 to 1, that show a kind the model
            has no label for, as they were weighed. day: ISO date of the fit. people: who took them, None: unknown.

    Raises:
        FieldGuideError: BUNDLE_CONTRADICTORY for values that say nothing.
    """

    kind: str
    sources: tuple[str, ...]
    photos: int
    strangers: float
    day: str
    people: int | None = None

    def __post_init__(self) -> None:
        """Refuse what names no ground."""
        counts = [self.photos] + ([] if self.people is None else [self.people])
        if self.kind not in GROUNDS or not all(type(count) is int and count > 0 for count in counts):
            raise _contradiction(f"thresholds rest on {self.photos!r} photos of the kind {self.kind!r}")
        if not 0 <= _number("strangers", self.strangers) <= 1:
            raise _contradiction(f"the share of strangers is {self.strangers}, not within 0 to 1")
        if len(self.sources) > MAX_SOURCES or not all(_is_name(name) for name in (*self.sources, self.day)):
            raise _contradiction("the sources of thresholds have no names")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= MAX_NAME


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What an alarm was fitted to hold: at most `alpha` of dangerous photos pass without it.

    Attributes:
        alpha: bound on the expected share of missed photos, 0 to 1, for photos exchangeable with the split's.
        photos: how many dangerous photos it was fitted on. groups: near-duplicate groups among them (what counts).
        split: name of the split.
        false_alarm_rate: share of the other photos of that split that ring it.
        source: the source that decided (the worst one), of which `photos` and `groups` are then counted; empty when all
            sources had to be taken together.

    Raises:
        FieldGuideError: BUNDLE_CONTRADICTORY for values that promise nothing.
    """

    alpha: float
    photos: int
    groups: int
    split: str
    false_alarm_rate: float
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no promise."""
        for name in ("alpha", "false_alarm_rate"):
            if not 0 <= _number(name, getattr(self, name)) <= 1:
                raise _contradiction(f"{name} of a guarantee is {getattr(self, name)}, not within 0 to 1")
        counts = (self.photos, self.groups)
        if not all(type(count) is int and count > 0 for count in counts):
            raise _contradiction(f"a guarantee rests on {self.photos!r} photos in {self.groups!r} groups")
        if not _is_name(self.split) or not _is_name(self.source):
            raise _contradiction("the split of a guarantee has no name")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Every number of a decision. Probabilities are 0 to 1. The defaults are for bundles that were never calibrated.

    Uncalibrated means: any probability of danger rings, nothing is promised, and a name needs nearly all the
    probability.

    Attributes:
        species, genus, family: least summed probability at which a verdict names that rank.
        unknown: unknown score above which a photo is like nothing the model knows; None: the score is not used.
        background: least probability of the background label at which the photo shows no subject.
        deadly, harmful: an alarm rings when its score reaches this and is above zero, and always from
            `decision.RINGS_ALWAYS` on.
        alarm_exponent: the alarm's score sums p**exponent, renormalised: below 1 listens more to unlikely labels.
        wide_share: how much of a genus label's probability is shared out among the known species of that genus (a
            folder `Boletus` holds known species too). Only for names; alarms never use it.
        plausible_mass: the prediction set takes the most probable labels until they sum to this; None: no such promise.
        coverage: share of photos whose true label is in that set.
        target: share of said names that was asked to be right when the three ranks were fitted; None: not fitted.
        deadly_guarantee, harmful_guarantee: what the alarms hold; None: nothing.
        ground: on whose photos all this was fitted; None: not known.
    """

    species: float = 0.9
    genus: float = 0.9
    family: float = 0.9
    unknown: float | None = None
    background: float = 0.5
    deadly: float = 0.0
    harmful: float = 0.0
    alarm_exponent: float = 1.0
    wide_share: float = 0.5
    plausible_mass: float | None = None
    coverage: float | None = None
    target: float | None = None
    deadly_guarantee: Guarantee | None = None
    harmful_guarantee: Guarantee | None = None
    ground: Ground | None = None

    def __post_init__(self) -> None:
        """Raises FieldGuideError BUNDLE_CONTRADICTORY for a value out of its range; nothing is clamped."""
        ranges: list[tuple[str, float, float]] = [
            *((name, 0.0, 1.01) for name in ("species", "genus", "family", "background")),  # above 1: never said
            *((name, 0.0, 1.0) for name in ("deadly", "harmful", "wide_share")),
            *((name, 0.0, 1.0) for name in ("plausible_mass", "coverage", "target")),
            ("alarm_exponent", 0.05, 4.0),
        ]
        for name, low, high in ranges:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise _contradiction(f"threshold {name} is {value}, not within {low} to {high}")
        if (self.plausible_mass is None) != (self.coverage is None):
            raise _contradiction("plausible_mass and coverage belong together")

    @property
    def fitted(self) -> bool:
        """Whether both alarms rest on a calibration split."""
        return self.deadly_guarantee is not None and self.harmful_guarantee is not None

    def to_manifest(self) -> dict[str, Any]:
        """Plain values for JSON; what is None is left out."""
        return {
            name: {key: each for key, each in value.items()} if isinstance(value, dict) else value
            for name, value in asdict(self).items()
            if value is not None
        }

    @classmethod
    def from_manifest(cls, values: Mapping[str, Any]) -> Thresholds:
        """Back from JSON. Missing keys take the cautious defaults; keys that nobody knows are refused.

        So is an alarm that was set to keep silent by no photos: without a guarantee every trace of danger rings.

        Raises:
            FieldGuideError: BUNDLE_CONTRADICTORY with `problem`.
        """
        known = dict(values)
        unknown_keys = sorted(set(known) - set(cls.__dataclass_fields__))
        if unknown_keys:
            raise _contradiction(f"threshold {unknown_keys[0]!r} means nothing here")
        try:
            for name in ("deadly_guarantee", "harmful_guarantee"):
                if known.get(name) is not None:
                    known[name] = Guarantee(**known[name])
            if known.get("ground") is not None:
                known["ground"] = Ground(**{**known["ground"], "sources": tuple(known["ground"]["sources"])})
            for name, value in known.items():
                if name != "ground" and not name.endswith("_guarantee") and value is not None:
                    known[name] = _number(name, value)
            found = cls(**known)
        except (TypeError, KeyError) as problem:
            raise _contradiction(str(problem)) from problem
        for name in ("deadly", "harmful"):
            if getattr(found, name) > 0 and getattr(found, f"{name}_guarantee") is None:
                raise _contradiction(
                    f"the {name} alarm is set to {getattr(found, name):g}, and no guarantee says by what"
                )
        return found


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        raise _contradiction(f"threshold {name} is {value!r}, not a number")
    return float(value)


def _contradiction(problem: str) -> FieldGuideError:
    return FieldGuideError(ErrorCode.BUNDLE_CONTRADICTORY, problem=problem)
