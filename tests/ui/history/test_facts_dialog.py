from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.services.library import Library
from fieldguide.storage.change import Change
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.places import OwnPlace
from fieldguide.ui.history.facts_dialog import FactsDialog, read_date
from fieldguide.ui.history.own_places_dialog import OwnPlacesDialog
from fieldguide.ui.history.page import HistoryPage
from fieldguide.ui.history.place_field import PlaceField, read_position
from tests.helpers.labels import pressed, words_in
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, make_find


def test_a_date_and_a_place_are_read_as_they_are_written() -> None:
    assert read_date(" 2026-10-03 ") == datetime(2026, 10, 3)
    assert read_date("2026-10-03 14:30") == datetime(2026, 10, 3, 14, 30)
    assert read_position("48.137, 11.575") == read_position("48.137;11.575") == (48.137, 11.575)
    assert (read_date(""), read_position("  ")) == (None, None)


@pytest.mark.parametrize(
    ("date", "place", "key"),
    [
        ("last autumn", "", "facts_bad_date"),
        (f"{datetime.now() + timedelta(days=3):%Y-%m-%d}", "", "facts_future"),
        ("", "Nowhere at all", "facts_no_town"),
        ("", "48,137, 11,575", "facts_bad_place"),
        ("", "95, 10", "facts_bad_place"),
        ("", "nan, 10", "facts_no_town"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_changed(
    qtbot: QtBot, guide: Guide, theme: object, date: str, place: str, key: str
) -> None:
    dialog = FactsDialog(make_find(guide, EDULIS))
    qtbot.addWidget(dialog)
    dialog.date.setText(date)
    dialog.place.setText(place)
    with qtbot.assertNotEmitted(dialog.agreed):
        dialog.keep()
    assert dialog.problem == text(f"history.{key}")


def test_a_place_is_told_by_its_name(qtbot: QtBot, theme: object) -> None:
    field = PlaceField([OwnPlace("Paris", 50.5, 14.25)])
    qtbot.addWidget(field)
    for words, near in (("munich", (48.14, 11.58)), ("Paris, FR", (48.85, 2.35)), ("Paris", (50.5, 14.25))):
        field.setText(words)
        assert field.position() == pytest.approx(near, abs=0.02)
    field.clear()
    qtbot.keyClicks(field, "zur")
    offered = field.completer().model()
    assert "Zürich, CH" in [offered.index(row, 0).data() for row in range(offered.rowCount())]


def test_a_place_of_ones_own_is_named_by_hand(qtbot: QtBot, theme: object) -> None:
    dialog = OwnPlacesDialog([OwnPlace("Birches", 50.0, 14.0)])
    qtbot.addWidget(dialog)
    dialog.add.click()
    assert dialog.problem.text() == text("history.place_incomplete")
    dialog.name.setText("Birches")
    dialog.where.setText("50.5, 14.25")
    with qtbot.waitSignal(dialog.added) as told:
        qtbot.keyClick(dialog.where, Qt.Key.Key_Return)
    assert told.args == [OwnPlace("Birches", 50.5, 14.25)]
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == ["Birches"]
    assert dialog.problem.isHidden()
    assert dialog.name.text() == ""


def test_what_was_told_is_kept_and_can_be_taken_away(
    qtbot: QtBot, library: Library, store: ObservationStore, thumbnails: object, theme: object, guide: Guide
) -> None:
    find = store.add(make_find(guide, EDULIS, observed_at=datetime(2026, 9, 1, 8, 5)))
    page = HistoryPage(library, thumbnails)
    qtbot.addWidget(page)
    page.open(find)
    pressed(page.detail, text("history.facts_change")).click()
    qtbot.waitUntil(lambda: page.findChild(FactsDialog) is not None, timeout=PATIENCE)
    (dialog,) = page.findChildren(FactsDialog)
    assert dialog.date.text() == "2026-09-01 08:05"
    dialog.date.setText("2026-10-03")
    dialog.place.clear()
    with qtbot.waitSignal(dialog.agreed) as agreed, qtbot.waitSignal(library.changed, timeout=PATIENCE):
        dialog.keep()
    assert agreed.args == [Change(observed_at=datetime(2026, 10, 3), place=None)]
    kept = store.get(find.id)
    assert kept is not None
    assert (kept.observed_at, kept.latitude) == (datetime(2026, 10, 3), None)
    assert text("history.no_place") in words_in(page.detail)
