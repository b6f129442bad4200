"""Every kind of change, made in the window: taken back in order and done again, over restarts, told and in sight."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fieldguide.app.application import FieldGuide
from fieldguide.core.records import Observation, Photo, Seen
from fieldguide.core.text import text
from fieldguide.storage.observations import ObservationStore
from fieldguide.ui.history.facts_dialog import FactsDialog
from tests.helpers.bundles import write_photo
from tests.helpers.labels import pressed
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, make_find
from tests.journeys.conftest import OpenWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Sitting:
    """A window on the history, and what its finds are like."""

    def __init__(self, qtbot, opened: FieldGuide) -> None:
        self.qtbot, self.opened = qtbot, opened
        self.page = opened.history.page
        self.store = ObservationStore(opened.parts.files.database, opened.parts.guide)
        with qtbot.waitActive(opened.window):
            opened.show()
        with qtbot.waitSignal(self.page.gallery.model.counted, timeout=PATIENCE):
            opened.window.show_page("history")
        self.rest()

    def rest(self) -> None:
        self.qtbot.waitUntil(lambda: not self.opened.parts.lanes.busy, timeout=PATIENCE)

    def state(self) -> list[Observation]:
        return sorted(self.store.every(), key=lambda find: find.id)

    def open(self, number: int) -> None:
        find = self.store.get(number)
        assert find is not None
        self.page.open(find)
        self.rest()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
        with self.qtbot.waitActive(self.opened.window):  # no window manager does it after a dialog
            self.opened.window.activateWindow()
        QTest.keyClick(QApplication.focusWidget() or self.opened.window, key, modifier)
        self.rest()

    def check(self, expected: list[Observation], key: str) -> None:
        assert self.state() == expected
        said = self.opened.window.notices.sentences[0]
        assert said.startswith(text(key, what="", find="").split(":")[0]), said
        shown = self.page.find
        assert shown is None or shown == self.store.get(shown.id), "the page shows how it was before"


def test_every_change_goes_back_and_comes_again(qtbot, open_window: OpenWindow, tmp_path: Path) -> None:
    sitting = Sitting(qtbot, open_window(tmp_path / "none.fieldguide"))
    guide = sitting.opened.parts.guide
    files = [write_photo(tmp_path / f"{number}.jpg", number % 3, number) for number in range(3)]
    photos = [Photo(file, f"{number}" * 64, 320, 240) for number, file in enumerate(files)]
    first = sitting.store.add(make_find(guide, EDULIS, photos=tuple(photos[:2])))
    other = sitting.store.add(make_find(guide, EDULIS, photos=(photos[2],), notes="the other"))
    with qtbot.waitSignal(sitting.page.gallery.model.counted, timeout=PATIENCE):
        sitting.page.gallery.search()
    sitting.rest()
    states = [sitting.state()]
    for change in (name, note, tag, star, date_and_place, answer, split, merge, delete):
        change(sitting, first.id, other.id)
        sitting.rest()
        states.append(sitting.state())
        assert states[-1] != states[-2], change.__name__

    back, again = states[:-1][::-1], states[1:]
    for expected in back:
        sitting.press(Qt.Key.Key_Z, CTRL)
        sitting.check(expected, "storage.taken_back")
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert sitting.state() == states[0]
    assert text("storage.nothing_to_undo") in sitting.opened.window.notices.sentences[0]

    sitting.opened.window.close()
    sitting = Sitting(qtbot, open_window(tmp_path / "none.fieldguide"))
    for expected in again:
        sitting.press(Qt.Key.Key_Z, CTRL | SHIFT)
        sitting.check(expected, "storage.done_again")

    sitting.opened.window.close()
    sitting = Sitting(qtbot, open_window(tmp_path / "none.fieldguide"))
    for expected in back:
        sitting.press(Qt.Key.Key_Z, CTRL)
        sitting.check(expected, "storage.taken_back")


def test_a_notice_takes_back_what_it_told(qtbot, open_window: OpenWindow, tmp_path: Path) -> None:
    """Whoever names, parts, joins or deletes in the history gets a button for the way back."""
    sitting = Sitting(qtbot, open_window(tmp_path / "none.fieldguide"))
    guide = sitting.opened.parts.guide
    files = [write_photo(tmp_path / f"{number}.jpg", number, number) for number in range(3)]
    photos = [Photo(file, f"{number}" * 64, 320, 240) for number, file in enumerate(files)]
    first = sitting.store.add(make_find(guide, EDULIS, photos=tuple(photos[:2])))
    other = sitting.store.add(make_find(guide, EDULIS, photos=(photos[2],)))
    with qtbot.waitSignal(sitting.page.gallery.model.counted, timeout=PATIENCE):
        sitting.page.gallery.search()
    sitting.rest()
    before, notices = sitting.state(), sitting.opened.window.notices
    told = (("identify.named", name), ("storage.parted", split), ("storage.merged", merge), ("storage.deleted", delete))
    for key, change in told:
        sitting.open(first.id)
        change(sitting, first.id, other.id)
        sitting.rest()
        assert sitting.state() != before
        assert notices.sentences[0] == text(key, name="Penny bun", count=2 if change is merge else 1)
        notices.act()
        sitting.rest()
        assert sitting.state() == before


def name(sitting: Sitting, first: int, _: int) -> None:
    sitting.open(first)
    sitting.page.detail.agree.click()


def note(sitting: Sitting, first: int, _: int) -> None:
    sitting.open(first)
    sitting.page.detail.notes.setPlainText("under birches")
    sitting.page.detail.store_notes()


def tag(sitting: Sitting, first: int, _: int) -> None:
    sitting.page.detail.tags.setText("oak, club")
    sitting.page.detail.tags.editingFinished.emit()


def star(sitting: Sitting, first: int, _: int) -> None:
    sitting.page.detail.stars.activated.emit(4)


def date_and_place(sitting: Sitting, first: int, _: int) -> None:
    pressed(sitting.page.detail, text("history.facts_change")).click()
    sitting.qtbot.waitUntil(lambda: sitting.page.findChild(FactsDialog) is not None, timeout=PATIENCE)
    dialog = sitting.page.findChild(FactsDialog)
    dialog.date.setText("2026-10-03")
    dialog.place.setText("Prague, CZ")
    dialog.keep()


def answer(sitting: Sitting, first: int, _: int) -> None:
    sitting.page.detail.answered.emit(first, (Seen("spore_print", ("brown",), answered_at=datetime(2026, 10, 4)),))


def split(sitting: Sitting, first: int, _: int) -> None:
    sitting.page.detail.split.click()


def merge(sitting: Sitting, first: int, other: int) -> None:
    sitting.page.go_back()
    gallery = sitting.page.gallery
    for number in (first, other):
        index = gallery.model.index(gallery.model.row_of(number))
        gallery.view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    pressed(gallery, text("history.merge")).click()


def delete(sitting: Sitting, first: int, _: int) -> None:
    sitting.open(first)
    sitting.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
