import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage.database import MIGRATIONS, Database

KNOWN = len(list(MIGRATIONS.glob("*.sql")))
MORE = f"{KNOWN + 1:03}_more.sql"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Migrations of a later version: ours and one more."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for script in MIGRATIONS.glob("*.sql"):
        (folder / script.name).write_text(script.read_text())
    (folder / MORE).write_text("CREATE TABLE more (word TEXT); INSERT INTO more VALUES ('kept');")
    return folder


def test_a_new_file_is_migrated_and_opens_again(tmp_path: Path) -> None:
    for _ in range(2):
        with Database(tmp_path / "new" / "o.db") as database, database.reading() as connection:
            assert connection.execute("PRAGMA user_version").fetchone()[0] == KNOWN
            assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["o.db"]


def test_an_old_file_is_backed_up_before_each_step(tmp_path: Path, later: Path) -> None:
    path = tmp_path / "o.db"
    with Database(path) as database, database.transaction() as connection:
        connection.execute("INSERT INTO library VALUES ('before')")
    with Database(path, migrations=later) as database, database.reading() as connection:
        assert connection.execute("SELECT word FROM more").fetchone()[0] == "kept"
        assert connection.execute("SELECT uuid FROM library").fetchone()[0] == "before"
    with Database(tmp_path / f"o.before-{KNOWN + 1:03}.db") as backup, backup.reading() as connection:
        assert connection.execute("SELECT uuid FROM library").fetchone()[0] == "before"


def test_the_copy_before_a_step_is_of_before_however_many_open_at_once(tmp_path: Path, later: Path) -> None:
    for number in range(5):
        path = tmp_path / f"{number}.db"
        Database(path).close()
        with ThreadPoolExecutor(6) as pool:
            for opened in [pool.submit(Database, path, migrations=later) for _ in range(6)]:
                opened.result().close()
        with closing(sqlite3.connect(tmp_path / f"{number}.before-{KNOWN + 1:03}.db")) as copy:
            assert copy.execute("PRAGMA user_version").fetchone()[0] == KNOWN
    assert not list(tmp_path.glob("*.part"))


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, later: Path) -> None:
    path = tmp_path / "o.db"
    Database(path).close()
    (later / MORE).write_text("CREATE TABLE more (word TEXT); INSERT INTO more VALUES (1, 2);")
    with pytest.raises(sqlite3.OperationalError, match="2 values"):
        Database(path, migrations=later)
    with Database(path) as database, database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone()[0] == 0


def test_a_newer_file_is_refused_and_not_touched(tmp_path: Path, later: Path) -> None:
    path = tmp_path / "o.db"
    Database(path, migrations=later).close()
    before = path.read_bytes()
    with pytest.raises(FieldGuideError) as refused:
        Database(path)
    assert refused.value.code is ErrorCode.DATABASE_TOO_NEW
    assert refused.value.facts == {"path": str(path), "version": KNOWN + 1, "known": KNOWN}
    assert path.read_bytes() == before
    assert not path.with_name("o.db-wal").exists()


def test_a_newer_version_that_is_still_in_the_log_is_refused(tmp_path: Path, later: Path) -> None:
    path = tmp_path / "o.db"
    Database(path).close()
    newer = Database(path, migrations=later)
    try:
        with pytest.raises(FieldGuideError) as refused:
            Database(path)
        assert refused.value.code is ErrorCode.DATABASE_TOO_NEW
    finally:
        newer.close()


def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    def write_half() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO library VALUES ('half')")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM library").fetchone()[0] == 0
