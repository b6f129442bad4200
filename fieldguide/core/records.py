"""The plain values that cross floors: frozen, without behaviour that needs torch, SQL or Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from fieldguide.core.danger import Danger
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.taxonomy import Taxon


@dataclass(frozen=True, slots=True)
class Photo:
    """One readable image file. Sizes are of the upright picture in pixels; place in decimal degrees (WGS 84).

    `taken_at` is local time without a zone, as cameras write it; None when the file does not say (never invented).
    `sha256` is the lower-case hex digest of the file's bytes, `bytes` their number; 0: not known.
    """

    path: Path
    sha256: str
    width: int
    height: int
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class UnreadablePhoto:
    """A file that could not be read, and why."""

    path: Path
    error: FieldGuideError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A taxon with its calibrated probability (0 to 1) and the guide's danger of it at the time of identification."""

    taxon: Taxon
    probability: float
    danger: Danger


class VerdictKind(StrEnum):
    """What the app dares to say."""

    SPECIES = "species"
    GENUS = "genus"
    FAMILY = "family"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why the verdict stands at its rank; the catalogue holds a sentence for each."""

    CLEAR = "clear"  # one taxon stands out
    SPECIES_TOO_CLOSE = "species_too_close"  # rolled up to the genus: no species by itself is likely enough
    CRYPTIC_GROUP = "cryptic_group"  # rolled up: species of this group cannot be told apart by a photo
    GENERA_TOO_CLOSE = "genera_too_close"  # rolled up to the family: no genus by itself is likely enough
    LABEL_IS_WIDE = "label_is_wide"  # the model knows this taxon only at this rank
    NOTHING_STANDS_OUT = "nothing_stands_out"  # unknown: probability spread over several taxa, related or not
    UNLIKE_TRAINING = "unlike_training"  # unknown: unlike anything that the model was trained on
    NO_SUBJECT = "no_subject"  # unknown: looks like a photo of something else
    PHOTOS_DISAGREE = "photos_disagree"  # unknown or rolled up: the photos of one find contradict each other


@dataclass(frozen=True, slots=True)
class Verdict:
    """`taxon` is None exactly when `kind` is unknown. `probability` (0 to 1) is summed up the tree to that rank."""

    kind: VerdictKind
    taxon: Taxon | None
    reason: Reason
    probability: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """The danger among the possibilities, shown before any name.

    Attributes:
        level: worst level that is plausible (deadly when the deadly alarm rings, and so on); *unknown* when nothing
            harmful is plausible or the verdict is unknown: never milder than caution.
        probability: calibrated probability (0 to 1) that the find is at `level`, summed over every label and rank.
        deadly: the same for deadly alone. harmful: for deadly, poisonous or psychoactive together.
        taxa: the taxa that carry it, most probable first (empty when nothing harmful is plausible).
        raised: whether `level` rings an alarm (fitted threshold passed), rather than being a mere caution.
    """

    level: Danger
    probability: float
    deadly: float
    harmful: float
    taxa: tuple[Candidate, ...] = ()
    raised: bool = False


@dataclass(frozen=True, slots=True)
class ModelReference:
    """Which bundle said so."""

    id: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Identification:
    """One answer of one model about one observation. Stored as it was; never silently computed again.

    `candidates`: the five most probable labels, best first. `plausible`: the prediction set that holds the true label
    with probability `coverage` (both empty / None when the bundle has no such guarantee). `unknown_score`: larger is
    stranger; the bundle's threshold is in its manifest. `species_probability`: for place-and-season weighting shown
    beside the raw one, see `weighed`.
    """

    model: ModelReference
    guide_version: str
    made_at: datetime
    verdict: Verdict
    alarm: Alarm
    candidates: tuple[Candidate, ...]
    plausible: tuple[Candidate, ...] = ()
    coverage: float | None = None
    unknown_score: float = 0.0
    weighed: bool = False  # place and season took part


IN_THE_GROUND = "base"  # the one character that is not seen until it is dug out


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer.

    Attributes:
        character: one of the guide's characters. values: of its values; empty: nobody could tell, which counts nothing.
        dug_out: whether the whole base was out of the ground. An answer about the base counts only then.
        waits: the answer will come later (a spore print lies on its paper).
        answered_at: local time without a zone; None for answers that were never stored. by: who says so.
        guide_version: of the guide that asked; empty when not known.
    """

    character: str
    values: tuple[str, ...] = ()
    dug_out: bool = False
    waits: bool = False
    answered_at: datetime | None = None
    by: str = ""
    guide_version: str = ""

    @property
    def counts(self) -> bool:
        """Whether it may speak for or against any name."""
        return bool(self.values) and (self.character != IN_THE_GROUND or self.dug_out)


@dataclass(frozen=True, slots=True)
class Observation:
    """One find: its photos (at least one readable), the files that could not be read, and what was said of it.

    `id` is 0 before it is stored; `observed_at` and the place come from the photos unless a person changed them.
    """

    photos: tuple[Photo, ...]
    unreadable: tuple[UnreadablePhoto, ...] = ()
    identification: Identification | None = None
    id: int = 0
    observed_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    notes: str = ""
    verified: Taxon | None = None
    tags: tuple[str, ...] = field(default=())
    stars: int = 0
    seen: tuple[Seen, ...] = ()  # what the hand found, one answer per character
