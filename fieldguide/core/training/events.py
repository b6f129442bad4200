"""What the trainer tells programs: one JSON object a line, each an event. Written and read here alone.

`docs/training-events.md` tells it to people, `docs/training-events.schema.json` to programs. Knows no trainer, no Qt.
"""

from __future__ import annotations

import json
import types
import typing
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

VERSION = 1
"""Raised when a field changes its meaning or goes; new events and new fields do not raise it."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run begins, or goes on (`resumed`). `device` is cpu or cuda; `version` that of these events."""

    run: str
    preset: str
    device: str
    resumed: bool
    pid: int
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Step:
    """A step begins. `step` is a stable key (`STEPS`) for the steps of a run, else as `words`, in English.

    `number` of `of` where steps repeat (epochs), else 0.
    """

    step: str
    words: str
    number: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units of a step; `seconds_left` for the step alone."""

    step: str
    done: int
    total: int
    seconds_left: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch is over; `number` 0 is the head alone. Shares 0 to 1 of the validation photos, which are not trained on.

    `top5` is None where there are no more than five names. `loss` is that of the photos that teach; `seconds_left` for
    all epochs that are left.
    """

    number: int
    of: int
    top1: float
    top5: float | None
    loss: float | None = None
    seconds_left: int = 0


@dataclass(frozen=True, slots=True)
class TakenFor:
    """Of `of` validation photos of `true`, `count` had `said` in first place."""

    true: str
    said: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """What is still taken for something else after an epoch, most often first, at most `MOST_PAIRS`."""

    pairs: tuple[TakenFor, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing that is no failure, in English."""

    step: str
    note: str


@dataclass(frozen=True, slots=True)
class Measured:
    """How good the model is. `ground`: "elsewhere" (photos by people who taught nothing) or "own" (flatters).

    `top1` of `rank` (species, genus or family), None where no photo could measure it. Of `deadly` photos the deadly
    alarm rang for `deadly_rang`; of `harmful` ones `passed` were shown without any warning. The price: of `others`,
    which are not deadly, the deadly alarm rang for `others_rang`.
    """

    ground: str
    photos: int
    rank: str
    top1: float | None
    top5: float | None
    deadly: int
    deadly_rang: int
    harmful: int
    passed: int
    others: int = 0
    others_rang: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over: where its files lie, and what was measured, photos from elsewhere first."""

    run: str
    bundle: str
    report: str
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done. `code` as in `core.errors` (`stopped`: somebody stopped it; `defect`: a fault of ours).

    `words` in English; `facts` are what the sentence of the code names.
    """

    code: str
    words: str
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class FolderName:
    """A folder's name and what the guide makes of it.

    `match`: accepted, synonym, misspelling, read_as or unknown; then `suggestions` are near names. `danger` as shown.
    """

    raw: str
    photos: int
    taxon: str
    match: str
    danger: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A dangerous kind with few photos, or none (`photos` 0) though it looks like `like`, which is a label."""

    taxon: str
    danger: str
    photos: int
    like: str = ""


@dataclass(frozen=True, slots=True)
class Rare:
    """A label with few photos; `fate`: genus, family, teaches or left_out; `teaches` what it teaches instead."""

    taxon: str
    photos: int
    finds: int
    fate: str
    teaches: str


@dataclass(frozen=True, slots=True)
class Look:
    """What lies in folders, before anything is trained. Files are counted; `copies` are the very same bytes again.

    `deeper` are in folders inside the folder of a label. `unreadable` holds at most `MOST_FILES` of `unreadable_count`
    files. `sources` are those that a list of the photos names, with their number. `elsewhere`: photos by other people.
    `free` is the room on the disk of the run, bytes.
    """

    photos: int
    labels: int
    sources: dict[str, int]
    names: tuple[FolderName, ...]
    missing: tuple[Kind, ...]
    thin: tuple[Kind, ...]
    rare: tuple[Rare, ...]
    copies: int
    unreadable: tuple[str, ...]
    unreadable_count: int
    elsewhere: int
    loose: int
    empty: int
    free: int
    problem: str = ""
    facts: dict[str, str] | None = None
    deeper: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a preset would take on this machine: seconds from `low` to `high`, and bytes on the disk.

    `device` is cpu or cuda.
    """

    preset: str
    low: int
    high: int
    bytes: int
    device: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A photo to look at, worst first. `reasons` are findings of the audit; `suggestion` and `elsewhere` are names."""

    file: str
    label: str
    reasons: tuple[str, ...]
    worst: float
    suggestion: str = ""
    elsewhere: tuple[str, ...] = ()
    group: int = -1


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit is over: photos read, and how many each finding lists."""

    run: str
    photos: int
    findings: dict[str, int]
    quarantined: int
    suspect_labels: dict[str, float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's model held against another on the same `photos` photos.

    `ground` as in `Measured`. `newly_passed` are dangerous kinds of which the new model lets photos pass that the other
    warned of, `newly_caught` the reverse, each with the number of photos. `old_` and `new_`: photos without a warning.
    `broken` names the bounds that do not hold.
    """

    passes: bool
    ground: str
    photos: int
    harmful: int
    old_passed: int
    new_passed: int
    old_deadly: int
    new_deadly: int
    newly_passed: dict[str, int]
    newly_caught: dict[str, int]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """A run's model was written to `file` as it is handed to others, and opened once as the application does."""

    file: str


@dataclass(frozen=True, slots=True)
class Traced:
    """Whether `photo` taught a model: `answer` is same (the very file), near (a copy of it), no, or unreadable.

    `bits`: of the 64 of its fingerprint so many differ from the nearest training photo; -1 where none is listed.
    """

    photo: str
    answer: str
    bits: int


Event = (
    Started
    | Step
    | Progress
    | Epoch
    | Confusion
    | Note
    | Finished
    | Failed
    | Look
    | Estimate
    | Doubt
    | Audited
    | Judged
    | Passed
    | Traced
)
EVENTS: dict[str, type] = {kind.__name__.lower(): kind for kind in typing.get_args(Event)}
"""The word in `"event"` and what it stands for."""

LAST = (Finished, Look, Estimate, Audited, Judged, Passed, Traced)
"""With one of these a call that went well ends."""

MOST_PAIRS, MOST_FILES = 12, 200

STEPS = (
    "reading",
    "reading_elsewhere",
    "auditing",
    "splitting",
    "batch_norm",
    "features",
    "head",
    "epoch",
    "exporting",
    "asking",
    "calibrating",
    "measuring",
    "writing",
)
"""The steps of a run, in their order."""


def write_event(event: Event) -> str:
    """The event as one line, without its end."""
    return json.dumps({"event": type(event).__name__.lower(), **asdict(event)}, ensure_ascii=False)


def read_event(line: str) -> Event | None:
    """The event of a line; None for what is none, is cut off, or comes from a later version.

    Fields that this version does not know are left out.
    """
    try:
        value = json.loads(line)
        kind = EVENTS[value.pop("event")]
        found: Event = _built(kind, value)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return found


def _built(hint: Any, value: Any) -> Any:
    """A value of JSON as its type says."""
    origin = typing.get_origin(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        known = [each.name for each in fields(hint) if each.name in value]
        return hint(**{name: _built(hints[name], value[name]) for name in known})
    if origin is tuple:
        return tuple(_built(typing.get_args(hint)[0], each) for each in value)
    if origin is types.UnionType:
        return None if value is None else _built(typing.get_args(hint)[0], value)
    plain = origin or hint
    if plain is float and isinstance(value, int):
        return float(value)
    if not isinstance(value, plain):
        raise TypeError(f"{value!r} is no {plain}")
    return value
