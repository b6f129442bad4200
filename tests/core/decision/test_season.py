from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.decision import decide
from fieldguide.core.decision.season import LEAST, MOST, SeasonNote, months_away, region_of, weigh
from fieldguide.core.decision.thresholds import Thresholds
from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from fieldguide.core.text import text

GUIDE = load_guide()
VIROSA = GUIDE.records["Amanita virosa"].taxon  # Europe and Asia, July to October
OCREATA = GUIDE.records["Amanita ocreata"].taxon
CIBARIUS = GUIDE.records["Cantharellus cibarius"].taxon
NOBODY = Taxon("Nomen nescio", Rank.SPECIES, "Nomen", None)
LABELS = (VIROSA, OCREATA, CIBARIUS, NOBODY, BACKGROUND)
TODAY = date(2026, 11, 20)
BERLIN, SYDNEY, OCEAN = (52.5, 13.4), (-33.9, 151.2), (0.0, -30.0)


@pytest.mark.parametrize(
    ("place", "region"),
    [
        (BERLIN, "europe"),
        ((64.1, -21.9), "europe"),
        ((40.7, -74.0), "north_america"),
        ((20.0, -99.0), "north_america"),
        ((4.7, -74.1), "south_america"),
        ((-33.4, -70.6), "south_america"),
        ((35.7, 139.7), "asia"),
        ((55.0, 83.0), "asia"),
        ((-1.3, 36.8), "africa"),
        ((36.8, 10.2), "africa"),
        (SYDNEY, "australasia"),
        ((-36.8, 174.8), "australasia"),
        (OCEAN, None),
        ((0.0, 0.0), None),
        ((35.0, -45.0), None),
        ((-85.0, 10.0), None),
        ((95.0, 10.0), None),
        ((float("nan"), 10.0), None),
    ],
)
def test_a_place_lies_in_its_region(place: tuple[float, float], region: str | None) -> None:
    assert region_of(*place) == region


@pytest.mark.parametrize(
    ("month", "season", "away"),
    [
        (8, (7, 10), 0),
        (7, (7, 10), 0),
        (6, (7, 10), 1),
        (1, (7, 10), 3),
        (12, (11, 3), 0),
        (4, (11, 3), 1),
        (7, (1, 12), 0),
    ],
)
def test_months_wrap_around_the_year(month: int, season: tuple[int, int], away: int) -> None:
    assert months_away(month, season) == away


def test_what_grows_here_and_now_gains() -> None:
    found = weigh(LABELS, GUIDE, today=TODAY, taken_on=date(2026, 9, 1), latitude=BERLIN[0], longitude=BERLIN[1])
    assert (found.region, found.month) == ("europe", 9)
    assert found.factors[0] > 1 > found.factors[1]
    assert found.factors[3:] == (1.0, 1.0)
    assert found.notes == (SeasonNote.WEIGHED,)


def test_the_southern_half_shifts_by_six_months() -> None:
    found = weigh(LABELS, GUIDE, today=TODAY, taken_on=date(2026, 4, 1), latitude=SYDNEY[0], longitude=SYDNEY[1])
    assert (found.region, found.month) == ("australasia", 10)


def test_factors_are_bounded_and_probabilities_stay_probabilities() -> None:
    labels = tuple(record.taxon for record in GUIDE.records.values())
    for month in range(1, 13):
        found = weigh(labels, GUIDE, today=TODAY, taken_on=date(2026, month, 1) if month < 12 else None, home="europe")
        assert LEAST <= min(found.factors) <= max(found.factors) <= MOST
    assert found.apply(np.full(len(labels), 1 / len(labels))).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({}, SeasonNote.NO_PLACE),
        ({"latitude": OCEAN[0], "longitude": OCEAN[1]}, SeasonNote.PLACE_AT_SEA),
        ({"latitude": 123.0, "longitude": 4.0}, SeasonNote.PLACE_IMPOSSIBLE),
        ({"home": "europe"}, SeasonNote.NO_DATE),
        ({"home": "europe", "taken_on": date(2031, 1, 1)}, SeasonNote.DATE_IN_FUTURE),
        ({"latitude": -1.3, "longitude": 36.8, "taken_on": date(2026, 5, 1)}, SeasonNote.TROPICAL),
        ({"home": "australasia", "model_regions": ("europe",)}, SeasonNote.OUTSIDE_MODEL),
    ],
)
def test_what_cannot_take_part_is_told(facts: dict[str, object], note: SeasonNote) -> None:
    found = weigh(LABELS, GUIDE, today=TODAY, **facts)  # type: ignore[arg-type]
    assert note in found.notes


@pytest.mark.parametrize("facts", [{}, {"latitude": OCEAN[0], "longitude": OCEAN[1], "taken_on": date(2026, 9, 1)}])
def test_without_a_place_nothing_is_weighed(facts: dict[str, object]) -> None:
    found = weigh(LABELS, GUIDE, today=TODAY, **facts)  # type: ignore[arg-type]
    assert not found.weighs
    assert set(found.factors) == {1.0}
    assert SeasonNote.WEIGHED not in found.notes


def test_a_region_on_both_halves_weighs_no_month_without_a_place() -> None:
    assert weigh(LABELS, GUIDE, today=TODAY, taken_on=date(2026, 9, 1), home="south_america").month is None


def test_every_note_has_a_sentence() -> None:
    assert all(text(f"danger.season_{note.value}") for note in SeasonNote)


def test_place_and_season_never_hide_a_danger() -> None:
    probabilities = np.array([0.06, 0.0, 0.0, 0.94, 0.0])
    fitted = Thresholds(species=0.6, genus=0.6, family=0.6, deadly=0.05, harmful=0.15)
    wrong_season = weigh(LABELS, GUIDE, today=TODAY, taken_on=date(2026, 1, 5), latitude=40.7, longitude=-74.0)
    weighed = wrong_season.apply(probabilities)
    assert weighed[0] < 0.05
    assert decide(weighed, LABELS, GUIDE, fitted).alarm.level is not Danger.DEADLY
    heard = decide(weighed, LABELS, GUIDE, fitted, witnesses=probabilities[None])
    assert heard.alarm.level is Danger.DEADLY
    assert heard.alarm.deadly == pytest.approx(0.06)
