"""Looking through a library: what belongs to nothing goes, what is missing is made or told, and then all is well."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from fieldguide.core.guide import Guide
from fieldguide.core.photo import read_photo
from fieldguide.storage.checking import Checked, check_library
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter
from fieldguide.storage.thumbnails import ThumbnailStore
from tests.helpers.bundles import write_photo
from tests.helpers.stored_finds import make_find


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [write_photo(tmp_path / f"{number}.jpg", 0, number) for number in range(4)]


def test_orphans_go_and_what_is_missing_is_made_or_told(
    database: Database, store: ObservationStore, guide: Guide, photos: list[Path], tmp_path: Path
) -> None:
    finds = [store.add(make_find(guide, photos=(read_photo(file, 64).photo,), notes="oaks")).id for file in photos]
    photos[3].unlink()
    with database.transaction() as connection:
        connection.execute("DELETE FROM photo WHERE observation_id = ?", (finds[0],))
        connection.execute(
            "DELETE FROM search WHERE rowid = (SELECT sort_key FROM observation WHERE id = ?)", (finds[1],)
        )
        connection.execute("INSERT INTO search (rowid, called) VALUES (99, 'ghost')")
    with closing(ThumbnailStore(tmp_path / "thumbnails.db")) as thumbnails:
        thumbnails.add({"f" * 64: b"of no photo"})
        # The find without a photo, its words, and the words of none; then nothing is left to mend.
        assert check_library(database, store, thumbnails) == Checked((), 3, 1, (photos[3],), 2, 1)
        assert check_library(database, store, thumbnails) == Checked((), 0, 0, (photos[3],), 0, 0)
    assert {find.id for find in store.every(Filter(text="oaks"))} == set(finds[1:])
