from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide
from fieldguide.services.library import Library
from fieldguide.storage.asking import PAGE
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from fieldguide.ui.history import gallery_model
from fieldguide.ui.history.gallery_model import FindRole, GalleryModel, LevelRole
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
    with qtbot.waitSignals([model.counted, model.rowsInserted], timeout=PATIENCE):
        model.show(wanted or Filter())


def fetch_all(qtbot: QtBot, model: GalleryModel) -> None:
    while model.canFetchMore(QModelIndex()):
        with qtbot.waitSignal(model.rowsInserted, timeout=PATIENCE):
            model.fetchMore(QModelIndex())


def test_the_model_keeps_the_rules_of_models(qtbot, qtmodeltester, model, store, guide) -> None:
    fill(store, guide, 5)
    show(qtbot, model)
    qtmodeltester.check(model)


def test_it_fetches_page_after_page_newest_first(qtbot, model, store, guide) -> None:
    fill(store, guide, PAGE + 7)
    with (
        qtbot.waitSignal(model.counted, timeout=PATIENCE) as counted,
        qtbot.waitSignal(model.rowsInserted, timeout=PATIENCE),
    ):
        model.show(Filter())
    assert counted.args == [PAGE + 7]
    assert model.rowCount() == PAGE
    fetch_all(qtbot, model)
    days = [model.index(row).data(FindRole).observed_at for row in range(model.rowCount())]
    assert len(days) == PAGE + 7
    assert days == sorted(days, reverse=True)


def test_what_was_scrolled_past_is_forgotten_and_read_again(qtbot, model, store, guide, monkeypatch) -> None:
    monkeypatch.setattr(gallery_model, "KEPT_PAGES", 2)
    fill(store, guide, 4 * PAGE - 1)
    show(qtbot, model)
    newest = model.find_at(0)
    fetch_all(qtbot, model)
    assert model.rowCount() == 4 * PAGE - 1
    assert model.held <= 2 * PAGE
    with qtbot.waitSignal(model.dataChanged, timeout=PATIENCE):
        assert model.find_at(0) is None
    assert model.find_at(0) == newest


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
    fetch_all(qtbot, model)
    gone = model.find_at(2)
    with qtbot.waitSignal(model.rowsRemoved, timeout=PATIENCE):
        library.delete([gone.id])
    assert model.rowCount() == PAGE + 2
    assert model.row_of(gone.id) == -1
    assert model.find_at(PAGE) is not None, "pages after it moved up"
    with qtbot.waitSignal(model.rowsInserted, timeout=PATIENCE):
        library.undo()
    assert model.row_of(gone.id) == 2


def test_a_new_find_stands_first(qtbot, model, store, guide, library) -> None:
    fill(store, guide, 2)
    show(qtbot, model)
    with qtbot.waitSignals([model.modelReset, model.rowsInserted], timeout=PATIENCE):
        keep(library, make_find(guide, PHALLOIDES, observed_at=DAY + timedelta(days=30)))
    assert model.find_at(0).identification.verdict.taxon == PHALLOIDES


def test_nothing_is_asked_before_it_is_shown(model, library, guide, qtbot) -> None:
    with qtbot.waitSignal(library.changed, timeout=PATIENCE):
        keep(library, make_find(guide))
    assert model.rowCount() == 0
    assert not model.canFetchMore(QModelIndex())
