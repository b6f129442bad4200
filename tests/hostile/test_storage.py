"""Files and disks that work against what is stored: nothing stored may be lost, and the sentence says what to do."""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.text import explain
from fieldguide.storage.change import Change
from fieldguide.storage.database import Database
from fieldguide.storage.export.csv import export_csv
from fieldguide.storage.health import count_finds
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from tests.helpers.stored_finds import make_find, make_photo


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def fill(path: Path, guide: Guide, finds: int = 40) -> None:
    with Database(path) as database, database.transaction():
        store = ObservationStore(database, guide)
        for _ in range(finds):
            store.add(make_find(guide, notes="a note that takes some room " * 20))


def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path, guide: Guide) -> None:
    path = tmp_path / "o.db"
    with Database(path, max_pages=90) as database:
        store = ObservationStore(database, guide)
        stored = []

        def add_for_ever() -> None:
            while True:
                stored.append(store.add(make_find(guide, notes=os.urandom(2000).hex())))

        with pytest.raises(FieldGuideError) as full:
            add_for_ever()
        assert full.value.code is ErrorCode.DISK_FULL
        assert str(path) in explain(full.value)
        assert store.count() == len(stored) > 0
        with pytest.raises(FieldGuideError):
            store.edit([stored[0].id], Change(notes="x" * 200_000))
        assert store.get(stored[0].id) == stored[0]
    with Database(path) as database:  # room again
        store = ObservationStore(database, guide)
        assert list(store.every()) == stored[::-1]
        store.add(make_find(guide))


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite_the_middle(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (path.stat().st_size - 8192))


def write_something_else(path: Path) -> None:
    path.write_text("these are not the finds you look for")


def cut_to_a_stub(path: Path) -> None:
    os.truncate(path, 50)


def of_an_unknown_form(path: Path) -> None:
    """SQLite then says "unsupported file format" with the code of a wrong statement."""
    with path.open("r+b") as stream:
        stream.seek(44)
        stream.write(b"\xff\xff\xff\xff")


@pytest.mark.parametrize(
    "damage", [cut_in_half, overwrite_the_middle, write_something_else, cut_to_a_stub, of_an_unknown_form]
)
def test_a_damaged_file_is_kept_and_named(tmp_path: Path, guide: Guide, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "o.db"
    fill(path, guide)
    damage(path)
    before = path.read_bytes()
    with pytest.raises(FieldGuideError) as refused, Database(path) as database:
        list(ObservationStore(database, guide).every())
    assert refused.value.code is ErrorCode.DATABASE_DAMAGED
    assert str(path) in explain(refused.value)
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(FieldGuideError) as refused:
        Database(path)
    assert refused.value.code is ErrorCode.DATABASE_DAMAGED
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE observation",
        "DROP TABLE photo",
        "ALTER TABLE candidate RENAME TO held; CREATE VIEW candidate AS SELECT * FROM held",
        "CREATE TRIGGER evil BEFORE INSERT ON candidate BEGIN SELECT RAISE(ABORT, 'no'); END",
    ],
)
def test_tables_that_were_changed_by_somebody_else_are_called_damage(tmp_path: Path, guide: Guide, change: str) -> None:
    path = tmp_path / "o.db"
    fill(path, guide, 2)
    with sqlite3.connect(path) as changed:
        changed.executescript(change)
    changed.close()
    with pytest.raises(FieldGuideError) as caught, Database(path) as database:
        ObservationStore(database, guide).add(make_find(guide))
    assert caught.value.code is ErrorCode.DATABASE_DAMAGED
    assert "o.db" in explain(caught.value)


def test_another_programs_tables_under_a_version_of_ours_are_called_damage(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    with sqlite3.connect(path) as other:
        other.executescript("CREATE TABLE places (id); PRAGMA user_version = 3")
    other.close()
    with pytest.raises(FieldGuideError) as caught:
        Database(path)
    assert caught.value.code is ErrorCode.DATABASE_DAMAGED


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "o.db")
    for ask in (Database, count_finds):
        with pytest.raises(FieldGuideError) as caught:
            ask(tmp_path / "o.db")
        assert caught.value.code is ErrorCode.NOT_WRITABLE


def test_an_interrupted_first_start_begins_again(tmp_path: Path, guide: Guide) -> None:
    path = tmp_path / "o.db"
    path.touch()  # made, and then the power failed
    find = make_find(guide)
    with Database(path) as database:
        stored = ObservationStore(database, guide).add(find)
    with Database(path) as database:
        (kept,) = ObservationStore(database, guide).page().observations
    assert kept == stored
    assert kept.identification == find.identification


def test_a_file_held_by_another_is_said_to_be_busy(
    tmp_path: Path, guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldguide.storage.connection.BUSY_SECONDS", 0.01)
    path = tmp_path / "o.db"
    with Database(path) as one, Database(path) as two, one.transaction():
        with pytest.raises(FieldGuideError) as refused:
            ObservationStore(two, guide).add(make_find(guide))
        assert refused.value.code is ErrorCode.DATABASE_BUSY
        assert ObservationStore(two, guide).count() == 0  # reading goes on


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(FieldGuideError) as refused:
        Database(folder / "o.db")
    assert refused.value.code is ErrorCode.NOT_WRITABLE


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "o.db").mkdir()
    with pytest.raises(FieldGuideError) as refused:
        Database(tmp_path / "o.db")
    assert refused.value.code is ErrorCode.NOT_WRITABLE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets names be any bytes")
def test_a_name_that_is_no_utf8_is_kept_byte_for_byte(tmp_path: Path, guide: Guide) -> None:
    odd = Path(os.fsdecode(b"/finds/caf\xe9.jpg"))
    find = replace(make_find(guide), photos=(replace(make_photo("a.jpg"), path=odd),))
    with Database(tmp_path / "o.db") as database:
        store = ObservationStore(database, guide)
        number = store.add(find).id
        store.delete([number])
        store.undo()
        kept = store.get(number)
        assert kept is not None
        assert os.fsencode(kept.photos[0].path) == b"/finds/caf\xe9.jpg"
        export_csv([kept], guide, tmp_path / "finds.csv")


WORDS = [
    "'; DROP TABLE observation; --",
    "half a pair \ud83c",
    "nul \x00 inside",
    "🍄" * 5000,
    "\u202egnirts",
    "a" * 10**6,
]


@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
def test_any_words_can_be_noted_and_searched(tmp_path: Path, guide: Guide, words: str) -> None:
    with Database(tmp_path / "o.db") as database:
        store = ObservationStore(database, guide)
        find = store.add(make_find(guide))
        store.edit([find.id], Change(notes=words, tags=(words,)))
        store.page(Filter(text=words))
        store.undo()
        assert store.get(find.id) == find


def test_a_value_that_another_program_wrote_is_damage_and_no_defect(tmp_path: Path, guide: Guide) -> None:
    whole = tmp_path / "o.db"
    fill(whole, guide, 2)
    with closing(sqlite3.connect(whole)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = [
            (table, name)
            for table in tables
            if not table.startswith(("search", "sqlite_"))
            for _, name, *_, key in connection.execute(f"PRAGMA table_info({table})")
            if not key
        ]
    damaged = dict[tuple[str, str], ErrorCode]()
    for number, (table, column) in enumerate(columns):
        path = tmp_path / f"{number}.db"
        path.write_bytes(whole.read_bytes())
        with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error), connection:
            connection.execute("PRAGMA ignore_check_constraints = 1")
            connection.execute(f"UPDATE {table} SET {column} = '\u202e=1+1<b>'")
        try:
            with Database(path) as database:
                store = ObservationStore(database, guide)
                for find in store.every():
                    store.identifications(find.id)
        except FieldGuideError as problem:
            damaged[(table, column)] = problem.code
    assert set(damaged) >= {("taxon", "rank"), ("photo", "taken_at"), ("candidate", "danger")}
    assert set(damaged.values()) == {ErrorCode.DATABASE_DAMAGED}
