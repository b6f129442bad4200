"""A history over a real database, with lanes that must come to rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldguide.core.guide import Guide
from fieldguide.services.lanes import Lanes
from fieldguide.services.library import Library
from fieldguide.services.notices import Notices
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.ui.kit.thumbnails import Thumbnails


@pytest.fixture
def store(tmp_path: Path, guide: Guide) -> Iterator[ObservationStore]:
    with Database(tmp_path / "finds.db") as database:
        yield ObservationStore(database, guide)


@pytest.fixture
def lanes(qapp, store: ObservationStore) -> Iterator[Lanes]:
    opened = Lanes()
    yield opened
    assert opened.drain(), "a lane did not come to rest"


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def library(store: ObservationStore, guide: Guide, lanes: Lanes, notices: Notices) -> Library:
    return Library(store, guide, lanes, notices)


@pytest.fixture
def thumbnails(qapp) -> Thumbnails:
    return Thumbnails()
