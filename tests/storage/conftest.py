"""A real guide, and a real database in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldguide.core.guide import Guide, load_guide
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore


@pytest.fixture(scope="session")
def guide() -> Guide:
    return load_guide()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "observations.db") as opened:
        yield opened


@pytest.fixture
def store(database: Database, guide: Guide) -> ObservationStore:
    return ObservationStore(database, guide)
