"""Signal 9 in the middle of a job and of a restore: nothing committed is lost, nothing comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.storage.backup import back_up, back_up_on_schedule, backups
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.restoring import finish_restore, prepare_restore
from tests.helpers.stored_finds import make_find

ROOT = Path(__file__).resolve().parents[2]
KILLS = os.environ.get("FIELDGUIDE_KILLS", "24")


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its children")
def test_a_job_that_is_killed_goes_on_where_it_was(bundle_path: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.helpers.killed_jobs", str(tmp_path), str(bundle_path), KILLS, "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"killed {KILLS} times" in done.stdout


def crash_with_a_log(path: Path) -> None:
    """What a kill leaves: committed notes that are in the write-ahead log alone."""
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from fieldguide.storage.database import Database\n"
        "database = Database(Path(sys.argv[1]))\n"
        "with database.transaction() as connection:\n"
        "    connection.execute(\"UPDATE observation SET notes = 'of the log'\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert path.with_name("o.db-wal").stat().st_size > 0


def notes(path: Path) -> list[str]:
    with Database(path) as database:
        return [find.notes for find in ObservationStore(database).every()]


@pytest.fixture
def crashed(tmp_path: Path, guide: Guide) -> Path:
    path = tmp_path / "o.db"
    with Database(path) as database:
        store = ObservationStore(database, guide)
        find = store.add(make_find(guide, notes="of the copy"))
        back_up(path, tmp_path / "copy.db")
        store.edit([find.id], Change(notes="later"))
    crash_with_a_log(path)
    return path


def test_a_restored_copy_never_meets_the_old_log(crashed: Path, tmp_path: Path) -> None:
    prepare_restore(crashed, tmp_path / "copy.db", Database.known_version())
    kept = finish_restore(crashed)
    assert notes(crashed) == ["of the copy"]
    assert kept is not None
    assert notes(kept) == ["of the log"]


@pytest.mark.parametrize("steps", range(3))
def test_a_restore_that_is_cut_off_is_finished_at_the_next_start(crashed: Path, tmp_path: Path, steps: int) -> None:
    """As if the power went after so many of its renames; the log is put back as if it had not been folded."""
    log = crashed.with_name("o.db-wal").read_bytes()
    prepare_restore(crashed, tmp_path / "copy.db", Database.known_version())
    crashed.with_name("o.db-wal").write_bytes(log)
    for part in [crashed, crashed.with_name("o.db-wal")][:steps]:
        part.rename(part.with_name(f"gone.{part.name}"))
    assert notes(crashed) == ["of the copy"]


def test_an_open_library_restores_and_goes_on(tmp_path: Path, guide: Guide) -> None:
    with Database(tmp_path / "o.db") as database:
        store = ObservationStore(database, guide)
        find = store.add(make_find(guide, notes="of the copy"))
        back_up(tmp_path / "o.db", tmp_path / "copy.db")
        store.edit([find.id], Change(notes="later"))
        database.restore(tmp_path / "copy.db")
        assert [find.notes for find in store.every()] == ["of the copy"]
        (tmp_path / "bad.db").write_bytes(b"no database" * 100)
        with pytest.raises(FieldGuideError) as refused:
            database.restore(tmp_path / "bad.db")
        assert refused.value.code is ErrorCode.DATABASE_DAMAGED
        assert [find.notes for find in store.every()] == ["of the copy"]


def test_no_restore_under_the_hands_of_another_program(tmp_path: Path, guide: Guide) -> None:
    with Database(tmp_path / "o.db") as database:
        ObservationStore(database, guide).add(make_find(guide))
        back_up(tmp_path / "o.db", tmp_path / "copy.db")
        with pytest.raises(FieldGuideError) as refused:
            prepare_restore(tmp_path / "o.db", tmp_path / "copy.db", Database.known_version())
        assert refused.value.code is ErrorCode.DATABASE_BUSY
        assert ObservationStore(database).count() == 1


def test_copies_come_by_schedule_and_leave_by_age(tmp_path: Path) -> None:
    from datetime import datetime, timedelta

    Database(tmp_path / "o.db").close()
    folder, day = tmp_path / "backups", datetime(2026, 10, 1, 9)
    made = [
        back_up_on_schedule(tmp_path / "o.db", folder, days=2, kept=3, now=day + timedelta(days=passed))
        for passed in range(10)
    ]
    assert [copy is not None for copy in made] == [True, False] * 5
    assert len(backups(folder)) == 3
    assert back_up_on_schedule(tmp_path / "o.db", folder, days=0, kept=3) is None
    back = day - timedelta(days=400)  # the clock went back: the copies of the future stop nothing
    assert back_up_on_schedule(tmp_path / "o.db", folder, days=2, kept=9, now=back) is not None
