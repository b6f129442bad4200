"""Looking through doubtful photos: shown worst first with reasons, decided with keys; nothing is written here."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from fieldguide.core.text import text
from fieldguide.core.training.decisions import Choice, Decision
from fieldguide.core.training.events import Audited, Doubt
from fieldguide.ui.kit.relabel import RelabelDialog
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.train.doubt_tiles import reasons_of
from fieldguide.ui.train.doubts_view import DoubtsView
from tests.helpers.labels import words_in
from trainer.data.audit.findings import Finding

COPY = Doubt("/p/a.jpg", "Amanita_citrina", ("copy_across_labels", "blurred"), 1.0, "", ("Amanita_phalloides",), 3)
WRONG = Doubt("/p/b.jpg", "Amanita_citrina", ("label_error",), 0.9, "Amanita virosa")
DARK = Doubt("/p/c.jpg", "Boletus_edulis", ("dark",), 0.6)
AUDITED = Audited("r", 40, {"label_error": 1, "dark": 1}, 0, {})


@pytest.fixture
def view(qtbot, guide, theme) -> DoubtsView:
    made = DoubtsView(guide, Thumbnails())
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.wait()
    for event in (COPY, WRONG, DARK, AUDITED):
        made.take(event)
    made.show_decided({}, can_undo=False)
    return made


def said(view: DoubtsView, row: int) -> str:
    return view.model.index(row).data()


def test_the_worst_comes_first_with_its_reasons(view) -> None:
    assert [view.model.index(row).data().split(",")[0] for row in range(3)] == [
        "Amanita citrina",
        "Amanita citrina",
        "Boletus edulis",
    ]
    assert text("training.doubt_copy_across_labels", names="Amanita phalloides") in said(view, 0)
    assert text("training.doubt_label_error", name="Amanita virosa") in said(view, 1)
    assert text("training.doubts_words", photos=40) in words_in(view)
    assert view.count.text() == text("training.doubts_left", left=3, total=3)
    assert view.count.width() >= view.count.fontMetrics().horizontalAdvance(view.count.text())


@pytest.mark.parametrize("finding", [each for each in Finding if each is not Finding.UNREADABLE])
def test_every_finding_of_the_trainer_has_words(finding: Finding) -> None:
    assert reasons_of(Doubt("f", "l", (finding.value,), 1.0, "a", ("b",)))[0].strip()


@pytest.mark.parametrize(("key", "choice"), [(Qt.Key.Key_K, Choice.KEEP), (Qt.Key.Key_D, Choice.DROP)])
def test_a_key_decides_and_goes_on_to_the_next(view, qtbot, key, choice) -> None:
    with qtbot.waitSignal(view.decided) as decided:
        qtbot.keyClick(view.list, key)
    assert decided.args == [["/p/a.jpg"], choice, ""]
    view.show_decided({"/p/a.jpg": Decision("/p/a.jpg", 1, choice)}, can_undo=True)
    assert text(f"training.decided_{choice}") in said(view, 0)
    assert view.count.text() == text("training.doubts_left", left=2, total=3)
    assert view.list.currentIndex().row() == 1
    with qtbot.waitSignal(view.undo_wanted):
        qtbot.keyClick(view.list, Qt.Key.Key_Z)


def test_ctrl_z_takes_back_what_was_decided_here_and_nothing_of_the_book(view, qtbot) -> None:
    in_the_book: list[int] = []
    of_the_window = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), view)
    of_the_window.activated.connect(lambda: in_the_book.append(1))
    view.show_decided({"/p/a.jpg": Decision("/p/a.jpg", 1, Choice.KEEP)}, can_undo=True)
    with qtbot.waitSignal(view.undo_wanted):
        qtbot.keyClick(view.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not in_the_book
    view.point_at("/p/b.jpg")
    assert [index.row() for index in view.list.selectedIndexes()] == [1]


def test_several_are_decided_at_once(view, qtbot) -> None:
    view.list.selectAll()
    with qtbot.waitSignal(view.decided) as decided:
        view.drop.click()
    assert decided.args[0] == ["/p/a.jpg", "/p/b.jpg", "/p/c.jpg"]


def test_another_name_is_offered_by_the_audit_or_asked_of_the_guide(view, qtbot, guide) -> None:
    view.point_at("/p/b.jpg")
    view.rename.click()
    offered = view.findChild(QMenu).findChildren(QAction)
    names = [action.text() for action in offered if action.text()]
    assert names == ["Amanita virosa", text("training.rename_other")]
    with qtbot.waitSignal(view.decided) as decided:
        next(action for action in offered if action.text() == "Amanita virosa").trigger()
    assert decided.args == [["/p/b.jpg"], Choice.RELABEL, "Amanita virosa"]
    view.point_at("/p/c.jpg")
    view.rename.click()
    dialog = view.window().findChild(RelabelDialog)
    taxon = next(iter(guide.records.values())).taxon
    dialog.field.setText(taxon.name)
    with qtbot.waitSignal(view.decided) as decided:
        dialog.field.returnPressed.emit()
    assert decided.args == [["/p/c.jpg"], Choice.RELABEL, dialog.taxon.name]


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Cantharelus cibarius", "Cantharellus cibarius"), ("Nova mea", "Nova mea")],
)
def test_any_name_can_be_typed_and_the_guide_says_what_it_makes_of_it(view, qtbot, guide, typed, name) -> None:
    view.point_at("/p/c.jpg")
    view.rename.click()
    dialog = view.window().findChild(RelabelDialog)
    assert dialog.as_typed.isHidden()
    dialog.field.setText(typed)
    known = guide.resolve(typed)
    key = "training.typed_known" if known else "training.typed_unknown"
    assert text(key, name=known.taxon.name if known else "") in words_in(dialog)
    with qtbot.waitSignal(view.decided) as decided:
        dialog.as_typed.click()
    assert decided.args == [["/p/c.jpg"], Choice.RELABEL, name]
    assert (dialog.taxon is None) == (known is None)


def test_an_empty_list_comforts_nobody(view) -> None:
    view.wait()
    assert not view.keep.isEnabled()
    view.take(Audited("r", 40, {"dark": 0}, 0, {}))
    assert text("training.doubts_none", photos=40) in view.words.text()
    assert text("training.doubts_blind") in view.words.text()
