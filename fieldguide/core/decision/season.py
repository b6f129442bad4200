"""Place and season: a bounded weight for each label by the guide's regions and months. It only shifts names.

The alarm never rests on the weighed probabilities alone: `core.decision` hears the unweighed ones as a witness, so
place and season can raise a danger and never hide one. Knows nothing of models but their labels and their regions.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fieldguide.core.decision.calibration import Floats
from fieldguide.core.guide import Guide
from fieldguide.core.taxonomy import Rank, Taxon

LEAST, MOST = 0.5, 2.0  # bounds of a label's factor, before the probabilities are normalised again
HERE, ELSEWHERE = 1.4, 0.6  # the guide tells this region, or only others
IN_SEASON, NEAR_SEASON, OUT_OF_SEASON = 1.3, 1.0, 0.7  # near: within a month of the guide's season
TROPICS = 15.0  # degrees from the equator within which the guide's months mean nothing

# Rough boxes (south, north, west, east) in degrees: coasts are cut generously, oceans are left out. The first that
# holds a place wins, so the small ones come first.
_BOXES: tuple[tuple[str, tuple[float, float, float, float]], ...] = (
    ("europe", (63.0, 67.0, -25.0, -13.0)),  # Iceland
    ("africa", (27.0, 37.4, -2.0, 11.2)),  # the coast of Algeria and Tunisia
    ("north_america", (59.0, 84.0, -74.0, -11.0)),  # Greenland
    ("north_america", (24.0, 72.0, -169.0, -52.0)),
    ("north_america", (7.0, 33.0, -118.0, -59.0)),  # Mexico, Central America, Caribbean
    ("north_america", (18.0, 23.0, -161.0, -154.0)),  # Hawaii
    ("south_america", (-56.0, 13.0, -82.0, -34.0)),
    ("europe", (36.0, 72.0, -11.0, 26.0)),
    ("europe", (41.0, 72.0, 26.0, 60.0)),
    ("europe", (34.5, 41.0, 19.0, 30.0)),  # Greece, Crete, western Anatolia
    ("africa", (27.0, 40.0, -32.0, -13.0)),  # Atlantic islands
    ("africa", (-35.0, 37.5, -18.0, 34.0)),
    ("africa", (-35.0, 18.0, 34.0, 52.0)),
    ("asia", (-11.0, 78.0, 26.0, 141.0)),
    ("asia", (30.0, 78.0, 141.0, 180.0)),
    ("australasia", (-48.0, -10.0, 112.0, 180.0)),
    ("australasia", (-11.0, 0.0, 130.0, 163.0)),  # New Guinea, Solomon Islands
)
_OPEN_SEA: tuple[tuple[float, float, float, float], ...] = (
    (-60.0, 5.0, 60.0, 95.0),  # Indian Ocean
    (-60.0, -12.0, 52.0, 112.0),
    (-60.0, 3.0, -18.0, 7.0),  # Gulf of Guinea and south of it
    (24.0, 40.0, -74.5, -60.0),  # Sargasso Sea
    (40.0, 43.0, -69.0, -60.0),
    (24.0, 48.0, -169.0, -126.0),  # north Pacific
    (5.0, 20.0, 128.0, 141.0),  # Philippine Sea
)


class SeasonNote(StrEnum):
    """What people read beside the weights; the catalogue `season` holds a sentence for each."""

    WEIGHED = "weighed"
    NO_PLACE = "no_place"
    PLACE_AT_SEA = "place_at_sea"
    PLACE_IMPOSSIBLE = "place_impossible"
    NO_DATE = "no_date"
    DATE_IN_FUTURE = "date_in_future"
    TROPICAL = "tropical"
    OUTSIDE_MODEL = "outside_model"


@dataclass(frozen=True, slots=True)
class Place:
    """Region of the guide and month (1 to 12, of the northern half) that can take part, and what to say about them."""

    region: str | None
    month: int | None
    notes: tuple[SeasonNote, ...]


@dataclass(frozen=True, slots=True)
class Weighing:
    """One factor per label `[C]` (`LEAST` to `MOST`), where and when it holds, and what to say about it.

    `region` is None when no place took part, `month` (1 to 12, of the northern half) when no date did.
    """

    factors: tuple[float, ...]
    region: str | None
    month: int | None
    notes: tuple[SeasonNote, ...]

    @property
    def weighs(self) -> bool:
        """Whether anything is changed at all."""
        return any(factor != 1.0 for factor in self.factors)

    def apply(self, probabilities: Floats) -> NDArray[np.float64]:
        """Weighed and normalised probabilities, `[C]` or `[K,C]`."""
        weighed = np.asarray(probabilities, np.float64) * np.array(self.factors)
        return np.asarray(weighed / weighed.sum(axis=-1, keepdims=True))


def region_of(latitude: float, longitude: float) -> str | None:
    """The guide's region of a place in decimal degrees (WGS 84), by rough boxes; None at sea, in Antarctica or nowhere.

    (0, 0) is a camera that does not know where it is, and lies in the sea.
    """
    if not possible(latitude, longitude) or any(_inside(box, latitude, longitude) for box in _OPEN_SEA):
        return None
    return next((region for region, box in _BOXES if _inside(box, latitude, longitude)), None)


def _inside(box: tuple[float, float, float, float], latitude: float, longitude: float) -> bool:
    south, north, west, east = box
    return south <= latitude <= north and west <= longitude <= east


def possible(latitude: float, longitude: float) -> bool:
    """Whether such a place exists on earth."""
    return -90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0


def weigh(
    labels: tuple[Taxon, ...],
    guide: Guide,
    *,
    today: date,
    taken_on: date | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    home: str | None = None,
    model_regions: Collection[str] = (),
) -> Weighing:
    """Weights by place and season.

    Args:
        labels: of the model. Those without a record, and the background, keep factor 1.
        today: a date more than a day after it is not believed.
        taken_on: of the photo. latitude, longitude: decimal degrees.
        home: the user's own region, used when the photo tells no place.
        model_regions: where the model's photos come from; empty when not known.
    """
    where = read_place(
        today=today,
        taken_on=taken_on,
        latitude=latitude,
        longitude=longitude,
        home=home,
        model_regions=model_regions,
    )
    region, month, notes = where.region, where.month, where.notes
    factors = tuple(factor_of(label, guide, region, month) for label in labels)
    if any(factor != 1.0 for factor in factors):
        notes = (SeasonNote.WEIGHED, *notes)
    return Weighing(factors, region, month, notes)


def read_place(
    *,
    today: date,
    taken_on: date | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    home: str | None = None,
    model_regions: Collection[str] = (),
) -> Place:
    """What place and date of a find are worth, before any label is weighed; the arguments are those of `weigh`."""
    notes: list[SeasonNote] = []
    region = _region(latitude, longitude, home, notes)
    month = _month(taken_on, today, latitude, region, notes)
    if region is not None and model_regions and region not in model_regions:
        notes.append(SeasonNote.OUTSIDE_MODEL)
    return Place(region, month, tuple(notes))


def _region(latitude: float | None, longitude: float | None, home: str | None, notes: list[SeasonNote]) -> str | None:
    if latitude is None or longitude is None:
        if home is None:
            notes.append(SeasonNote.NO_PLACE)
        return home
    if not possible(latitude, longitude):
        notes.append(SeasonNote.PLACE_IMPOSSIBLE)
        return None
    region = region_of(latitude, longitude)
    if region is None:
        notes.append(SeasonNote.PLACE_AT_SEA)
    return region


def _month(
    taken_on: date | None, today: date, latitude: float | None, region: str | None, notes: list[SeasonNote]
) -> int | None:
    """The month as the guide counts it, on the northern half; None when it is unknown."""
    if taken_on is None:
        notes.append(SeasonNote.NO_DATE)
        return None
    if taken_on > today + timedelta(days=1):  # a day's grace for time zones
        notes.append(SeasonNote.DATE_IN_FUTURE)
        return None
    if region is None or (latitude is None and region in ("africa", "asia", "south_america")):
        return None  # these lie on both halves
    if latitude is not None and abs(latitude) < TROPICS:
        notes.append(SeasonNote.TROPICAL)
        return None
    southern = latitude < 0 if latitude is not None else region == "australasia"
    return (taken_on.month + 5) % 12 + 1 if southern else taken_on.month


def factor_of(label: Taxon, guide: Guide, region: str | None, month: int | None) -> float:
    """The weight of one taxon (`LEAST` to `MOST`) in a region of the guide and a month of the northern half."""
    record = None if label.rank is Rank.BACKGROUND else guide.record(label.name)
    if record is None:
        return 1.0
    factor = 1.0
    if region is not None and record.regions:
        factor *= HERE if region in record.regions else ELSEWHERE
    if month is not None and record.months is not None:
        away = months_away(month, record.months)
        factor *= IN_SEASON if away == 0 else NEAR_SEASON if away == 1 else OUT_OF_SEASON
    return min(MOST, max(LEAST, factor))


def months_away(month: int, season: tuple[int, int]) -> int:
    """How many months (0 to 6) a month is from a season that may wrap around the year, ends included."""
    first, last = season
    length = (last - first) % 12
    after = (month - first) % 12
    return 0 if after <= length else min(after - length, 12 - after)
