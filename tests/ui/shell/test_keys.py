"""The keys of reviewing work wherever the keyboard is: by the steps after which they once were dead."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.text import text
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.milder import MilderNameDialog
from fieldguide.ui.kit.review import KEYS, LISTED, key_help
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.overlays import KeysOverlay
from fieldguide.ui.shell.pages import PLACES, KeyGroup, Page
from fieldguide.ui.shell.window import MainWindow
from tests.helpers.finds import deadly_find, mild_find, unknown_find

Pictures = tuple[Path, ...]


@pytest.fixture
def page(theme: Theme, guide: Guide) -> IdentifyPage:
    made = IdentifyPage(Thumbnails(theme))
    made.use_guide(guide)
    return made


@pytest.fixture
def window(qtbot, page: IdentifyPage, guide: Guide, pictures: Pictures) -> MainWindow:
    """Three finds on the page Identify, and a second page with a field of text."""
    made = MainWindow(PLACES[:2])
    made.furnish(Page("identify", lambda: page, lambda: (KeyGroup("Identify", key_help(LISTED)),)))
    made.furnish(Page("history", QLineEdit))
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    page.begin([[picture] for picture in pictures[:3]])
    for place, make in enumerate((mild_find, mild_find, deadly_find)):
        page.take_result(place, make(guide, pictures[place : place + 1], place + 1))
    return made


def press(qtbot, window: MainWindow, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    """A key goes to whatever has the keyboard."""
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def test_enter_names_the_find_and_goes_on_to_the_next(qtbot, window: MainWindow, page: IdentifyPage) -> None:
    with qtbot.waitSignal(page.verify_wanted) as told:
        press(qtbot, window, Qt.Key.Key_Return)
    assert told.args[0] == 1
    assert page.observation is not None
    assert page.observation.id == 2


def test_keys_outlive_a_notice_that_comes_and_goes(qtbot, window: MainWindow, page: IdentifyPage) -> None:
    page.verify_wanted.connect(lambda *_: window.notices.tell("You named it.", action=("Undo", lambda: None)))
    press(qtbot, window, Qt.Key.Key_1)
    press(qtbot, window, Qt.Key.Key_Return)
    assert not window.notices.isAncestorOf(QApplication.focusWidget() or window)
    press(qtbot, window, Qt.Key.Key_1)
    with qtbot.waitSignal(page.verify_wanted) as told:
        press(qtbot, window, Qt.Key.Key_Return)
    assert told.args[0] == 2
    window.notices.clear()
    press(qtbot, window, Qt.Key.Key_1)
    assert page.work.chosen == 0
    assert page.observation is not None
    assert page.observation.id == 3


@pytest.mark.parametrize("taker", [lambda window: window.findChildren(QToolButton)[0], lambda window: window])
def test_keys_work_wherever_the_keyboard_is(qtbot, window: MainWindow, page: IdentifyPage, taker) -> None:
    taken: QWidget = taker(window)
    taken.setFocus()
    press(qtbot, window, Qt.Key.Key_Right)
    press(qtbot, window, Qt.Key.Key_Right)
    press(qtbot, window, Qt.Key.Key_2)
    assert page.observation is not None
    assert (page.observation.id, page.work.chosen) == (3, 1)


def test_keys_come_back_with_the_page(qtbot, window: MainWindow, page: IdentifyPage) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    press(qtbot, window, Qt.Key.Key_2, alt)
    field = window.findChild(QLineEdit)
    assert field.isVisible()
    press(qtbot, window, Qt.Key.Key_Right)
    assert page.observation is not None
    assert page.observation.id == 1, "keys of a page that is not in front are silent"
    press(qtbot, window, Qt.Key.Key_1, alt)
    press(qtbot, window, Qt.Key.Key_Right)
    assert page.observation.id == 2


def test_whoever_writes_keeps_their_letters(qtbot, window: MainWindow, page: IdentifyPage) -> None:
    field = QLineEdit(page.work)
    field.show()
    field.setFocus()
    with qtbot.assertNotEmitted(page.verify_wanted):
        for key in (Qt.Key.Key_U, Qt.Key.Key_1, Qt.Key.Key_R, Qt.Key.Key_Return):
            press(qtbot, window, key)
    assert field.text() == "u1r"
    assert window.findChild(MilderNameDialog) is None


def test_delete_keeps_the_place(qtbot, window: MainWindow, page: IdentifyPage, guide: Guide) -> None:
    press(qtbot, window, Qt.Key.Key_Right)
    with qtbot.waitSignal(page.delete_wanted) as told:
        press(qtbot, window, Qt.Key.Key_Delete)
    page.take_removed(told.args)
    assert [entry.observation.id for entry in page.work.finds.entries if entry.observation] == [1, 3]
    assert page.observation is not None
    assert page.observation.id == 3
    page.take_removed([3])
    assert page.observation.id == 1
    page.take_removed([1])
    assert page.start.isVisible()


def test_the_overlay_lists_the_keys_and_keeps_them_from_the_page(qtbot, window: MainWindow, page: IdentifyPage) -> None:
    before = QApplication.focusWidget()
    window.show_keys()
    overlay = window.findChild(KeysOverlay)
    words = {each.text() for each in overlay.findChildren(QLabel)}
    assert {does for _, does in key_help(LISTED)} <= words
    press(qtbot, window, Qt.Key.Key_Right)
    assert overlay.isHidden()
    assert page.observation is not None
    assert page.observation.id == 1, "the key that closed the overlay does nothing behind it"
    assert QApplication.focusWidget() is before


def test_every_key_of_the_table_is_told() -> None:
    told = " ".join(keys for keys, _ in key_help((*LISTED, "new", "back")))
    for name, keys in KEYS.items():
        assert keys[0].replace("Return", "Enter").replace("Delete", "Del").replace("Escape", "Esc") in told or (
            name.startswith("candidate_") and "1 ... 5" in told
        )


def test_a_batch_ends_with_how_many_are_deadly_and_the_worst_first(
    window: MainWindow, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.begin([[picture] for picture in pictures])
    for place, make in enumerate((mild_find, unknown_find, deadly_find, mild_find)):
        page.take_result(place, make(guide, pictures[place : place + 1], place + 1))
    page.finish()
    assert [entry.observation.id for entry in page.work.finds.entries if entry.observation] == [3, 2, 1, 4]
    words = {each.text() for each in page.work.batch.findChildren(QLabel) if each.isVisible()}
    assert text("identify.summary_one", total=4) in words
    assert page.observation is not None
    assert page.observation.id == 1, "who reads goes on reading"
    assert page.work.batch.view.currentIndex().row() == 2


def test_the_worst_of_a_long_batch_is_in_sight_when_it_ends(
    window: MainWindow, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.begin([[pictures[0]] for _ in range(30)])
    for place in range(30):
        page.take_result(place, (deadly_find if place == 29 else mild_find)(guide, pictures[:1], place + 1))
    page.work.batch.choose(28)
    page.finish()
    QApplication.processEvents()
    view = page.work.batch.view
    assert page.work.finds.entries[0].place == 29
    assert view.viewport().rect().contains(view.visualRect(view.model().index(0, 0)))


def test_everything_of_a_batch_is_in_sight_on_the_smallest_window(window: MainWindow, page: IdentifyPage) -> None:
    window.resize(900, 600)
    QApplication.processEvents()
    page.work.batch.choose(2)
    QApplication.processEvents()
    banner = page.work.result.panel.banner
    assert (window.width(), banner.isVisible()) == (900, True)
    right = banner.mapTo(window, banner.rect().topRight()).x()
    assert right < 900, "cut off on the right"


def test_the_find_that_is_shown_stays_in_sight_of_the_list_when_a_notice_comes(
    window: MainWindow, page: IdentifyPage, guide: Guide, pictures: Pictures
) -> None:
    page.begin([[pictures[place % 4]] for place in range(12)])
    for place in range(12):
        page.take_result(place, mild_find(guide, (pictures[place % 4],), place + 1))
    page.finish()
    window.resize(900, 600)
    view = page.work.batch.view
    for place in (4, 5, 6, 11):
        page.work.batch.choose(place)
        window.notices.tell("You named it.")
        QApplication.processEvents()
        assert view.viewport().rect().contains(view.visualRect(view.currentIndex())), place
        window.notices.clear()
        QApplication.processEvents()
