from __future__ import annotations

import numpy as np
import pytest

from fieldguide.core.places import kilometres
from fieldguide.core.towns import Towns, place_name, towns
from fieldguide.core.world import from_square, to_square, world


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (48.137, 11.575, "Munich, DE"),
        (-16.8, 179.99, "Savusavu, FJ"),
        (-16.8, -179.99, "Savusavu, FJ"),  # across the date line
        (90.0, 0.0, "Longyearbyen, SJ"),
        (90.0, -135.0, "Longyearbyen, SJ"),  # one and the same pole
        (-90.0, 50.0, "Puerto Williams, CL"),
    ],
)
def test_every_place_has_a_nearest_town(latitude: float, longitude: float, name: str) -> None:
    assert place_name(latitude, longitude) == name


def test_nearest_is_nearest_among_all() -> None:
    """The band that is looked at first hides nothing nearer."""
    every = [towns()._town(number) for number in range(len(towns()))][::7]
    for latitude, longitude in ((61.3, -150.2), (-23.4, 133.8), (15.0, -179.8), (68.9, 160.1)):
        found = towns().nearest(latitude, longitude)
        least = min(kilometres(each.latitude, each.longitude, latitude, longitude) for each in every)
        assert found.away(latitude, longitude) <= least + 0.01


def test_the_largest_towns_of_a_box_come_first_also_across_the_date_line() -> None:
    assert [town.name for town in Towns().within(47, 10, 49, 13, 2)] == ["Munich", "Augsburg"]
    across = towns().within(-20, 170, -10, -170, 500)
    assert {town.longitude > 0 for town in across} == {True, False}


def test_the_square_leads_there_and_back() -> None:
    for latitude, longitude in ((48.1, 11.5), (-70.0, -179.9), (0.0, 180.0)):
        x, y = to_square(latitude, longitude)
        back = from_square(x, y)
        assert kilometres(latitude, longitude, *back) < 0.001
    assert 0 <= to_square(90, 0)[1] < 1e-6, "a pole lies on the edge"


def test_the_world_has_land_and_borders_inside_its_square() -> None:
    lines = [*world().land, *world().borders]
    assert len(world().land) > 1000
    assert len(world().borders) > 300
    assert all(line.min() >= 0 and line[:, 1].max() <= 1 and line[:, 0].max() < 1.1 for line in lines)


def test_no_coast_runs_back_round_the_world() -> None:
    """What lies across the date line was a line through every sea between 180 degrees east and west."""
    for line in (*world().land, *world().borders):
        at_sea = np.minimum(line[1:, 1], line[:-1, 1]) < 0.999  # along the edge of the square it may
        assert np.abs(np.diff(line[:, 0]))[at_sea].max(initial=0.0) < 0.3
    right = max(float(line[:, 0].max()) for line in world().land)
    assert 1.0 < right < 1.1  # Chukotka
