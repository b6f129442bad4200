"""A backup takes the place of the finds in the window: nothing on its pages reaches a find of the book before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from fieldguide.core.records import Photo
from fieldguide.core.text import text
from fieldguide.storage.backup import back_up
from fieldguide.storage.jobs import JobStore
from fieldguide.storage.observations import ObservationStore
from tests.helpers.bundles import write_photo
from tests.helpers.labels import pressed
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find
from tests.journeys.conftest import OpenWindow


def test_a_backup_is_brought_back_from_the_settings(
    qtbot, open_window: OpenWindow, tmp_path: Path, monkeypatch
) -> None:
    opened = open_window(tmp_path / "none.fieldguide")
    guide, copy = opened.parts.guide, tmp_path / "copy.db"
    store, jobs = ObservationStore(opened.parts.files.database, guide), JobStore(opened.parts.files.database)
    photos = [Photo(write_photo(tmp_path / f"{n}.jpg", n, n), f"{n}" * 64, 320, 240) for n in range(2)]
    kept = store.add(make_find(guide, EDULIS, photos=(photos[0],), notes="of the copy"))
    jobs.begin([[tmp_path / "0.jpg"], [tmp_path / "1.jpg"]], "of the copy")
    back_up(opened.parts.files.database.path, copy)
    later = store.add(make_find(guide, PHALLOIDES, photos=(photos[1],), notes="later"))
    jobs.begin([[tmp_path / "1.jpg"]], "later")

    with qtbot.waitSignal(opened.begun, timeout=PATIENCE):
        opened.show()
    with qtbot.waitSignal(opened.history.page.gallery.model.counted, timeout=PATIENCE):
        opened.window.show_page("history")
    opened.identify.page.open(later)
    qtbot.waitUntil(lambda: len(opened.window.jobs.sentences) == 2, timeout=PATIENCE)
    opened.window.show_page("settings")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(copy), ""))
    with qtbot.waitSignal(opened.settings.restored, timeout=PATIENCE):
        pressed(opened.settings.page, text("settings.restore")).click()
    assert any(copy.name in words for words in opened.window.notices.sentences)
    qtbot.waitUntil(lambda: not opened.parts.lanes.busy, timeout=PATIENCE)

    assert list(store.every()) == [kept]
    assert opened.identify.page.observation is None, "a find of that number may be another one now"
    assert ["of the copy" in words for words in opened.window.jobs.sentences] == [True]
    assert opened.history.page.gallery.model.rowCount() == 1
    before = next(opened.parts.locations.library.glob("*.before-restore-*.db"))
    assert before.stat().st_size > 0, "what stood there is kept"
