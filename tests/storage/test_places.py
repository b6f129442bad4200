from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.places import kilometres
from fieldguide.core.towns import place_name
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.export.csv import export_csv
from fieldguide.storage.export.darwin_core import export_darwin_core
from fieldguide.storage.export.geo import export_geojson, export_gpx
from fieldguide.storage.export.places import UNCERTAINTY, Places
from fieldguide.storage.export.places import placed as placed_for
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.places import OwnPlace
from fieldguide.storage.search import Filter
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, deadly_alarm, make_find

Place = tuple[float, float]


@pytest.fixture
def store(tmp_path: Path, guide: Guide) -> ObservationStore:
    return ObservationStore(Database(tmp_path / "finds.db"), guide, name_place=place_name)


def placed(guide: Guide, latitude: float, longitude: float, when: datetime | None = None, **facts: object) -> object:
    return replace(make_find(guide, EDULIS, observed_at=when, **facts), latitude=latitude, longitude=longitude)


def test_finds_are_called_by_the_nearest_town_and_by_a_place_of_ones_own(store: ObservationStore, guide: Guide) -> None:
    store.add(placed(guide, 48.137, 11.575))
    near = store.add(placed(guide, 48.3, 11.6))
    assert store.places() == {"Munich, DE": 1, place_name(48.3, 11.6): 1}
    store.keep_place(OwnPlace("Our oak wood", 48.301, 11.601, 2.0))
    assert [find.id for find in store.page(Filter(place="Our oak wood")).observations] == [near.id]
    assert store.own_places() == (OwnPlace("Our oak wood", 48.301, 11.601, 2.0),)
    store.keep_place(OwnPlace("Our oak wood", 10.0, 10.0))  # moved away
    assert store.count(Filter(place="Our oak wood")) == 0
    store.keep_place(OwnPlace("Our oak wood", 48.301, 11.601, 2.0))
    store.forget_place("Our oak wood")
    assert store.places() == {"Munich, DE": 1, place_name(48.3, 11.6): 1}


def test_names_of_places_are_taken_back_and_done_again_with_the_finds_in_them(tmp_path: Path, guide: Guide) -> None:
    def called(store: ObservationStore) -> tuple[str, ...]:
        (place,) = store.places()
        return place, *(own.name for own in store.own_places())

    with Database(tmp_path / "finds.db") as database:
        store = ObservationStore(database, guide, name_place=place_name)
        find = store.add(placed(guide, 48.137, 11.575))
        seen = [called(store)]
        for act in (
            lambda: store.keep_place(OwnPlace("Oak wood", 48.14, 11.57)),
            lambda: store.rename_place("Oak wood", "Old oak wood"),
            lambda: store.edit([find.id], Change(notes="between")),
            lambda: store.forget_place("Old oak wood"),
        ):
            assert act() is not None
            seen.append(called(store))
    assert seen == [
        ("Munich, DE",),
        ("Oak wood", "Oak wood"),
        ("Old oak wood", "Old oak wood"),
        ("Old oak wood", "Old oak wood"),
        ("Munich, DE",),
    ]
    with Database(tmp_path / "finds.db") as database:  # after a restart
        store = ObservationStore(database, guide, name_place=place_name)
        assert store.rename_place("nowhere", "x") is None
        assert store.forget_place("nowhere") is None
        for expected, touched in zip(
            seen[-2::-1], [("Old oak wood",), (), ("Oak wood", "Old oak wood"), ("Oak wood",)], strict=True
        ):
            undone = store.undo()
            assert undone is not None
            assert (undone.places, called(store)) == (touched, expected)
        for expected in seen[1:]:
            assert store.redo() is not None
            assert called(store) == expected


def test_finds_stored_before_places_had_names_get_one(tmp_path: Path, guide: Guide) -> None:
    with Database(tmp_path / "old.db") as database:
        ObservationStore(database, guide).add(placed(guide, 48.137, 11.575))
        store = ObservationStore(database, guide, name_place=place_name)
        while store.join_guide(guide):
            pass
        assert store.places() == {"Munich, DE": 1}


@pytest.mark.parametrize(
    "wrong", [("", 1.0, 1.0, 1.0), ("x", 91.0, 0.0, 1.0), ("x", 0.0, 181.0, 1.0), ("x", 0.0, 0.0, 0.0)]
)
def test_a_place_that_is_none_is_refused(wrong: tuple[str, float, float, float]) -> None:
    with pytest.raises(FieldGuideError) as refused:
        OwnPlace(*wrong)
    assert refused.value.code is ErrorCode.PLACE_INVALID


def test_points_follow_the_filter_and_leave_out_what_has_no_place(store: ObservationStore, guide: Guide) -> None:
    mild = store.add(placed(guide, -16.8, 179.99))
    deadly = store.add(
        replace(make_find(guide, PHALLOIDES, alarm=deadly_alarm(guide)), latitude=-16.8, longitude=-179.99)
    )
    store.add(replace(make_find(guide), latitude=None, longitude=None))
    assert set(store.points().ids) == {mild.id, deadly.id}
    only = store.points(Filter(dangers=frozenset({Danger.DEADLY})))
    assert (only.ids, only.severities) == ((deadly.id,), (Danger.DEADLY.severity,))
    near = store.points(Filter(near=(-16.8, 180.0, 5.0)))
    assert set(near.ids) == {mild.id, deadly.id}, "both sides of the date line are near"
    assert store.points(Filter(text="zzz")).ids == ()


@pytest.mark.parametrize(
    ("here", "near", "far"),
    [
        ((65.0, 179.999), (65.0, -179.999), (65.0, 178.0)),
        ((-16.8, -180.0), (-16.8, 180.0), (-16.8, 179.0)),
        ((90.0, 0.0), (89.99, 170.0), (89.0, 0.0)),
        ((-90.0, 12.0), (-89.99, -100.0), (-88.0, 12.0)),
    ],
)
def test_at_the_date_line_and_at_the_poles_near_is_near_here_and_in_every_export(
    store: ObservationStore, guide: Guide, tmp_path: Path, here: Place, near: Place, far: Place
) -> None:
    numbers = [store.add(placed(guide, *where)).id for where in (here, near, far)]
    for one, other in ((here, near), (near, here)):
        listed = store.page(Filter(near=(*one, 5.0))).observations
        assert {find.id for find in listed} == set(numbers[:2]), other
    store.keep_place(OwnPlace("Here", *here, 5.0))
    assert store.count(Filter(place="Here")) == 2
    finds = list(store.every())
    for places, reach in ((Places.EXACT, 0.1), (Places.BLURRED, UNCERTAINTY / 1000)):
        leaving = [replace(placed_for(find, places), verified=EDULIS) for find in finds]
        told: dict[str, list[Place]] = {}
        export_gpx(leaving, guide, tmp_path / "f.gpx")
        points = ElementTree.parse(tmp_path / "f.gpx").getroot().iter("{http://www.topografix.com/GPX/1/1}wpt")
        told["gpx"] = [(float(point.attrib["lat"]), float(point.attrib["lon"])) for point in points]
        export_geojson(leaving, guide, tmp_path / "f.geojson")
        features = json.loads((tmp_path / "f.geojson").read_text())["features"]
        told["geojson"] = [tuple(reversed(each["geometry"]["coordinates"][:2])) for each in features]
        export_csv(leaving, guide, tmp_path / "f.csv")
        with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as stream:
            told["csv"] = [(float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(stream)]
        export_darwin_core(leaving, guide, tmp_path / "f.zip", library=UUID(int=1), places=places)
        with zipfile.ZipFile(tmp_path / "f.zip") as archive:
            rows = csv.DictReader(io.StringIO(archive.read("occurrence.csv").decode()))
            told["dwca"] = [(float(row["decimalLatitude"]), float(row["decimalLongitude"])) for row in rows]
        for name, where in told.items():
            assert len(where) == 3, name
            for (latitude, longitude), find in zip(where, finds, strict=True):
                assert -90 <= latitude <= 90, name
                assert -180 <= longitude <= 180, name
                assert kilometres(latitude, longitude, find.latitude or 0, find.longitude or 0) <= reach, name


def test_the_season_counts_weeks_of_each_year(store: ObservationStore, guide: Guide) -> None:
    for when in (datetime(2025, 9, 20), datetime(2026, 9, 20), datetime(2026, 9, 21), datetime(2026, 1, 1), None):
        store.add(make_find(guide, EDULIS, observed_at=when))
    store.add(make_find(guide, None, observed_at=datetime(2026, 9, 20)))  # no name: no kind
    (kind,) = store.season()
    assert (kind.called, kind.count) == ("boletus edulis", 4), "a missing date is not invented"
    assert (kind.first, kind.last) == (date(2026, 1, 1), date(2026, 9, 21))
    assert {year: sum(weeks) for year, weeks in kind.weeks.items()} == {2025: 1, 2026: 3}
    assert kind.weeks[2026][0] == 1
    assert kind.weeks[2026][(263 - 1) // 7] == 2
