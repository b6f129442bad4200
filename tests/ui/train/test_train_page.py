"""The page Train: what a look found is told, answered and chosen from; a run is followed; nothing is run here."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QComboBox

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
    Progress,
    Rare,
    Step,
    TakenFor,
)
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.train.page import TrainPage
from fieldguide.ui.train.wording import minutes
from tests.helpers.labels import words_in

UNKNOWN = FolderName("Agaricus_arvennsiss", 7, "Agaricus arvennsiss", "unknown", "unknown", ("Agaricus arvensis",))
SYNONYM = FolderName("Lepista_nuda", 9, "Collybia nuda", "synonym", "caution")
LOOK = Look(
    *(80, 4, {"her": 50}, (UNKNOWN, SYNONYM), (Kind("Amanita virosa", "deadly", 0, "Amanita citrina"),)),
    *((Kind("Amanita phalloides", "deadly", 12),), (Rare("Boletus edulis", 2, 2, "genus", "Boletus"),)),
    *(3, ("bad.jpg",), 1, 0, 2, 1, "cpu", 10**9),
)
OWN = Measured("own", 40, "species", 0.5, 0.9, 6, 5, 12, 2)


@pytest.fixture
def page(qtbot, guide, theme) -> TrainPage:
    made = TrainPage(guide, Thumbnails(), can=True)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_a_look_found_stands_in_words(page) -> None:
    page.look.wait()
    page.look.show_look(LOOK)
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


def test_a_preset_says_what_it_takes_and_that_the_disk_is_too_small(page, qtbot) -> None:
    page.look.show_look(LOOK)
    page.look.show_estimate(Estimate("quick", 30, 100, 10**8))
    page.look.show_estimate(Estimate("best", 9000, 20000, 10**10))
    said = words_in(page.look)
    assert text("training.estimate", low=minutes(30), high=minutes(100), mb=100) in said
    assert text("training.no_room", free=1000, mb=10000) in said
    with qtbot.waitSignal(page.look.train_wanted) as wanted:
        page.look.train.click()
    assert wanted.args == ["quick"]


def test_what_cannot_train_says_what_to_do(page) -> None:
    from dataclasses import replace

    page.look.show_look(replace(LOOK, problem="data_one_class", facts={"folder": "photos", "labels": "1"}))
    assert text("errors.data_one_class", folder="photos", labels="1") in words_in(page.look)
    assert not page.look.train.isEnabled()


def test_a_run_is_followed_and_a_deadly_mistake_stands_first(page) -> None:
    page.setCurrentWidget(page.run)
    page.run.show_state("works")
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
    page.run.show_state("paused")
    QApplication.processEvents()
    assert page.run.pause.text() == text("training.go_on")


def test_a_model_that_lets_more_pass_is_told_by_kind(page) -> None:
    page.setCurrentWidget(page.run)
    page.run.take(Finished("r", "b", "h", (OWN,)))
    page.run.show_state("done")
    page.run.take(Judged(False, "own", 40, 12, 1, 2, 0, 1, {"Galerina marginata": 1}, {}, ("recall_deadly",)))
    said = words_in(page.run)
    assert text("training.ground_own", photos=40) in said
    assert text("training.judged_no") in said
    assert "warned of (1)" in said
    assert page.run.use.isVisible()


def test_without_the_trainer_the_page_says_so(qtbot, guide, theme) -> None:
    page = TrainPage(guide, Thumbnails(), can=False)
    qtbot.addWidget(page)
    assert text("training.missing_title") in words_in(page)
    assert not page.acceptDrops()
