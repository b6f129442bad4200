"""The book in the hands of another program while the window wants to read and write it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from fieldguide.app.application import FieldGuide
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain
from fieldguide.storage import connection
from tests.helpers.bundles import write_photo
from tests.helpers.patience import PATIENCE
from tests.journeys.conftest import OpenWindow


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program has the file, and lets go of it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@pytest.fixture
def opened(
    qtbot, open_window: OpenWindow, bundle_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> FieldGuide:
    """A window that waits for nobody for long; as on a share, with a rollback journal, where the parameter says so."""
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.05)
    if getattr(request, "param", False):
        monkeypatch.setattr(connection, "_take_log", connection._take_journal)
    made = open_window(bundle_path)
    with qtbot.waitSignals([made.begun, made.identify.model_ready], timeout=PATIENCE):
        made.show()
    qtbot.waitUntil(lambda: not made.parts.lanes.busy, timeout=PATIENCE)
    return made


def said(opened: FieldGuide) -> bool:
    path = str(opened.parts.files.database.path)
    return opened.window.notices.sentences == [explain(FieldGuideError(ErrorCode.DATABASE_BUSY, path=path))]


def identified(qtbot, opened: FieldGuide, photo: Path) -> bool:
    opened.window.paths_offered.emit([photo])
    qtbot.waitUntil(lambda: opened.identify.page.observation is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not opened.parts.lanes.busy, timeout=PATIENCE)
    find = opened.identify.page.observation
    return find is not None and find.id > 0


def looked(qtbot, opened: FieldGuide, times: int = 1) -> None:
    for _ in range(times):
        qtbot.waitUntil(lambda: opened.parts.lanes.busy == 1, timeout=PATIENCE)
        qtbot.waitUntil(lambda: not opened.parts.lanes.busy, timeout=PATIENCE)


def test_a_drop_that_cannot_be_kept_is_told_and_leaves_the_page_free(qtbot, opened: FieldGuide, tmp_path: Path) -> None:
    photo = write_photo(tmp_path / "a.jpg")
    with held(opened.parts.files.database.path):
        opened.window.paths_offered.emit([photo])
        qtbot.waitUntil(lambda: said(opened), timeout=PATIENCE)
        qtbot.waitUntil(lambda: opened.identify.page.start.isVisible(), timeout=PATIENCE)
    assert identified(qtbot, opened, photo)


@pytest.mark.parametrize("opened", [True], indirect=True, ids=["rollback journal"])
def test_a_job_whose_finds_cannot_be_read_lets_later_ones_run(qtbot, opened: FieldGuide, tmp_path: Path) -> None:
    first, second = (write_photo(tmp_path / f"{number}.jpg", number, number) for number in range(2))
    hold = held(opened.parts.files.database.path)
    opened.parts.jobs.changed.connect(lambda _: hold.__enter__(), Qt.ConnectionType.SingleShotConnection)
    opened.window.paths_offered.emit([first])
    qtbot.waitUntil(lambda: said(opened), timeout=PATIENCE)
    qtbot.waitUntil(lambda: opened.identify.page.start.isVisible(), timeout=PATIENCE)
    (resting,) = opened.parts.jobs.unfinished
    assert not opened.parts.jobs.running
    hold.__exit__(None, None, None)
    assert identified(qtbot, opened, second)
    with qtbot.waitSignal(opened.parts.jobs.ended, timeout=PATIENCE):
        opened.parts.jobs.go_on(resting.number)
    assert len(list(opened.parts.identifier._stores.store.every())) == 2


@pytest.mark.parametrize("opened", [True], indirect=True, ids=["rollback journal"])
def test_the_look_for_changes_waits_its_turn_and_says_nothing(qtbot, opened: FieldGuide) -> None:
    """A look every three seconds, five seconds each, would have kept whatever is asked meanwhile waiting for longer
    and longer.
    """
    library, path = opened.parts.library, opened.parts.files.database.path
    assert library._watch is not None
    library._watch.setInterval(1)
    looked(qtbot, opened)
    with held(path):
        looked(qtbot, opened, times=3)
        assert not opened.window.notices.sentences
    with qtbot.waitSignal(library.changed, timeout=PATIENCE), closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE of_another (one)")
