from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.library import Library
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.places import OwnPlace, Points
from fieldguide.storage.season import KindSeason
from fieldguide.ui.history.days_dialog import DaysDialog
from fieldguide.ui.history.map_view import MapView
from fieldguide.ui.history.own_places_dialog import OwnPlacesDialog
from fieldguide.ui.history.page import HistoryPage
from fieldguide.ui.history.season_view import SeasonSheet
from tests.helpers.labels import words_in
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, deadly_alarm, make_find

DEADLY, CAUTION = Danger.DEADLY.severity, Danger.CAUTION.severity


@pytest.fixture
def page(qtbot: QtBot, library: Library, thumbnails, theme) -> HistoryPage:
    made = HistoryPage(library, thumbnails)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitActive(made):
        made.show()
    return made


@pytest.fixture
def finds(store: ObservationStore, guide: Guide) -> list[Observation]:
    deadly = make_find(guide, PHALLOIDES, observed_at=datetime(2026, 9, 2), alarm=deadly_alarm(guide))
    return [
        store.add(replace(make_find(guide, EDULIS, observed_at=datetime(2026, 9, 1)), latitude=48.1, longitude=11.5)),
        store.add(replace(deadly, latitude=-16.8, longitude=179.99)),
    ]


@pytest.fixture
def map_(qtbot: QtBot, theme) -> MapView:
    made = MapView()
    qtbot.addWidget(made)
    made.resize(800, 500)
    return made


def show(qtbot: QtBot, page: HistoryPage, view: str) -> None:
    page.gallery.views.choose(view)
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE):
        page.show_finds()


def test_clusters_hold_every_find_and_tell_the_worst(map_: MapView) -> None:
    map_.show_points(Points((1, 2, 3), (48.1, 48.1001, 40.0), (11.5, 11.5001, -75.0), (CAUTION, DEADLY, CAUTION)))
    assert sorted(len(cluster.rows) for cluster in map_.clusters) == [1, 2]
    together = next(cluster for cluster in map_.clusters if len(cluster.rows) == 2)
    assert together.level is Danger.DEADLY
    assert all(0 <= cluster.x <= 800 and 0 <= cluster.y <= 500 for cluster in map_.clusters), "all are in sight"


def test_finds_on_both_sides_of_the_date_line_are_neighbours(map_: MapView) -> None:
    map_.show_points(Points((1, 2), (-16.8, -16.9), (179.9, -179.9), (CAUTION, CAUTION)))
    assert map_.zoom > 100_000
    ys = [cluster.x for cluster in map_.clusters]
    assert max(ys) - min(ys) < 800


def test_a_find_at_the_pole_stands_on_the_edge_and_nothing_breaks(map_: MapView) -> None:
    map_.show_points(Points((1,), (90.0,), (12.0,), (CAUTION,)))
    assert len(map_.clusters) == 1
    map_.look(1e9)
    assert not map_.grab().isNull(), "drawn as near as can be"


def test_a_cluster_opens_until_its_finds_part(qtbot: QtBot, map_: MapView) -> None:
    map_.show_points(Points((1, 2, 3), (48.1, 48.101, 10.0), (11.5, 11.501, 100.0), (CAUTION, CAUTION, DEADLY)))
    together = next(cluster for cluster in map_.clusters if len(cluster.rows) == 2)
    before = map_.zoom
    with qtbot.assertNotEmitted(map_.finds_wanted):
        map_.open_cluster(together)
    assert map_.zoom > before
    assert [len(cluster.rows) for cluster in map_.clusters] == [1, 1]
    alone = map_.clusters[0]
    with qtbot.waitSignal(map_.finds_wanted) as wanted:
        qtbot.mouseClick(map_, Qt.MouseButton.LeftButton, pos=QPointF(alone.x, alone.y).toPoint())
    assert wanted.args[0] in ([1], [2])


def test_finds_in_one_spot_are_wanted_together(qtbot: QtBot, map_: MapView) -> None:
    map_.show_points(Points((7, 8), (48.1, 48.1), (11.5, 11.5), (CAUTION, CAUTION)))
    with qtbot.waitSignal(map_.finds_wanted) as wanted:
        map_.open_cluster(map_.clusters[0])
    assert wanted.args[0] == [7, 8]


def test_what_is_under_the_pointer_stays_there_when_one_looks_closer(map_: MapView) -> None:
    map_.show_points(Points((1, 2), (48.1, 52.0), (11.5, 0.0), (CAUTION, CAUTION)))
    spot = map_.clusters[0]
    map_.look(3.0, QPointF(spot.x, spot.y))
    assert any(abs(each.x - spot.x) < 1 and abs(each.y - spot.y) < 1 for each in map_.clusters)


def test_the_map_follows_the_filter(qtbot: QtBot, page, finds) -> None:
    show(qtbot, page, "map")
    qtbot.waitUntil(lambda: len(page.gallery.panel.map.clusters) == 2, timeout=PATIENCE)
    page.gallery.filters.dangers.choose(frozenset({Danger.DEADLY.value}))
    page.gallery.filters.dangers.changed.emit()
    qtbot.waitUntil(lambda: len(page.gallery.panel.map.clusters) == 1, timeout=PATIENCE)
    assert page.gallery.panel.map.clusters[0].level is Danger.DEADLY


def test_one_find_of_the_map_is_opened(qtbot: QtBot, page, finds) -> None:
    show(qtbot, page, "map")
    with qtbot.waitSignal(page.gallery.find_wanted, timeout=PATIENCE) as wanted:
        page.gallery.panel.map.finds_wanted.emit([finds[1].id])
    assert wanted.args[0].id == finds[1].id


def test_finds_near_here_are_listed_and_a_cleared_filter_lists_all(qtbot: QtBot, page, finds) -> None:
    show(qtbot, page, "tiles")
    page.open(finds[1])
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE) as counted:
        page.detail.near.click()
    assert counted.args == [1]
    assert page.find is None
    assert not page.gallery.filters.near.isHidden()
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE) as counted:
        page.gallery.filters.clear()
    assert counted.args == [2]
    assert page.gallery.filters.near.isHidden()


def test_a_place_gets_a_name_of_ones_own(qtbot: QtBot, page, finds, library, store) -> None:
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        library.keep_place(OwnPlace("Isarauen", 48.1, 11.5))
    assert store.places()["Isarauen"] == 1


def test_a_find_names_the_nearest_town(page, finds) -> None:
    page.open(finds[0])
    assert any("Germany" in words and "48.10000" in words for words in words_in(page.detail).splitlines())


def test_days_are_chosen_from_a_calendar(qtbot: QtBot, page, finds) -> None:
    show(qtbot, page, "tiles")
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE) as counted:
        page.gallery.filters.take_days(date(2026, 9, 2), date(2026, 9, 2))
    assert counted.args == [1]
    dialog = DaysDialog(date(2026, 9, 5), date(2026, 9, 1))
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.agreed) as agreed:
        dialog.keep()
    assert agreed.args == [date(2026, 9, 1), date(2026, 9, 5)], "the earlier day first"


def test_the_season_tells_kinds_and_their_days(qtbot: QtBot, guide: Guide, theme) -> None:
    weeks = tuple(2 if week == 36 else 0 for week in range(53))
    kind = KindSeason("boletus edulis", 4, {2025: weeks, 2026: weeks}, date(2025, 9, 10), date(2026, 9, 12))
    sheet = SeasonSheet(guide)
    qtbot.addWidget(sheet)
    sheet.resize(900, 100)
    sheet.show_kinds([kind], guide)
    assert sheet.lines == [text("history.season_line", name="Penny bun", count=4, first="10 Sep", last="12 Sep")]
    with qtbot.waitSignal(sheet.kind_wanted) as wanted:
        qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPointF(40, 50).toPoint())
    assert wanted.args == ["boletus edulis"]


@pytest.mark.parametrize("view", ["map", "season"])
def test_what_is_seen_is_saved_as_a_picture(qtbot: QtBot, page, finds, tmp_path: Path, view: str) -> None:
    show(qtbot, page, view)
    page.gallery.save_picture(tmp_path / "seen.png")
    assert QImage(str(tmp_path / "seen.png")).width() > 300


def test_places_of_ones_own_are_renamed_and_forgotten(
    qtbot: QtBot, page: HistoryPage, finds: list[Observation], store: ObservationStore
) -> None:
    store.keep_place(OwnPlace("Oak wood", 48.1, 11.5))
    page.show_finds()
    page.gallery.panel.places_wanted.emit()
    qtbot.waitUntil(lambda: page.findChild(OwnPlacesDialog) is not None, timeout=PATIENCE)
    dialog = page.findChild(OwnPlacesDialog)
    line = dialog.list.item(0)
    with qtbot.assertNotEmitted(dialog.renamed):
        line.setText("  ")
    assert line.text() == "Oak wood"
    line.setText(" Old oak wood ")
    qtbot.waitUntil(lambda: [place.name for place in store.own_places()] == ["Old oak wood"], timeout=PATIENCE)
    dialog.forget.click()
    qtbot.waitUntil(lambda: store.own_places() == (), timeout=PATIENCE)
    assert not dialog.rename.isEnabled()
    dialog.reject()
    assert store.undo() is not None
    assert [place.name for place in store.own_places()] == ["Old oak wood"]


def test_the_map_says_how_many_finds_it_is_silent_about(
    qtbot: QtBot, page: HistoryPage, store: ObservationStore, finds: list[Observation], guide: Guide
) -> None:
    store.add(replace(make_find(guide, EDULIS), latitude=None, longitude=None))
    show(qtbot, page, "map")
    words = text("history.map_absent", count=1, total=3)
    qtbot.waitUntil(lambda: words in words_in(page.gallery.panel), timeout=PATIENCE)
