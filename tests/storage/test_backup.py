from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.storage.backup import back_up, back_up_on_schedule, backups
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


def test_copies_by_schedule_rotate_and_the_latest_always_stays(database: Database, tmp_path: Path) -> None:
    folder, start = tmp_path / "backups", datetime(2026, 10, 1, 9)

    def day(number: int, kept: int = 3) -> Path | None:
        return back_up_on_schedule(database.path, folder, days=2, kept=kept, now=start + timedelta(days=number))

    assert back_up_on_schedule(database.path, folder, days=0, kept=3, now=start) is None
    made = [day(number) for number in range(10)]
    assert [copy is not None for copy in made] == [True, False] * 5
    assert backups(folder) == [copy for copy in reversed(made) if copy is not None][:3]
    for kept in (3, 1):  # the clock went back: copies of the future are there
        late = day(-30 + kept, kept)
        assert late is not None
        assert late in backups(folder)
        assert len(backups(folder)) == kept
