"""The overlay of keys, key by key: every key that works is listed, and every key that is listed works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QWidget

from fieldguide.app.application import FieldGuide
from fieldguide.core.records import Photo
from fieldguide.core.text import text
from fieldguide.storage.observations import ObservationStore
from fieldguide.ui.shell.overlays import KeysOverlay
from tests.helpers.bundles import write_photo
from tests.helpers.labels import pressed
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find
from tests.journeys.conftest import OpenWindow

CTRL = Qt.KeyboardModifier.ControlModifier
# What lists, the map and questions answer themselves when they have the keyboard: pressed below, and in tests/ui.
OF_WIDGETS = {"Ctrl", "Shift", "Ctrl+A", "Arrows", "+", "-", "0", "Down", *"6789"}


@pytest.fixture
def opened(qtbot, open_window: OpenWindow, tmp_path: Path) -> FieldGuide:
    """A window with three finds in its book, the newest of them open in the history; every view of both pages built."""
    made = open_window(tmp_path / "none.fieldguide")
    guide = made.parts.guide
    store = ObservationStore(made.parts.files.database, guide)
    for number in range(3):
        photo = Photo(write_photo(tmp_path / f"{number}.jpg", number, number), f"{number}" * 64, 320, 240)
        store.add(make_find(guide, PHALLOIDES if number else EDULIS, photos=(photo,), notes=f"number {number}"))
    with qtbot.waitActive(made.window):
        made.show()
    made.identify.page.offer([[tmp_path / "0.jpg"], [tmp_path / "1.jpg"]])
    made.identify.page.begin([[tmp_path / "0.jpg"]])
    with qtbot.waitSignal(made.history.page.gallery.model.counted, timeout=PATIENCE):
        made.window.show_page("history")
    qtbot.waitUntil(lambda: not made.parts.lanes.busy, timeout=PATIENCE)
    return made


def told(opened: FieldGuide) -> set[str]:
    """The keys that stand in the overlay, one by one, as Qt writes them."""
    opened.window.show_keys()
    QApplication.processEvents()
    overlay = opened.window.findChild(KeysOverlay)
    labels = [each.text() for each in overlay.findChildren(QLabel) if each.property("role") == "key"]
    found: set[str] = set()
    for each in (each for words in labels for each in words.split(", ")):
        span = re.fullmatch(r"(.*)(\d) \.\.\. (\d)", each)
        found |= {f"{span[1]}{n}" for n in range(int(span[2]), int(span[3]) + 1)} if span else {each}
    overlay.hide()
    return {each.replace("Enter", "Return") for each in found}


def bound(*widgets: QWidget) -> set[str]:
    """The keys of the shortcuts below these, and of those that belong to a window itself."""
    found = []
    for widget in widgets:
        alone = Qt.FindChildOption.FindDirectChildrenOnly
        found += widget.findChildren(QShortcut, "", alone) if widget.isWindow() else widget.findChildren(QShortcut)
    return {each.key().toString(QKeySequence.SequenceFormat.PortableText) for each in found} - {"Enter"}


@pytest.mark.parametrize("name", ["identify", "history", "guide"])
def test_what_is_listed_works_and_what_works_is_listed(opened: FieldGuide, name: str) -> None:
    opened.window.show_page(name)
    listed, works = told(opened), bound(opened.window, getattr(opened, name).page)
    assert works - listed == set(), "works and is not listed"
    assert listed - works - OF_WIDGETS == set(), "is listed and does not work"


def test_keys_of_the_gallery(qtbot, opened: FieldGuide) -> None:
    gallery = opened.history.page.gallery
    view, filters = gallery.view, gallery.filters

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        with qtbot.waitActive(opened.window):  # no window manager does it after a dialog
            opened.window.activateWindow()
        QTest.keyClick(QApplication.focusWidget() or opened.window, key, modifier)
        qtbot.waitUntil(lambda: not opened.parts.lanes.busy, timeout=PATIENCE)

    def chosen() -> int:
        return sum(map(len, view.chosen_rows()))

    assert view.hasFocus()
    press(Qt.Key.Key_A, CTRL)
    assert chosen() == 3
    press(Qt.Key.Key_Escape)
    assert chosen() == 0
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert chosen() == 2
    press(Qt.Key.Key_Escape)
    width = gallery.tile_size.value()
    press(Qt.Key.Key_Plus, CTRL)
    assert gallery.tile_size.value() > width
    press(Qt.Key.Key_Minus, CTRL)
    assert gallery.tile_size.value() == width

    press(Qt.Key.Key_S, CTRL)
    assert opened.window.findChild(QInputDialog) is None, "nothing is chosen that could be kept"
    press(Qt.Key.Key_F, CTRL)
    assert filters.field.hasFocus()
    QTest.keyClicks(filters.field, "number 2")
    press(Qt.Key.Key_Return)
    assert gallery.model.rowCount() == 1
    press(Qt.Key.Key_S, CTRL)
    dialog = opened.window.findChild(QInputDialog)
    dialog.setTextValue("the second")
    dialog.accept()
    press(Qt.Key.Key_0, CTRL)
    assert (gallery.model.rowCount(), filters.field.text()) == (3, "")
    qtbot.waitUntil(lambda: len(filters.saved.menu().actions()) > 2, timeout=PATIENCE)
    assert filters.saved.menu().actions()[0].text() == "the second\tCtrl+1"
    press(Qt.Key.Key_2, CTRL)
    assert gallery.model.rowCount() == 3, "there is one filter only"
    press(Qt.Key.Key_1, CTRL)
    assert (gallery.model.rowCount(), filters.field.text()) == (1, "number 2")


def test_whoever_chooses_the_map_has_its_keys(qtbot, opened: FieldGuide) -> None:
    gallery = opened.history.page.gallery
    QTest.mouseClick(pressed(gallery, text("history.view_map")), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not opened.parts.lanes.busy, timeout=PATIENCE)
    map_ = gallery.panel.map
    assert map_.hasFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        before = map_.picture().toImage()
        QTest.keyClick(map_, key)
        assert map_.picture().toImage() != before, key
    QTest.keyClick(map_, Qt.Key.Key_Plus)
    before = map_.zoom
    QTest.keyClick(map_, Qt.Key.Key_0)
    assert map_.zoom != before
    opened.window.show_page("identify")
    opened.window.show_page("history")
    assert map_.hasFocus(), "and has them again on the way back"
