"""A find dragged out of the window: copies of its photos without a place, and words that hold the alarm."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fieldguide.core.guide import Guide
from fieldguide.core.photo import read_header
from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import text
from fieldguide.services.dropped import dropped_paths
from fieldguide.services.lanes import Job
from fieldguide.services.library import Library
from fieldguide.storage.asking import PAGE
from fieldguide.storage.observations import ObservationStore
from fieldguide.ui.history.page import HistoryPage
from fieldguide.ui.kit.drag_out import DragOut
from tests.helpers.bundles import write_photo
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, deadly_alarm, make_find


def gps_exif() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 12.34), 3: "E", 4: (14.0, 15.0, 0.0)})
    return exif.tobytes()


@pytest.fixture
def finds(store: ObservationStore, guide: Guide, tmp_path: Path) -> list[Observation]:
    found = []
    for number, taxon in enumerate((EDULIS, PHALLOIDES)):
        file = write_photo(tmp_path / f"{number}.jpg", number, exif=gps_exif())
        assert read_header(file).latitude is not None
        photo = Photo(file, f"{number}" * 64, 320, 240)
        found.append(store.add(make_find(guide, taxon, photos=(photo,), alarm=deadly_alarm(guide))))
    return found


@pytest.fixture
def page(qtbot: QtBot, library: Library, thumbnails, theme, finds: list[Observation]) -> HistoryPage:
    made = HistoryPage(library, thumbnails)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    with qtbot.waitSignal(made.gallery.model.counted, timeout=PATIENCE):
        made.show_finds()
    return made


def drag(widget: QWidget, start: QPoint) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    for step in (2, 40, 60):
        QTest.mouseMove(widget, start + QPoint(step, 0))


def test_what_is_chosen_is_dragged_together(
    qtbot: QtBot, page: HistoryPage, finds: list[Observation], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: begun.append(drag))
    view = page.gallery.view
    start = view.visualRect(page.gallery.model.index(0)).center()
    drag(view.viewport(), start)
    qtbot.waitUntil(lambda: bool(begun), timeout=PATIENCE)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert len(begun[0].mimeData().urls()) == 1
    view.selectAll()
    drag(view.viewport(), start)
    qtbot.waitUntil(lambda: len(begun) == 2, timeout=PATIENCE)
    mime = begun[1].mimeData()
    files = dropped_paths(mime)
    assert len(files) == 2
    assert all(file.is_file() and read_header(file).latitude is None for file in files)
    assert mime.text().count(text("storage.report_alarm", alarm=text("ui.danger_deadly"))) == 2
    assert mime.text().endswith(text("cli.guess"))
    assert "48." not in mime.text()
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start)


def test_what_is_chosen_far_away_is_dragged_too(
    qtbot: QtBot,
    page: HistoryPage,
    finds: list[Observation],
    store: ObservationStore,
    guide: Guide,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More finds than the list holds in memory."""
    monkeypatch.setattr("fieldguide.ui.history.gallery_model.KEPT_ROWS", PAGE)
    for number in range(PAGE + 20):
        store.add(make_find(guide, EDULIS, photos=finds[0].photos, observed_at=datetime(2020, 1, 1, 0, number % 60)))
    with qtbot.waitSignal(page.gallery.model.modelReset, timeout=PATIENCE):
        page.gallery.model.reload()
    view, model = page.gallery.view, page.gallery.model
    assert model.known(PAGE + 10) is None
    begun: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: begun.append(drag))
    view.selectAll()
    start = view.visualRect(model.index(0)).center()
    drag(view.viewport(), start)
    qtbot.waitUntil(lambda: bool(begun), timeout=PATIENCE)
    assert len(begun[0].mimeData().text().splitlines()) == model.rowCount() + 1
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start)


def test_copies_are_given_up_when_the_button_is_let_go(
    qtbot: QtBot, page: HistoryPage, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[Job] = []
    carry = library.carry
    monkeypatch.setattr(library, "carry", lambda ids: jobs.append(carry(ids)) or jobs[-1])
    view = page.gallery.view
    DragOut(view.viewport(), page.gallery.ask_finds_at, library.carry)
    drag(view.viewport(), view.visualRect(page.gallery.model.index(0)).center())
    with qtbot.waitSignal(jobs[0].cancelled, timeout=PATIENCE):
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton)


def test_a_click_or_a_short_move_drags_nothing(qtbot: QtBot, page: HistoryPage, finds: list[Observation]) -> None:
    with qtbot.waitSignal(page.gallery.find_wanted, timeout=PATIENCE):
        rect = page.gallery.view.visualRect(page.gallery.model.index(1))
        QTest.mouseClick(page.gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert page.find is not None


def test_the_large_photo_is_dragged_and_not_once_the_button_is_let_go(
    qtbot: QtBot, page: HistoryPage, library: Library, finds: list[Observation], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: begun.append(drag))
    page.open(finds[1])
    pane = page.detail.photos.pane
    drag(pane, pane.rect().center())
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(library.count().finished, timeout=PATIENCE):
        pass
    drag(pane, pane.rect().center())
    qtbot.waitUntil(lambda: len(begun) == 1, timeout=PATIENCE)
    assert f"obs{finds[1].id:06}" in begun[0].mimeData().urls()[0].fileName()
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton)
