"""The gallery keeps its place, and chooses what one sees: by real clicks and keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.services.library import Library
from fieldguide.storage.change import Change
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Sort
from fieldguide.ui.history.gallery import Gallery
from fieldguide.ui.history.page import HistoryPage
from fieldguide.ui.history.tile_layout import Measures, TileLayout
from fieldguide.ui.history.wording import heading_words
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find, make_photo

NEWEST = datetime(2026, 9, 20, 18)
SELECT = QItemSelectionModel.SelectionFlag.Select


@pytest.fixture
def page(qtbot: QtBot, library: Library, store: ObservationStore, guide: Guide, thumbnails, theme) -> HistoryPage:
    """Forty finds, four a day, with two photos each; every find of the day 2026-09-19 has a tag."""
    for number in range(40):
        when = NEWEST - timedelta(days=number // 4, hours=number % 4)
        photos = (make_photo(f"{number}a.jpg"), make_photo(f"{number}b.jpg"))
        find = make_find(guide, PHALLOIDES if number % 4 else EDULIS, photos=photos, observed_at=when)
        store.add(replace(find, tags=("walk",) if number // 4 == 1 else ()))
    made = HistoryPage(library, thumbnails)
    qtbot.addWidget(made)
    made.resize(900, 620)
    with qtbot.waitActive(made):
        made.show()
    with qtbot.waitSignal(made.gallery.model.counted, timeout=PATIENCE):
        made.show_finds()
    return made


def click(qtbot: QtBot, gallery: Gallery, row: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = gallery.view.visualRect(gallery.model.index(row)).center()
    qtbot.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def scroll_to_middle(gallery: Gallery) -> int:
    bar = gallery.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    return bar.value()


def chosen(gallery: Gallery) -> list[int]:
    return [row for rows in gallery.view.chosen_rows() for row in rows]


def test_what_was_opened_and_lies_off_screen_is_not_chosen(qtbot, page) -> None:
    gallery = page.gallery
    click(qtbot, gallery, 0)
    assert page.find is not None
    qtbot.keyClick(page.detail, Qt.Key.Key_Escape)
    scroll_to_middle(gallery)
    row = gallery.view.first_seen()
    click(qtbot, gallery, row, Qt.KeyboardModifier.ControlModifier)
    assert chosen(gallery) == [row]
    with qtbot.waitSignal(gallery.delete_wanted, timeout=PATIENCE) as told:
        qtbot.keyClick(gallery.view, Qt.Key.Key_Delete)
    assert told.args == [[gallery.model.find_at(row).id]]


def test_escape_clears_and_the_bar_shifts_nothing(qtbot, page) -> None:
    gallery = page.gallery
    seen, before = scroll_to_middle(gallery), gallery.view.geometry()
    top = gallery.view.mapTo(page, QPoint(0, 0))
    click(qtbot, gallery, gallery.view.first_seen(), Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert gallery._bar.isVisible()
    assert (gallery.view.geometry(), gallery.view.mapTo(page, QPoint(0, 0))) == (before, top)
    assert gallery.view.verticalOffset() == seen
    qtbot.keyClick(gallery.view, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert chosen(gallery) == []
    assert not gallery._bar.isVisible()
    assert gallery.view.geometry() == before


def test_what_is_seen_stays_when_the_view_loses_height(qtbot, page) -> None:
    """A notice that comes takes some of it."""
    gallery = page.gallery
    bar = gallery.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2 + 7)
    seen = bar.value()
    page.resize(page.width(), page.height() - 50)
    QApplication.processEvents()
    assert bar.value() == seen


def test_down_leaves_the_search_for_the_finds_and_escape_forgets_its_words(qtbot, page) -> None:
    gallery = page.gallery
    gallery.filters.field.setFocus()
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        qtbot.keyClicks(gallery.filters.field, "phalloides")
    qtbot.keyClick(gallery.filters.field, Qt.Key.Key_Down)
    assert gallery.view.hasFocus()
    gallery.filters.field.setFocus()
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        qtbot.keyClick(gallery.filters.field, Qt.Key.Key_Escape)
    assert gallery.filters.field.text() == ""
    assert gallery.view.hasFocus()


def test_a_heading_chooses_its_day_and_lets_it_go(qtbot, page) -> None:
    gallery = page.gallery
    _, rect = gallery.view._headings()[0]
    place = rect.center()
    qtbot.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen(gallery) == [0, 1, 2, 3]
    assert page.find is None, "a heading opens nothing"
    qtbot.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen(gallery) == []


def test_a_find_moves_to_its_day_and_back_to_those_without_a_date(qtbot, page, library, guide) -> None:
    gallery = page.gallery
    for when in (None, NEWEST, None):
        with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
            library.edit([1], Change(observed_at=when))
        group = gallery.model.groups[gallery.model.group_of(gallery.model.row_of(1))]
        assert (group is gallery.model.groups[-1]) == (when is None)
        assert (heading_words(group, guide)[0] == text("history.head_no_date")) == (when is None)


def test_joining_keeps_the_place_and_deleting_the_one_beside(qtbot, page, library, store) -> None:
    gallery = page.gallery
    seen = scroll_to_middle(gallery)
    row = gallery.view.first_seen()
    first = gallery.model.find_at(row).id
    for each in (row + 1, row + 2):
        gallery.view.selectionModel().select(gallery.model.index(each), SELECT)
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        gallery._merge.click()
    assert store.count() == 39
    assert (gallery.view.verticalOffset(), gallery.model.find_at(gallery.view.first_seen()).id) == (seen, first)
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        library.delete([gallery.model.find_at(row + 1).id])
    assert (gallery.view.verticalOffset(), gallery.model.find_at(gallery.view.first_seen()).id) == (seen, first)


def test_parting_and_a_new_note_keep_place_and_choice(qtbot, page, library) -> None:
    gallery = page.gallery
    seen = scroll_to_middle(gallery)
    row = gallery.view.first_seen()
    kept = gallery.model.find_at(row)
    gallery.view.selectionModel().select(gallery.model.index(row), SELECT)
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        library.split(gallery.model.find_at(row + 2).id, [1])
    assert (gallery.view.verticalOffset(), gallery.model.find_at(gallery.view.first_seen()).id) == (seen, kept.id)
    assert [gallery.model.find_at(each).id for each in chosen(gallery)] == [kept.id]


def test_arrows_go_over_headings_in_the_same_column(qtbot, page) -> None:
    gallery = page.gallery
    view = gallery.view
    assert view.laid.columns == 3, "a day has a line of three and one of one"
    view.setFocus()
    view.setCurrentIndex(gallery.model.index(1))
    for key, row in (
        (Qt.Key.Key_Down, 3),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Right, 5),
        (Qt.Key.Key_Up, 3),
        (Qt.Key.Key_End, 39),
        (Qt.Key.Key_Down, 39),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(view, key)
        assert view.currentIndex().row() == row
    with qtbot.waitSignal(gallery.find_wanted, timeout=PATIENCE) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args[0].id == gallery.model.find_at(0).id


def test_larger_tiles_keep_what_is_seen(qtbot, page) -> None:
    gallery = page.gallery
    scroll_to_middle(gallery)
    first, columns = gallery.view.first_seen(), gallery.view.laid.columns
    for _ in range(2):
        with qtbot.waitSignal(gallery.tile_width_changed, timeout=PATIENCE):
            qtbot.keyClick(gallery.view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert gallery.view.laid.columns < columns
    assert gallery.view.visualRect(gallery.model.index(first)).intersects(gallery.view.viewport().rect())


def test_two_chosen_are_compared_by_key(qtbot, page) -> None:
    gallery = page.gallery
    for row in (0, 2):
        click(qtbot, gallery, row, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(page.compare_wanted, timeout=PATIENCE) as told:
        qtbot.keyClick(gallery.view, Qt.Key.Key_C)
    assert told.args == [[gallery.model.find_at(0).id, gallery.model.find_at(2).id]]


def test_tags_narrow_and_a_filter_is_kept_used_and_forgotten(qtbot, page, store) -> None:
    gallery, bar = page.gallery, page.gallery.filters
    qtbot.waitUntil(lambda: not bar.tags.isHidden(), timeout=PATIENCE)
    bar.tags.choose(frozenset({"walk"}))
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE) as counted:
        bar._tell_now()
    assert counted.args == [4]
    bar.saved.keep_wanted.emit("Walks", bar.state())
    qtbot.waitUntil(lambda: "Walks" in bar.saved._saved, timeout=PATIENCE)
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE) as counted:
        bar.clear()
    assert (counted.args, bar.narrows) == ([40], False)
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE) as counted:
        bar.saved.menu().actions()[0].trigger()
    assert (counted.args, bar.tags.chosen) == ([4], {"walk"})
    bar.saved.forget_wanted.emit("Walks")
    qtbot.waitUntil(lambda: not bar.saved._saved, timeout=PATIENCE)
    assert store.saved_filters() == {}


def test_an_order_groups_by_what_it_orders(qtbot, page) -> None:
    gallery = page.gallery
    gallery.filters.order.choose(frozenset({Sort.NAME.value}))
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        gallery.search()
    assert [group.value for group in gallery.model.groups] == ["amanita phalloides", "boletus edulis"]
    assert text("history.sort_name") in gallery.filters.order.text()
    gallery.filters.order.choose(frozenset({"even"}))
    with qtbot.waitSignal(gallery.model.counted, timeout=PATIENCE):
        gallery.search()
    assert gallery.view._headings() == []
    assert not gallery.view.grab().isNull()


def test_the_layout_finds_every_tile_where_it_puts_it() -> None:
    laid = TileLayout([5, 1, 7], Measures(width=640, tile_width=200, tile_height=100, head=30))
    assert (laid.columns, laid.count, laid.height) == (3, 13, 3 * 30 + 6 * 100)
    for row in range(laid.count):
        rect = laid.rect(row)
        assert laid.row_at(rect.center()) == row
        assert row in {each for rows in laid.touched(rect) for each in rows}
    assert laid.row_at(QPoint(10, 10)) == -1, "a heading"
    assert laid.headings(0, 300) == [(0, 0), (1, 230)]
    assert laid.headings(215, 100) == [(0, -15), (1, 15)], "the next one pushes the first away"
    assert laid.touched(laid.rect(4).united(laid.rect(5))) == [range(3, 6)]
    assert [laid.beside(row, 1) for row in (0, 4, 5, 12)] == [3, 5, 6, 12]
    assert [laid.beside(row, -1) for row in (0, 5, 8)] == [0, 3, 5]
