from __future__ import annotations

from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.storage.backup import back_up
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from tests.helpers.stored_finds import make_find


def test_a_copy_holds_what_was_stored_a_moment_ago(
    database: Database, store: ObservationStore, guide: Guide, tmp_path: Path
) -> None:
    find = store.add(make_find(guide))
    back_up(database.path, tmp_path / "copy.db")
    with Database(tmp_path / "copy.db") as copy:
        assert ObservationStore(copy).get(find.id) == find
    assert sorted(file.name for file in tmp_path.glob("*.part")) == []


def test_a_place_that_cannot_be_written_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refused:
        back_up(database.path, tmp_path / "missing" / "copy.db")
    assert refused.value.code in (ErrorCode.NOT_WRITABLE, ErrorCode.DATABASE_DAMAGED)
