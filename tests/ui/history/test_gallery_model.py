from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.services.library import Library
from fieldguide.storage.asking import PAGE
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from fieldguide.ui.history import gallery_model
from fieldguide.ui.history.gallery_model import GalleryModel, LevelRole
from fieldguide.ui.kit.thumbnails import Thumbnails
from tests.helpers.kept import keep
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find

DAY = datetime(2026, 9, 1, 12)


def fill(store: ObservationStore, guide: Guide, count: int) -> None:
    for number in range(count):
        taxon = PHALLOIDES if number % 5 == 0 else EDULIS
        store.add(make_find(guide, taxon, observed_at=DAY + timedelta(hours=number), notes=f"note{number}"))


@pytest.fixture
def model(library: Library, thumbnails: Thumbnails) -> GalleryModel:
    return GalleryModel(library, thumbnails)


def show(qtbot: QtBot, model: GalleryModel, wanted: Filter | None = None) -> None:
    with qtbot.waitSignal(model.counted, timeout=PATIENCE):
        model.show(wanted or Filter())


def find_at(qtbot: QtBot, model: GalleryModel, row: int) -> Observation:
    """The find of a row, read if need be."""
    if model.find_at(row) is None:
        qtbot.waitUntil(lambda: model.known(row) is not None, timeout=PATIENCE)
    return model.find_at(row)


def test_the_model_keeps_the_rules_of_models(qtbot, qtmodeltester, model, store, guide) -> None:
    fill(store, guide, 5)
    show(qtbot, model)
    qtmodeltester.check(model)


def test_every_row_is_there_at_once_and_read_when_looked_at(qtbot, model, store, guide) -> None:
    fill(store, guide, 3 * PAGE + 7)
    with qtbot.waitSignal(model.counted, timeout=PATIENCE) as counted:
        model.show(Filter())
    assert counted.args == [3 * PAGE + 7]
    assert (model.rowCount(), model.held) == (3 * PAGE + 7, PAGE)
    assert find_at(qtbot, model, 3 * PAGE + 6).notes == "note0"
    assert model.held == PAGE + 7, "what lies between is not read"
    days = [find_at(qtbot, model, row).observed_at for row in range(model.rowCount())]
    assert days == sorted(days, reverse=True)


def test_days_part_the_rows_and_tell_their_worst(qtbot, model, store, guide) -> None:
    fill(store, guide, 60)
    show(qtbot, model)
    assert [(group.day, group.finds) for group in model.groups] == [
        (date(2026, 9, 3), 24),
        (date(2026, 9, 2), 24),
        (date(2026, 9, 1), 12),
    ]
    assert {group.worst for group in model.groups} == {Danger.DEADLY.severity}
    assert [model.group_of(row) for row in (0, 23, 24, 59)] == [0, 0, 1, 2]


def test_what_was_scrolled_past_is_forgotten_and_read_again(qtbot, model, store, guide, monkeypatch) -> None:
    monkeypatch.setattr(gallery_model, "KEPT_ROWS", 2 * PAGE)
    fill(store, guide, 4 * PAGE - 1)
    show(qtbot, model)
    newest = model.find_at(0)
    for row in range(0, model.rowCount(), PAGE):
        find_at(qtbot, model, row)
    assert model.held <= 2 * PAGE
    with qtbot.waitSignal(model.dataChanged, timeout=PATIENCE):
        assert model.find_at(0) is None
    assert model.find_at(0) == newest


def test_ids_of_rows_that_were_never_seen(qtbot, model, store, guide) -> None:
    fill(store, guide, 5 * PAGE)
    show(qtbot, model)
    found: list[list[int]] = []
    model.ids_of([range(4 * PAGE, 5 * PAGE), range(2)], found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=PATIENCE)
    every = [find.id for find in store.every()]
    assert found == [every[:2] + every[4 * PAGE :]]
    model.ids_of([range(3)], found.append)
    assert found[1] == every[:3], "at once, when all are in memory"


def test_a_row_tells_name_danger_and_spoken_words(qtbot, model, store, guide) -> None:
    store.add(make_find(guide, PHALLOIDES, observed_at=DAY))
    show(qtbot, model)
    index = model.index(0)
    assert "Death cap" in index.data()
    assert Danger(index.data(LevelRole)) is Danger.DEADLY
    assert "Deadly" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_search_lists_only_what_fits(qtbot, model, store, guide) -> None:
    fill(store, guide, 12)
    show(qtbot, model, Filter(text="note7"))
    assert model.rowCount() == 1
    show(qtbot, model, Filter(dangers=frozenset({Danger.DEADLY})))
    assert model.rowCount() == 3


def test_a_changed_find_is_changed_in_place(qtbot, model, store, guide, library) -> None:
    fill(store, guide, 3)
    show(qtbot, model)
    shown = model.find_at(1)
    with qtbot.waitSignal(model.dataChanged, timeout=PATIENCE):
        library.verify([shown.id], PHALLOIDES)
    assert model.find_at(1) == replace(shown, verified=PHALLOIDES)
    assert model.index(1).data() == "Death cap"


def test_a_deleted_find_leaves_and_undo_brings_it_back(qtbot, model, store, guide, library) -> None:
    fill(store, guide, PAGE + 3)
    show(qtbot, model)
    gone, last = model.find_at(2), find_at(qtbot, model, PAGE + 2)
    with qtbot.waitSignals([model.rowsRemoved, model.counted], timeout=PATIENCE):
        library.delete([gone.id])
    assert (model.rowCount(), sum(group.finds for group in model.groups)) == (PAGE + 2, PAGE + 2)
    assert model.row_of(gone.id) == -1
    assert find_at(qtbot, model, PAGE + 1) == last, "what stood after it moved up"
    with qtbot.waitSignal(model.counted, timeout=PATIENCE):
        library.undo()
    assert model.row_of(gone.id) == 2


def test_a_new_find_stands_first(qtbot, model, store, guide, library) -> None:
    fill(store, guide, 2)
    show(qtbot, model)
    with qtbot.waitSignal(model.counted, timeout=PATIENCE):
        keep(library, make_find(guide, PHALLOIDES, observed_at=DAY + timedelta(days=30)))
    assert model.find_at(0).identification.verdict.taxon == PHALLOIDES


def test_nothing_is_asked_before_it_is_shown(model, library, guide, qtbot) -> None:
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        keep(library, make_find(guide))
    assert model.rowCount() == 0
