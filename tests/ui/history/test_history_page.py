from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.library import Library
from fieldguide.storage.export import ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from fieldguide.ui.history.bin_dialog import BinDialog
from fieldguide.ui.history.gallery_model import LevelRole, MachineRole
from fieldguide.ui.history.page import HistoryPage
from fieldguide.ui.history.places_dialog import PlacesDialog
from fieldguide.ui.history.wording import correction_words
from fieldguide.ui.kit.milder import MilderNameDialog
from tests.helpers.guides import corrected
from tests.helpers.labels import words_in
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import (
    CAMPESTRIS,
    EDULIS,
    PHALLOIDES,
    deadly_alarm,
    make_find,
    make_identification,
    make_photo,
)


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
    two = (make_photo("cap.jpg"), make_photo("base.jpg"))
    return [
        store.add(make_find(guide, EDULIS, observed_at=datetime(2026, 9, 1))),
        store.add(
            make_find(guide, PHALLOIDES, photos=two, observed_at=datetime(2026, 9, 2), alarm=deadly_alarm(guide))
        ),
    ]


def show(qtbot: QtBot, page: HistoryPage) -> None:
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE):
        page.show_finds()


def test_an_empty_history_invites(qtbot, page) -> None:
    show(qtbot, page)
    assert text("history.empty") in words_in(page)
    with qtbot.waitSignal(page.photos_wanted, timeout=PATIENCE):
        page.gallery._empty.acted.emit()


def test_a_search_without_result_leads_back(qtbot, page, finds) -> None:
    show(qtbot, page)
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE):
        qtbot.keyClicks(page.gallery.filters.field, "zzzz")
    assert page.gallery._stack.currentWidget() is page.gallery._nothing
    with qtbot.waitSignal(page.gallery.model.counted, timeout=PATIENCE):
        page.gallery._nothing.acted.emit()
    assert page.gallery.filters.wanted() == Filter()


def test_enter_opens_a_find_with_danger_first(qtbot, page, finds) -> None:
    show(qtbot, page)
    view = page.gallery.view
    view.setCurrentIndex(page.gallery.model.index(0))
    with qtbot.waitSignal(page.photo_wanted, timeout=PATIENCE) as wanted:
        view.activated.emit(view.currentIndex())
    assert page.find == finds[1]
    assert page.detail.banner.level is Danger.DEADLY
    assert wanted.args[0] == finds[1].photos[0].path
    qtbot.keyClick(page.detail, Qt.Key.Key_Escape)
    assert page.find is None


def test_agreeing_keeps_what_the_model_said(qtbot, page, finds, library) -> None:
    page.open(finds[0])
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.agree.click()
    assert page.find.verified == EDULIS
    assert page.find.identification == finds[0].identification
    assert page.detail.agree.isHidden()
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.take_away.click()
    assert page.find.verified is None


def test_notes_are_stored_when_the_keyboard_leaves_them(qtbot, page, finds, library, store) -> None:
    page.open(finds[0])
    page.detail.notes.setPlainText("smelled of flour")
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.store_notes()
    assert store.get(finds[0].id).notes == "smelled of flour"


def test_leaving_a_find_stores_its_notes(qtbot, page, finds, library, store) -> None:
    page.open(finds[0])
    page.detail.notes.setPlainText("under spruce")
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.open(finds[1])
    assert store.get(finds[0].id).notes == "under spruce"
    assert page.detail.notes.toPlainText() == finds[1].notes


def test_a_deleted_find_leads_back_to_the_gallery(qtbot, page, finds, library, store) -> None:
    page.open(finds[0])
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.delete_wanted.emit(finds[0].id)
    assert page.find is None
    assert store.get(finds[0].id) is None


def test_a_photo_becomes_a_find_of_its_own_and_finds_become_one(qtbot, page, finds, library, store) -> None:
    page.open(finds[1])
    page.detail.photos.show_place(1)
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.split.click()
    assert len(page.find.photos) == 1
    assert store.count() == 3
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.gallery.merge_wanted.emit([find.id for find in store.page().observations])
    assert store.count() == 1


def test_earlier_answers_are_listed(qtbot, page, finds, library, guide) -> None:
    page.open(finds[0])
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        library.add_identification(finds[0].id, make_identification(PHALLOIDES, guide))
    with qtbot.waitSignal(page.detail.answers._opener.toggled, timeout=PATIENCE):
        qtbot.waitUntil(lambda: not page.detail.answers._opener.isHidden(), timeout=PATIENCE)
        page.detail.answers._opener.click()
    assert "Penny bun" in words_in(page.detail.answers._earlier)


def test_a_corrected_danger_is_told_with_a_word(guide) -> None:
    find = make_find(guide, EDULIS)
    worse = corrected(guide, EDULIS.name, danger=Danger.DEADLY)
    assert correction_words(find, guide) == ""
    said = correction_words(find, worse)
    assert "Deadly today" in said


def test_the_large_photo_comes_later_and_a_lost_file_is_named(qtbot, page, finds) -> None:
    page.open(finds[0])
    path = finds[0].photos[0].path
    image = QImage(QSize(40, 30), QImage.Format.Format_RGB888)
    image.fill(QColor("#884422"))
    page.take_photo(path, image)
    assert page.detail.photos.pane._picture.width() == 40
    page.take_photo(Path("/another.jpg"), QImage())
    page.take_photo_failure(path, "It is not there.")
    assert page.detail.photos.lost.text() == "It is not there."


def test_chosen_finds_are_exported_alone(qtbot, page, finds, notices, tmp_path, monkeypatch) -> None:
    assert finds[0].photos[0].latitude, "a place that could be written"
    target = tmp_path / "finds.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    page.gallery.export_wanted.emit(ExportKind.CSV, Filter(ids=frozenset({finds[0].id})))
    asked = page.findChild(PlacesDialog)
    assert asked.places is Places.BLURRED, "what is suggested"
    asked.choices[Places.NONE].setChecked(True)
    with qtbot.waitSignal(notices.posted, timeout=PATIENCE):
        asked.accept()
    assert [notice.key for notice in notices.take()] == ["storage.exported"]
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["observation_id"] for row in rows] == [str(finds[0].id)]
    assert (rows[0]["latitude"], rows[0]["longitude"]) == ("", "")


def test_what_was_opened_is_not_chosen_and_the_bin_gives_back(qtbot, page, finds, library) -> None:
    show(qtbot, page)
    gallery = page.gallery
    qtbot.mouseClick(
        gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=gallery.view.visualRect(gallery.model.index(0)).center()
    )
    assert page.find is not None
    page.go_back()
    assert gallery.view.chosen_rows() == []
    with qtbot.waitSignal(library.changed):
        library.delete([finds[0].id])
    with qtbot.waitSignal(library.bin().done):
        pass
    page._library.bin().done.connect(page._show_bin)
    qtbot.waitUntil(lambda: page.findChild(BinDialog) is not None)
    dialog = page.findChild(BinDialog)
    assert dialog.list.count() == 1
    with qtbot.waitSignal(library.changed):
        dialog.restore()
    with qtbot.waitSignal(library.get(finds[0].id).done) as told:
        pass
    assert told.args[0] is not None


def test_keys_step_through_the_finds_but_not_while_writing(qtbot, page, finds) -> None:
    show(qtbot, page)
    page.open(page.gallery.model.find_at(0))
    page._step(1)
    assert page.find == finds[0]
    page._step(1)
    assert page.find == finds[0], "there is no further one"


def test_a_find_without_an_answer_is_shown_as_unknown(page, guide, store) -> None:
    page.open(store.add(replace(make_find(guide), identification=None)))
    assert page.detail.banner.level is Danger.UNKNOWN
    assert text("history.no_answer") in words_in(page.detail)


def test_history_has_the_keys_of_identify(qtbot, page, finds, library) -> None:
    show(qtbot, page)
    with qtbot.waitActive(page):
        page.activateWindow()
    page.open(finds[0])
    qtbot.keyClick(page.detail, Qt.Key.Key_2)
    with qtbot.waitSignal(library.changed, timeout=PATIENCE) as told:
        qtbot.keyClick(page.detail, Qt.Key.Key_Return)
    assert told.args[0].observations[0].verified == CAMPESTRIS
    qtbot.keyClick(page.detail, Qt.Key.Key_Left)
    assert page.find.id == finds[1].id
    assert page.detail.answers.chosen is None, "the machine warns: nothing is chosen by itself"
    qtbot.keyClick(page.detail, Qt.Key.Key_Down)
    assert page.detail.answers.chosen == PHALLOIDES
    for key, how in ((Qt.Key.Key_Z, "zoom"), (Qt.Key.Key_W, "heat")):
        with qtbot.waitSignal(page.look_wanted, timeout=PATIENCE) as wanted:
            qtbot.keyClick(page.detail, key)
        assert wanted.args == [page.find, how]


def test_a_milder_name_is_asked_about_and_keeps_the_warning(qtbot, page, finds, library) -> None:
    show(qtbot, page)
    page.open(finds[1])
    page.detail.verify_wanted.emit(finds[1].id, EDULIS)
    dialog = page.window().findChild(MilderNameDialog)
    assert page.find.verified is None
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        dialog.accept()
    model = page.gallery.model
    index = model.index(0)
    assert index.data() == text("identify.named_short", name="Penny bun")
    assert Danger(index.data(LevelRole)) is Danger.DEADLY
    assert index.data(MachineRole) == "Machine: Deadly"
    assert not page.gallery.view.grab().isNull()


def test_delete_shows_the_next_find_in_the_same_place(qtbot, page, finds, library) -> None:
    show(qtbot, page)
    page.open(finds[1])
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.delete_wanted.emit(finds[1].id)
    assert page.find == finds[0]
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        page.detail.delete_wanted.emit(finds[0].id)
    assert page.find is None
