"""Looking through a library: is the file whole, does everything belong to something, are the photos still there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import read_photo
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.originals import is_there, remove_spare
from fieldguide.storage.thumbnails import LONG_SIDE, ThumbnailStore, make_thumbnail


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and mended where it could be.

    Attributes:
        damage: what SQLite says of the file itself; empty: it is whole.
        orphans: rows that belonged to nothing, removed. unindexed: finds that no search would have found, indexed anew.
        missing: photos that are no longer where they were.
        thumbnails: small pictures that were made anew. spare: those of no photo, and
            copies of photos that belong to no find any more, removed.
    """

    damage: tuple[str, ...]
    orphans: int
    unindexed: int
    missing: tuple[Path, ...]
    thumbnails: int
    spare: int

    @property
    def well(self) -> bool:
        """Whether nothing is left that a person should know."""
        return not self.damage and not self.missing


def check_library(
    database: Database,
    store: ObservationStore,
    thumbnails: ThumbnailStore,
    should_stop: Callable[[], bool] = lambda: False,
) -> Checked:
    """Look through everything and mend what needs no person. Photos are looked for and, without a thumbnail, read.

    Raises:
        FieldGuideError: as `Database`.
    """
    damage = _damage(database)
    orphans = 0 if damage else _remove_orphans(database)
    unindexed = 0 if damage else store.index_missing()
    missing: list[Path] = []
    made, digests = 0, set[str]()
    for find in store.every():
        if should_stop():
            break
        digests |= {photo.sha256 for photo in find.photos}
        small = thumbnails.get([photo.sha256 for photo in find.photos])
        for photo in find.photos:
            if not is_there(photo.path):
                missing.append(photo.path)
            elif photo.sha256 not in small and _make_small(thumbnails, photo.path):
                made += 1
    digests |= {photo.sha256 for find in store.bin() for photo in find.photos}
    spare = 0 if should_stop() or damage else thumbnails.keep_only(digests) + remove_spare(database)
    return Checked(damage, orphans, unindexed, tuple(missing), made, spare)


def _damage(database: Database) -> tuple[str, ...]:
    with database.reading() as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
        strange = [f"{row[0]}: {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    return tuple([line for line in said if line != "ok"] + strange[:20])


def _remove_orphans(database: Database) -> int:
    statements = (
        "DELETE FROM observation WHERE id NOT IN (SELECT observation_id FROM photo)"
        " AND id NOT IN (SELECT observation_id FROM unreadable)",
        "DELETE FROM search WHERE rowid NOT IN (SELECT sort_key FROM observation WHERE deleted_at IS NULL)",
        "DELETE FROM job WHERE id NOT IN (SELECT job_id FROM job_find)",
    )
    with database.transaction() as connection:
        return sum(connection.execute(statement).rowcount for statement in statements)


def _make_small(thumbnails: ThumbnailStore, path: Path) -> bool:
    try:
        decoded = read_photo(path, LONG_SIDE // 2)
        thumbnails.add({decoded.photo.sha256: make_thumbnail(decoded.pixels)})
    except FieldGuideError:
        return False
    return True
