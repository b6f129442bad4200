"""Chips, bars, notices, segments, empty states, thumbnails and the flowing layout."""

from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetItem,
)
from shiboken6 import getAllValidWrappers, isValid

from fieldguide.core.danger import Danger
from fieldguide.core.records import Photo
from fieldguide.core.text import text
from fieldguide.ui.kit.bar import ProbabilityBar
from fieldguide.ui.kit.buttons import Segments, icon_button
from fieldguide.ui.kit.danger import DangerChip, danger_word
from fieldguide.ui.kit.empty import EmptyState
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.naming import day_words, when_words
from fieldguide.ui.kit.notices import MOST, NoticeBar, NoticeKind
from fieldguide.ui.kit.surfaces import drop, row, take_out
from fieldguide.ui.kit.thumbnails import Thumbnails
from tests.helpers.labels import pressed, words_on


@pytest.mark.parametrize("level", list(Danger))
def test_a_chip_speaks_its_word(qtbot, level: Danger) -> None:
    chip = DangerChip(level)
    qtbot.addWidget(chip)
    assert chip.accessibleName() == danger_word(level)
    assert not chip.grab().isNull()


def test_a_bar_speaks_its_number(qtbot) -> None:
    bar = ProbabilityBar(0.38)
    qtbot.addWidget(bar)
    bar.set_probability(0.5)
    assert bar.accessibleName() == "50 %"
    assert not bar.grab().isNull()


def test_a_button_without_words_has_a_name(qtbot) -> None:
    made = icon_button("Pixel for pixel", "zoom", key="Z")
    qtbot.addWidget(made)
    assert made.accessibleName() == "Pixel for pixel"
    assert "Z" in made.toolTip()


def test_segments_tell_what_was_chosen(qtbot) -> None:
    made = Segments([("one", "One"), ("all", "All")])
    qtbot.addWidget(made)
    assert made.choice == "one"
    with qtbot.waitSignal(made.chosen) as told:
        made.findChildren(QToolButton)[1].click()
    assert told.args == ["all"]
    assert made.choice == "all"


def test_an_empty_bar_of_notices_takes_no_room(qtbot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.tell("One")
    assert not bar.isHidden()
    bar.clear()
    assert bar.isHidden()


def test_the_newest_notice_is_first_and_the_oldest_leaves(qtbot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    for number in range(MOST + 2):
        bar.tell(f"Notice {number}", NoticeKind.PROBLEM)
    bar.tell(f"Notice {MOST}", NoticeKind.PROBLEM)  # said again: moves up, does not stand twice
    assert bar.sentences == ["Notice 5", "Notice 6", "Notice 4", "Notice 3", "Notice 2"]


def test_one_notice_shows_and_the_others_open_on_demand(qtbot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.resize(600, 400)
    bar.show()
    for number in range(3):
        bar.tell(f"Notice {number}", NoticeKind.PROBLEM)
    assert words_on(bar) == "Notice 2"
    pressed(bar, text("ui.more_notices", count=2)).click()
    assert set(words_on(bar).splitlines()) == {"Notice 2", "Notice 1", "Notice 0"}
    bar.clear()
    assert bar.sentences == []


def test_a_notice_never_takes_the_keyboard_and_is_acted_on_by_key(qtbot) -> None:
    bar, done = NoticeBar(), []
    qtbot.addWidget(bar)
    bar.tell("Older", action=("Do", lambda: done.append("older")))
    bar.tell("Named.", details=["more"], action=("Undo", lambda: done.append("undo")))
    assert {each.focusPolicy() for each in bar.findChildren(QAbstractButton)} == {Qt.FocusPolicy.NoFocus}
    bar.act()
    assert (done, bar.sentences) == (["undo"], ["Older"])


def test_a_notice_does_its_action_once_and_goes(qtbot) -> None:
    bar, done = NoticeBar(), []
    qtbot.addWidget(bar)
    bar.tell("Named.", action=("Undo", lambda: done.append(1)))
    next(made for made in bar.findChildren(QPushButton) if made.text() == "Undo").click()
    assert done == [1]
    assert bar.sentences == []


def test_details_open_on_demand(qtbot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.tell("Two files could not be read.", NoticeKind.PROBLEM, details=["a.txt: no picture", "b.jpg: cut off"])
    box = bar.findChild(QPlainTextEdit)
    assert box.isHidden()
    bar.findChild(QPushButton).click()
    assert not box.isHidden()
    assert "cut off" in box.toPlainText()


def test_an_empty_state_offers_one_act(qtbot) -> None:
    state = EmptyState("history", "No finds yet", "They will stand here.", "Identify a photo")
    qtbot.addWidget(state)
    with qtbot.waitSignal(state.acted):
        state.findChild(QPushButton).click()


def test_the_words_of_an_empty_state_stand_under_its_icon(qtbot) -> None:
    state = EmptyState("history", "No finds yet", "They will stand here, with their photos and your notes.", "Identify")
    qtbot.addWidget(state)
    state.resize(900, 500)
    state.show()
    middles = [one.geometry().center().x() for one in state.findChildren(QWidget)]
    assert max(middles) - min(middles) <= 1


def test_a_flow_breaks_into_lines(qtbot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(box)
    chips = [DangerChip(level) for level in Danger]
    for chip in chips:
        flow.addWidget(chip)
    assert flow.heightForWidth(120) > flow.heightForWidth(2000)
    flow.setGeometry(QRect(0, 0, 150, 400))
    assert chips[-1].geometry().top() > chips[0].geometry().bottom()
    assert flow.takeAt(0) is not None
    assert flow.takeAt(99) is None
    assert flow.itemAt(99) is None


def test_an_item_that_qt_deleted_is_not_taken_for_the_next_object_at_its_address(qtbot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(box)
    chip = DangerChip(Danger.DEADLY)
    flow.addWidget(chip)
    item = flow.itemAt(0)
    assert isValid(item)
    chip.setParent(None)  # Qt takes the widget's item out of the layout and deletes it
    qtbot.addWidget(chip)
    assert flow.count() == 0
    assert not isValid(item)


def test_what_is_taken_out_of_a_nested_layout_leaves_no_dead_item_in_pythons_books(qtbot) -> None:
    before = getAllValidWrappers()  # items of other windows are not asked anything: Qt may have deleted them
    box = QWidget()
    qtbot.addWidget(box)
    outer, inner, chip = QVBoxLayout(box), row(), DangerChip(Danger.DEADLY)
    inner.addWidget(chip)
    outer.addLayout(inner)  # PySide wraps the inner items here, and keeps them with the outer layout
    (known,) = _new_items(before)
    assert known.widget() is chip
    take_out(inner, chip)
    take_out(inner, chip)  # where it is not, nothing happens
    outer.addWidget(chip)
    assert inner.count() == 0
    assert not isValid(known), "it is deleted, and Python knows it"
    assert not [item for item in _new_items(before) if item.widget() is chip]


def _new_items(before: list[object]) -> list[QWidgetItem]:
    known = {id(each) for each in before}
    return [each for each in getAllValidWrappers() if type(each) is QWidgetItem and id(each) not in known]


def test_what_is_dropped_from_a_nested_layout_leaves_no_dead_item_either(qtbot) -> None:
    before = getAllValidWrappers()
    box = QWidget()
    qtbot.addWidget(box)
    outer, inner, chip = QVBoxLayout(box), row(), DangerChip(Danger.DEADLY)
    inner.addWidget(chip)
    outer.addLayout(inner)
    (known,) = _new_items(before)
    drop(inner, chip)
    QCoreApplication.sendPostedEvents(chip, QEvent.Type.DeferredDelete)
    assert not isValid(chip)
    assert not isValid(known), "it is deleted, and Python knows it"
    assert known not in getAllValidWrappers()
    assert inner.count() == 0


def test_plain_words_are_never_markup(qtbot) -> None:
    made = label("<b>x</b>")
    qtbot.addWidget(made)
    assert made.textFormat().name == "PlainText"


def test_a_thumbnail_is_asked_for_once_and_found_by_digest_later(qtbot) -> None:
    thumbnails, asked = Thumbnails(), []
    thumbnails.wanted.connect(asked.append)
    path = Path("/finds/one.jpg")
    photo = Photo(path, "ab" * 32, 4, 3)
    assert thumbnails.get(path) is None
    assert thumbnails.get(path) is None
    assert asked == [path]
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0)
    with qtbot.waitSignal(thumbnails.arrived) as told:
        thumbnails.take(path, image)
    assert told.args == [str(path)]
    assert thumbnails.get(photo) is not None  # the file's picture serves until the stored one comes
    thumbnails.take(photo, image)
    assert thumbnails.get(Photo(Path("/gone.jpg"), "ab" * 32, 4, 3)) is not None


def test_a_thumbnail_that_cannot_be_had_is_not_asked_for_again(qtbot) -> None:
    thumbnails, asked = Thumbnails(), []
    thumbnails.wanted.connect(asked.append)
    path = Path("/finds/broken.jpg")
    thumbnails.get(path)
    thumbnails.take(path, QImage())
    assert thumbnails.get(path) is None
    assert asked == [path]


def test_a_widget_that_was_moved_tells_its_new_layout_what_room_it_wants(qtbot) -> None:
    sheet = QWidget()
    qtbot.addWidget(sheet)
    column = QVBoxLayout(sheet)
    grows = QLabel("one line")
    column.addWidget(grows)
    sheet.show()
    take_out(column, grows)
    column.addWidget(grows)
    QApplication.processEvents()
    before = column.sizeHint().height()
    grows.setText("one line\ntwo lines\nthree lines")
    QApplication.processEvents()
    assert column.sizeHint().height() > before


@pytest.mark.parametrize(
    ("code", "whole", "short"),
    [
        ("de", "5. Sept. 2026", "5. Sept."),
        ("en_US", "Sep 5, 2026", "Sep 5"),
        ("en_GB", "5 Sept 2026", "5 Sept"),
        ("es", "5 de sept de 2026", "5 de sept"),
        ("pl", "5 wrz 2026", "5 wrz"),
    ],
)
def test_days_are_written_as_in_the_language(code: str, whole: str, short: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(code))
    try:
        assert day_words(datetime(2026, 9, 5, 14, 30)) == whole
        assert day_words(date(2026, 9, 5), year=False) == short
        assert when_words(datetime(2026, 9, 5, 14, 30)).startswith(f"{whole}, ")
    finally:
        QLocale.setDefault(before)
