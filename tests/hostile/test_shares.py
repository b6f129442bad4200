"""Libraries on shares and sticks: dead locks, several who write at once, folders that only can be read."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.text import explain
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from tests.helpers.faults import ROOT, run_with_faults
from tests.helpers.stored_finds import make_find

OPENS = """
import sys
from pathlib import Path
from fieldguide.storage.database import Database
with Database(Path(sys.argv[1])) as database:
    with database.transaction() as connection:
        connection.execute("INSERT INTO library VALUES ('there')")
    with database.reading() as connection:
        print(connection.execute("PRAGMA journal_mode").fetchone()[0])
"""


def test_where_memory_cannot_be_shared_a_rollback_journal_serves(tmp_path: Path) -> None:
    """A dead network share answers every lock of the shared memory with an error: SQLITE_PROTOCOL.

    Takes 20 s, in which SQLite sleeps: it asks a hundred times before it gives up.
    """
    library = tmp_path / "library"
    library.mkdir()
    for _ in range(2):
        dead = {"LOCKS_BELOW": str(library), "LOCKS_ERRNO": str(errno.EACCES)}
        assert run_with_faults(tmp_path, "-c", OPENS, str(library / "o.db"), **dead).strip() == "delete"
    with sqlite3.connect(library / "o.db") as connection:
        assert connection.execute("SELECT count(*) FROM library").fetchone()[0] == 2


WRITES = """
import sys
from pathlib import Path
from fieldguide.core.guide import load_guide
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from tests.helpers.stored_finds import make_find, make_photo
who, guide = sys.argv[2], load_guide()
with Database(Path(sys.argv[1])) as database:
    store = ObservationStore(database, guide)
    seen = 0
    store.changed_elsewhere()
    print("ready", flush=True)
    sys.stdin.readline()  # both begin at once
    for number in range(40):
        find = store.add(make_find(guide, photos=(make_photo(f"{who}{number}.jpg"),), notes=who))
        store.edit([find.id], Change(tags=(who, str(number))))
        seen += store.changed_elsewhere()
    print("done", flush=True)
    sys.stdin.readline()  # one may have written everything before the other began
    print(seen + store.changed_elsewhere())
"""


def test_two_who_write_at_once_lose_nothing_and_see_each_other(tmp_path: Path) -> None:
    library = tmp_path / "o.db"
    command = [sys.executable, "-c", WRITES, str(library)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([*command, who], cwd=ROOT, **pipes) for who in ("ann", "bob")]
    for word in ("ready", "done"):
        for each in both:
            assert each.stdout is not None
            assert each.stdout.readline() == f"{word}\n"
        for each in both:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
    told = [each.communicate(timeout=120)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert all(int(seen) > 0 for seen in told), "each saw that the other wrote"
    with Database(library) as database:
        store = ObservationStore(database, load_guide())
        for who in ("ann", "bob"):
            finds = list(store.every(Filter(tags=frozenset({who}))))
            assert sorted(int(tag) for find in finds for tag in set(find.tags) - {who}) == list(range(40))
            assert {find.notes for find in finds} == {who}
        with database.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert store.steps() == 80


def test_many_who_open_a_new_library_at_once_make_it_once(tmp_path: Path) -> None:
    """A step that two took would turn the version back, and the next start would fail."""
    together = threading.Barrier(6)

    def open_it(path: Path) -> None:
        together.wait()
        Database(path).close()

    for number in range(10):
        library = tmp_path / f"{number}.db"
        with ThreadPoolExecutor(together.parties) as pool:
            for opened in [pool.submit(open_it, library) for _ in range(together.parties)]:
                opened.result()
        with closing(sqlite3.connect(library)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone()[0] == Database.known_version()
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("locked", ["folder", "file"])
def test_a_library_that_can_only_be_read_is_named_and_left_alone(tmp_path: Path, locked: str) -> None:
    library = tmp_path / "library"
    with Database(library / "o.db") as database:
        ObservationStore(database).add(make_find(load_guide()))
    before = (library / "o.db").read_bytes()
    closed = library if locked == "folder" else library / "o.db"
    closed.chmod(0o500 if locked == "folder" else 0o400)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    try:
        with pytest.raises(FieldGuideError) as refused, Database(library / "o.db") as database:
            ObservationStore(database).add(make_find(load_guide()))
        assert refused.value.code is ErrorCode.NOT_WRITABLE
        assert str(library) in explain(refused.value)
    finally:
        closed.chmod(0o700)
    assert (library / "o.db").read_bytes() == before
