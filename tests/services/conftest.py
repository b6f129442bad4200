"""Lanes that must come to rest, and services over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldguide.core.guide import Guide, load_guide
from fieldguide.services.lanes import Lanes
from fieldguide.services.library import Library
from fieldguide.services.notices import Notices
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.thumbnails import ThumbnailStore
from fieldguide.ui.history.report import write_report


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    """Fails when work is still running, or its end was not told, once the test and a drain are over."""
    opened = Lanes()
    yield opened
    assert opened.drain(), "a lane did not come to rest"
    assert opened.busy == 0
    assert all(pool.activeThreadCount() == 0 for pool in opened._pools.values())


@pytest.fixture(scope="session")
def guide() -> Guide:
    return load_guide()


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def store(tmp_path: Path, guide: Guide) -> Iterator[ObservationStore]:
    with Database(tmp_path / "o.db") as database:
        yield ObservationStore(database, guide)


@pytest.fixture
def library(store: ObservationStore, guide: Guide, lanes: Lanes, notices: Notices) -> Library:
    made = Library(store, guide, lanes, notices)
    made.report = write_report
    return made


@pytest.fixture
def thumbnails(tmp_path: Path) -> Iterator[ThumbnailStore]:
    opened = ThumbnailStore(tmp_path / "thumbnails.db")
    yield opened
    opened.close()
