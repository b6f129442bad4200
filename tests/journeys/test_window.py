"""A photo is dropped on the window; the danger stands on the screen, and the find is kept."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QWidget

from fieldguide import __version__
from fieldguide.app.application import FieldGuide
from fieldguide.core.danger import Danger
from fieldguide.core.decision.standing import current_danger
from fieldguide.core.photo import read_photo
from fieldguide.core.records import Seen
from fieldguide.core.text import text
from fieldguide.storage.observations import ObservationStore
from tests.helpers.bundles import write_photo
from tests.helpers.drops import drop_on
from tests.helpers.stored_finds import CAMPESTRIS, EDULIS, MUSCARIA, make_find
from tests.helpers.turns import all_there
from tests.journeys.conftest import OpenWindow

PATIENCE = 60_000  # the first window of a run imports torch


@pytest.fixture
def window(qtbot, open_window: OpenWindow, bundle_path: Path) -> FieldGuide:
    """A window whose model is loaded."""
    made = open_window(bundle_path)
    with qtbot.waitSignal(made.identify.model_ready, timeout=PATIENCE):
        made.show()
    return made


def words_on(widget: QWidget) -> str:
    QApplication.processEvents()  # what was just put into a layout is shown now
    return "\n".join(made.text() for made in widget.findChildren(QLabel) if made.isVisible())


def test_a_dropped_photo_becomes_a_verdict_and_is_kept(qtbot, window: FieldGuide, tmp_path: Path, caplog) -> None:
    photo = write_photo(tmp_path / "find.JPG", label=0, seed=3)
    caplog.set_level(logging.INFO, "fieldguide")
    with qtbot.waitSignal(window.parts.jobs.ended, timeout=PATIENCE):
        assert drop_on(window.window, [photo])
    page = window.identify.page
    assert page.observation is not None
    assert page.observation.id > 0
    banner = page.work.result.panel.banner
    assert banner.isVisible()
    assert banner.level is Danger.DEADLY
    assert text("identify.alert_deadly") in words_on(banner)
    assert "Death cap" in words_on(banner)
    assert len(page.work.result.panel.candidates.rows) == 3
    assert text("identify.no_permission") in words_on(page)
    assert "Three drawings 1.0.0" in words_on(page)
    with qtbot.waitSignal(window.parts.library.count().done) as counted:
        pass
    assert counted.args == [1]
    assert f"1 finds identified, done; fieldguide {__version__}, model three-drawings 1.0.0" in caplog.text


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(qtbot, window: FieldGuide, tmp_path: Path) -> None:
    photos = [write_photo(tmp_path / f"{place}.jpg", label=place) for place in range(2)]
    broken = tmp_path / "letter.jpg"
    broken.write_text("Dear mushroom")
    with qtbot.waitSignal(window.parts.gatherer.gathered, timeout=PATIENCE):
        assert drop_on(window.window, [tmp_path])
    page = window.identify.page
    assert page.grouping.isVisible()
    page.grouping.choice.chosen.emit("separate")
    with qtbot.waitSignal(window.parts.jobs.ended, timeout=PATIENCE):
        page.grouping.decided.emit([[path] for path in (*photos, broken)])
    assert [entry.readable for entry in page.work.finds.entries] == [True, True, False]
    assert any("letter.jpg" in sentence for sentence in window.window.notices.sentences)
    assert page.work.batch.view.isVisible()
    page.work.batch.choose(2)
    assert "letter.jpg" in words_on(page.work.result)


def test_a_person_names_the_find_and_takes_it_back(qtbot, window: FieldGuide, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "find.jpg", label=2)
    with qtbot.waitSignal(window.parts.jobs.ended, timeout=PATIENCE):
        assert drop_on(window.window, [photo])
    work = window.identify.page.work
    qtbot.keyClick(work, Qt.Key.Key_2)
    with qtbot.waitSignal(window.parts.library.changed):
        qtbot.keyClick(work, Qt.Key.Key_Return)
    named = work.observation
    assert named is not None
    assert named.identification is not None
    assert named.verified == named.identification.candidates[1].taxon
    with qtbot.waitSignals([window.parts.library.changed, work.finds.dataChanged]):
        qtbot.keyClick(window.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert work.observation is not None
    assert work.observation.verified is None


@pytest.mark.parametrize("way", ["underside", "photo", "history"])
def test_a_stored_find_grows_and_stays_itself(
    qtbot, window: FieldGuide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By the view that is asked for, by the tile for any photo where none is, and by the button in the history."""
    guide = window.parts.guide
    store = ObservationStore(window.parts.files.database, guide)
    cap, under = (write_photo(tmp_path / name, 0, seed) for seed, name in enumerate(("cap.jpg", "under.jpg")))
    others = () if way == "photo" else (CAMPESTRIS,)
    found = make_find(guide, EDULIS, photos=(read_photo(cap, 64).photo,), others=others, notes="under oaks")
    seen = (Seen("spore_print", ("white",), answered_at=datetime(2026, 10, 4)),)
    stored = store.add(replace(found, verified=MUSCARIA, tags=("club",), seen=seen, stars=3))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(under)], ""))
    page: QWidget
    if way == "history":
        window.window.show_page("history")
        page = window.history.page
        window.history.page.open(stored)
        words = text("identify.add_photo")
    else:
        page = window.identify.page
        window.identify.page.open(stored)
        words = text(
            "identify.add_photo" if way == "photo" else "identify.add_view", view=text("identify.view_underside")
        )
    all_there(page)
    QApplication.processEvents()
    button = next(
        each
        for each in page.findChildren(QAbstractButton)
        if words in (each.accessibleName(), each.text()) and each.isVisible()
    )
    with qtbot.waitSignal(window.parts.again.ended, timeout=PATIENCE):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.parts.lanes.busy, timeout=PATIENCE)

    (grown,) = store.every()
    assert [photo.path for photo in grown.photos] == [cap, under]
    assert replace(grown, photos=stored.photos, identification=stored.identification) == stored
    earlier, shown = store.identifications(stored.id)
    assert earlier == stored.identification
    assert shown == grown.identification
    assert shown.model.id == "three-drawings"
    assert current_danger(grown, guide) is Danger.DEADLY
    seen_now = window.history.page.find if way == "history" else window.identify.page.observation
    assert seen_now == grown
    qtbot.keyClick(window.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: list(store.every()) == [stored], timeout=PATIENCE)


def test_what_spoke_for_a_name_lies_over_the_photo(qtbot, window: FieldGuide, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "find.jpg", label=0)
    with qtbot.waitSignal(window.parts.jobs.ended, timeout=PATIENCE):
        assert drop_on(window.window, [photo])
    work = window.identify.page.work
    if work.result.photo.accessibleName() == text("identify.photo_reading"):
        with qtbot.waitSignal(window.parts.pictures.photo, timeout=PATIENCE):
            pass
    before = work.result.photo.grab().toImage()
    qtbot.keyClick(work, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: work.result.photo.heat_shown, timeout=PATIENCE)
    assert work.result.photo.grab().toImage() != before
    qtbot.keyClick(work, Qt.Key.Key_2)  # against another candidate: asked again
    qtbot.waitUntil(lambda: "rather than" in work.result.photo.caption, timeout=PATIENCE)
    qtbot.keyClick(work, Qt.Key.Key_W)
    assert not work.result.photo.heat_shown


def test_a_find_of_yesterday_stands_on_the_empty_page(
    qtbot, window: FieldGuide, open_window: OpenWindow, bundle_path: Path, tmp_path: Path
) -> None:
    photo = write_photo(tmp_path / "find.jpg")
    with qtbot.waitSignal(window.parts.jobs.ended, timeout=PATIENCE):
        assert drop_on(window.window, [photo])
    window.window.close()
    again = open_window(bundle_path)
    with qtbot.waitSignal(again.identify.page.start.recent.modelReset, timeout=PATIENCE):
        again.show()
    recent = again.identify.page.start.recent
    assert recent.rowCount() == 1
    stored = recent.entries[0].observation
    assert stored is not None
    with qtbot.waitSignal(again.parts.pictures.photo, timeout=PATIENCE):
        again.identify.page.start.find_wanted.emit(stored)
    assert again.identify.page.work.isVisible()
    assert again.identify.page.work.result.path == photo


def test_the_window_fits_a_small_screen_and_remembers_its_size(open_window: OpenWindow, tmp_path: Path) -> None:
    first = open_window(tmp_path / "gone.fieldguide")
    first.show()
    assert (first.window.width(), first.window.height()) <= (1366, 768)
    first.window.resize(900, 600)
    assert (first.window.width(), first.window.height()) == (900, 600)
    first.window.close()
    again = open_window(tmp_path / "gone.fieldguide")
    again.show()
    assert (again.window.width(), again.window.height()) == (900, 600)


def test_without_a_model_it_says_what_to_do(qtbot, open_window: OpenWindow, tmp_path: Path) -> None:
    window = open_window(tmp_path / "gone.fieldguide")
    with qtbot.waitSignal(window.parts.identifier.model_failed, timeout=PATIENCE):
        window.show()
    assert window.window.notices.sentences


def test_a_pasted_picture_gets_a_file_of_its_own(qtbot, window: FieldGuide, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    image = QImage(str(write_photo(tmp_path / "find.png")))
    with qtbot.waitSignal(window.parts.jobs.ended, timeout=PATIENCE):
        window.window.picture_pasted.emit(image)
    observation = window.identify.page.observation
    assert observation is not None
    assert observation.photos[0].path.parent == window.parts.locations.data / "pasted"
    assert observation.photos[0].width == image.width()


CLOSED_WHILE_BUSY = """
import sys, time
from PySide6.QtCore import QTimer
from fieldguide import app
from fieldguide.app.opening import Opening
from fieldguide.services.lanes import Lane
build = Opening._build
def begin(self, files):
    build(self, files)
    self.application.parts.lanes.start(Lane.READING, lambda _: time.sleep(3600))
    QTimer.singleShot(300, lambda: close(self.front.window))
def close(window):
    print("closing", flush=True)
    window.close()
Opening._build = begin
sys.exit(app.main())
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)


def test_closing_ends_the_process_even_where_work_does_not_stop() -> None:
    assert "closing" in run(CLOSED_WHILE_BUSY).stdout
