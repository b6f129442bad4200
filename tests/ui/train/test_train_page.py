"""The page Train: what a look found is told, answered and chosen from; a run is followed; nothing is run here."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QPushButton, QWidget

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.core.training.events import (
    Confusion,
    Epoch,
    Estimate,
    Finished,
    FolderName,
    Judged,
    Kind,
    Look,
    Measured,
    Passed,
    Progress,
    Rare,
    Step,
    TakenFor,
    Traced,
)
from fieldguide.storage.pip_words import SetUp
from fieldguide.storage.trainer_home import Takes
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.train.page import TrainPage
from fieldguide.ui.train.save_dialog import Credits, SaveDialog
from fieldguide.ui.train.wording import minutes
from tests.helpers.labels import words_in

UNKNOWN = FolderName("Agaricus_arvennsiss", 7, "Agaricus arvennsiss", "unknown", "unknown", ("Agaricus arvensis",))
SYNONYM = FolderName("Lepista_nuda", 9, "Collybia nuda", "synonym", "caution")
LOOK = Look(
    *(80, 4, {"her": 50}, (UNKNOWN, SYNONYM), (Kind("Amanita virosa", "deadly", 0, "Amanita citrina"),)),
    *((Kind("Amanita phalloides", "deadly", 12),), (Rare("Boletus edulis", 2, 2, "genus", "Boletus"),)),
    *(3, ("bad.jpg",), 1, 0, 2, 1, 10**9),
)
OWN = Measured("own", 40, "species", 0.5, 0.9, 6, 5, 12, 2, 34, 33)


@pytest.fixture
def page(qtbot, guide, theme) -> TrainPage:
    made = TrainPage(guide, Thumbnails())
    made.show_trainer(here=True, takes=None)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_a_look_found_stands_in_words(page) -> None:
    page.setCurrentWidget(page.look)
    page.look.wait()
    page.look.show_progress(Progress("reading", 7, 80, 3))
    assert (page.look.bar.isVisible(), page.look.bar.value()) == (True, 7)
    page.look.show_look(LOOK)
    assert not page.look.bar.isVisible()
    said = words_in(page.look)
    for words in ("80", "Lepista_nuda → Collybia nuda", "bad.jpg", "(12)", "Boletus edulis (2) → Boletus", "her (50)"):
        assert words in said
    assert text("training.elsewhere_none") in said
    assert page.look.train.isEnabled()


def test_an_unknown_name_is_answered_with_a_near_one(page, qtbot) -> None:
    page.look.show_look(LOOK)
    choice = page.look.names.findChild(QComboBox)
    with qtbot.waitSignal(page.look.answered) as answered:
        choice.setCurrentIndex(1)
        choice.activated.emit(1)
    assert answered.args == ["Agaricus_arvennsiss", "Agaricus arvensis"]
    choice.setCurrentIndex(choice.findText(text("training.rename")))
    choice.activated.emit(choice.currentIndex())
    dialog = page.window().findChild(RelabelDialog)
    dialog.field.setText("Agaricus novus")
    with qtbot.waitSignal(page.look.answered) as answered:
        dialog.field.returnPressed.emit()
    assert answered.args == ["Agaricus_arvennsiss", "Agaricus novus"]


def test_hundreds_of_unknown_names_are_asked_a_few_at_a_time(page, qtbot) -> None:
    many = [FolderName(f"Folder_{number}", number, f"Folder {number}", "unknown", "unknown") for number in range(580)]
    page.setCurrentWidget(page.look)
    page.look.show_look(replace(LOOK, names=tuple(many)))
    asked = [box.accessibleName() for box in page.look.names.findChildren(QComboBox)]
    assert asked == [f"Folder_{579 - number}" for number in range(20)]
    (more,) = page.look.names.findChildren(QPushButton)
    assert more.text() == text("training.more_names", count=560)
    more.click()
    assert len(page.look.names.findChildren(QComboBox)) == 40


def test_a_preset_says_what_it_takes_and_that_the_disk_is_too_small(page, qtbot) -> None:
    page.look.show_look(LOOK)
    page.look.show_estimate(Estimate("quick", 30, 100, 10**8, "cpu"))
    page.look.show_estimate(Estimate("best", 9000, 20000, 10**10, "cpu"))
    said = words_in(page.look)
    assert text("training.estimate", low=minutes(30), high=minutes(100), mb=100) in said
    assert text("training.no_room", free=1000, mb=10000) in said
    assert text("training.on_cpu") in said
    with qtbot.waitSignal(page.look.train_wanted) as wanted:
        page.look.train.click()
    assert wanted.args == ["quick"]


def test_what_cannot_train_says_what_to_do(page) -> None:
    page.look.show_look(replace(LOOK, problem="data_one_class", facts={"folder": "photos", "labels": "1"}))
    assert text("errors.data_one_class", folder="photos", labels="1") in words_in(page.look)
    assert not page.look.train.isEnabled()


def test_a_run_is_followed_and_a_deadly_mistake_stands_first(page) -> None:
    page.setCurrentWidget(page.run)
    page.run.show_state("works")
    page.run.show_plan(60, 600, time.time() - 130, goes_on=True)
    milder = TakenFor("Boletus edulis", "Boletus reticulatus", 9, 10)
    deadly = TakenFor("Galerina marginata", "Kuehneromyces mutabilis", 2, 9)
    for event in (
        Step("epoch", "", 2, 10),
        Progress("epoch", 3, 10, 70),
        Epoch(1, 10, 0.5, 0.75, 1.2, 600),
        Confusion((milder, deadly)),
    ):
        page.run.take(event)
    assert page.run.step.text() == text("training.step_epoch", number=2, of=10)
    assert (page.run.bar.value(), page.run.left.text()) == (3, text("training.left", time=minutes(70)))
    first, second = page.run.mixed.text().split("\n")
    assert "(2 of 9 photos)" in first
    assert "(9 of 10 photos)" in second
    assert text("training.expected", low=minutes(60), high=minutes(600), since=minutes(130)) in words_in(page.run)
    assert page.run.right.text().startswith(text("training.right", top1=50, five=75))
    page.run.take(Epoch(2, 10, 0.5, None))
    assert page.run.right.text() == text("training.right_first", top1=50)
    assert page.run.keep.isChecked()
    page.run.show_state("paused")
    QApplication.processEvents()
    assert page.run.pause.text() == text("training.go_on")


def test_the_keys_stay_on_the_page_when_a_button_goes(page, qtbot) -> None:
    page.setCurrentWidget(page.run)
    page.run.show_state("rests")
    with qtbot.waitActive(page):
        page.activateWindow()
    page.run.resume.setFocus()
    for state, button in (("works", page.run.pause), ("paused", page.run.pause), ("done", page.run.report)):
        page.run.show_state(state)
        assert QApplication.focusWidget() is button


def test_a_model_that_lets_more_pass_is_told_by_kind(page) -> None:
    page.setCurrentWidget(page.run)
    page.run.take(Finished("r", "b", "h", (OWN,)))
    page.run.show_state("done")
    page.run.show_state("judging")
    page.run.take(Step("asking FieldGuide model", "asking FieldGuide model"))
    page.run.take(Progress("asking FieldGuide model", 1, 2, 3))
    page.run.take(Judged(False, "own", 40, 12, 1, 2, 0, 1, {"Galerina marginata": 1}, {}, ("recall_deadly",)))
    said = words_in(page.run)
    assert text("training.ground_own", photos=40) in said
    assert text("training.false_alarms", false=33, others=34) in said
    assert text("training.judged_no") in said
    assert text("training.broken_recall_deadly") in said
    assert "warned of (1)" in said
    assert page.run.use.isVisible()
    assert not page.run.work.isVisible()


def test_without_the_trainer_the_page_says_so(page) -> None:
    page.show_trainer(here=False, takes=None)
    said = words_in(page.currentWidget())
    assert text("training.missing_title") in said
    assert not page.setup.begin.isVisible()
    assert not drop(page, Path.cwd())


def test_setting_up_is_asked_with_its_size_followed_and_cancelled(page, qtbot, tmp_path: Path, monkeypatch) -> None:
    takes = Takes(load=2600, disk=4890, free=10_000)
    page.show_trainer(here=False, takes=takes)
    setup = page.setup
    size = text("training.setup_size", load=2600, disk=4890, free=10_000, peak=10_090, minutes=7)
    assert size in words_in(setup)
    assert text("training.setup_no_room") in words_in(setup)
    setup.offer(replace(takes, free=10_100))
    assert text("training.setup_no_room") not in words_in(setup)
    with qtbot.waitSignal(setup.wanted) as wanted:
        setup.begin.click()
    assert wanted.args == [None]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    with qtbot.waitSignal(setup.wanted) as wanted:
        setup.folder.click()
    assert wanted.args == [tmp_path]
    setup.wait()
    setup.show_step(SetUp("fetching", "torch", 250, 1000, 1_500_000))
    assert setup.words.text() == text("training.setup_fetching", name="torch", mb=2)
    assert (setup.bar.value(), setup.begin.isVisible()) == (250, False)
    with qtbot.waitSignal(setup.cancel_wanted):
        setup.cancel.click()
    setup.show_problem(FieldGuideError(ErrorCode.SETUP_UNREACHABLE))
    setup.offer(takes)
    assert text("errors.setup_unreachable") in words_in(setup)
    assert (setup.begin.isVisible(), setup.cancel.isVisible()) == (True, False)


def drop(page: TrainPage, *paths: Path, on: QWidget | None = None) -> bool:
    """Drop files or folders on the page, or a part of it, as a file manager does; whether they were welcome."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    target = on or page
    where, act = QPointF(target.mapTo(page, target.rect().center())), Qt.DropAction.CopyAction
    rest = (mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(where.toPoint(), act, *rest)
    QApplication.sendEvent(page, enter)
    if enter.isAccepted():
        QApplication.sendEvent(page, QDropEvent(where, act, *rest))
    return enter.isAccepted()


def test_folders_are_dropped_to_teach_and_photos_on_a_model_to_be_looked_for(page, qtbot, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"x")
    assert not drop(page, photo)
    with qtbot.waitSignal(page.folders_offered) as offered:
        assert drop(page, tmp_path, photo)
    assert offered.args == [[tmp_path]]
    page.look.show_look(LOOK)
    page.setCurrentWidget(page.look)
    with qtbot.waitSignal(page.look.elsewhere_wanted) as wanted:
        assert drop(page, tmp_path, on=page.look.elsewhere)
    assert wanted.args == [[tmp_path]]
    with qtbot.waitSignal(page.look.folders_wanted) as wanted:
        assert drop(page, tmp_path, on=page.look.found)
    assert wanted.args == [[tmp_path]]
    page.setCurrentWidget(page.run)
    page.run.show_state("works")
    assert not drop(page, photo)
    assert not drop(page, tmp_path)
    page.run.show_state("done")
    with qtbot.waitSignal(page.run.trace_wanted) as wanted:
        assert drop(page, tmp_path, photo)
    assert wanted.args == [[photo]]


@pytest.mark.parametrize("answer", ["same", "near", "no", "unreadable"])
def test_whether_a_photo_taught_the_model_is_told_in_words(page, answer: str) -> None:
    page.run.show_state("tracing")
    assert not page.run.trace.isEnabled()
    page.run.take(Traced("/photos/a.jpg", answer, 3))
    assert text(f"training.traced_{answer}", name="a.jpg") in words_in(page.run)


def test_who_made_a_model_is_asked_before_it_is_saved_for_others(page, qtbot, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "ours-1.2"), ""))
    page.setCurrentWidget(page.run)
    page.run.show_state("done")
    page.run.save.click()
    dialog = page.window().findChild(SaveDialog)
    dialog.fields["name"].setText("Ours")
    keep = next(each for each in dialog.findChildren(type(page.run.save)) if each.property("look") == "primary")
    keep.click()
    assert dialog.problem.text() == text("training.save_missing")
    dialog.fields["authors"].setText(" A Society; Ada ;")
    dialog.licence.setCurrentText("CC BY 4.0")
    with qtbot.waitSignal(page.run.save_wanted) as wanted:
        keep.click()
    told = Credits("Ours", "1", ("A Society", "Ada"), "CC BY 4.0", "")
    assert wanted.args == [tmp_path / "ours-1.2.fieldguide", told]
    page.run.take(Passed("/x/ours.fieldguide"))
    assert text("training.passed", file="/x/ours.fieldguide") in words_in(page.run)


def test_own_finds_are_offered_where_some_have_a_checked_name(page, qtbot) -> None:
    page.setCurrentWidget(page.look)
    page.look.show_own(0, teach=False)
    assert not page.look.own.isVisible()
    page.look.show_own(12, teach=False)
    assert page.look.own.text() == text("training.own", count=12)
    with qtbot.waitSignal(page.look.own_wanted) as wanted:
        page.look.own.click()
    assert wanted.args == [True]
