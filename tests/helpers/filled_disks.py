"""Lets the disk get full in the middle of everything that is written, after ever more bytes, and looks what is left.

A program of its own (`python -m tests.helpers.filled_disks FOLDER`), preloaded with `faults.c`. Prints a line a step.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.records import Observation, Photo
from fieldguide.storage.backup import back_up, back_up_on_schedule
from fieldguide.storage.change import Change
from fieldguide.storage.database import MIGRATIONS, Database
from fieldguide.storage.export import ExportKind
from fieldguide.storage.export.places import Places
from fieldguide.storage.export.write import export_finds
from fieldguide.storage.health import count_finds
from fieldguide.storage.inbox import hand_over
from fieldguide.storage.jobs import JobPlace, JobStore
from fieldguide.storage.locations import Locations, create_locations
from fieldguide.storage.moving import is_library, take_along
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.originals import PHOTOS
from fieldguide.storage.settings import Settings, read_settings, save_settings
from fieldguide.storage.thumbnails import ThumbnailStore
from tests.helpers.bundles import write_photo
from tests.helpers.stored_finds import EDULIS, make_find

_FULL = ctypes.CDLL(os.environ["FAULTS"]).full_disk_after
ROOMS = (0, 1, 600, 5_000, 20_000, 45_000, 90_000, 180_000, 400_000, 800_000, 4_000_000)  # bytes until the disk is full
_LOGS = ("-wal", "-shm", "-journal")  # SQLite's own, which are folded in at the next opening


class Ground:
    """A library with three finds, and everything beside it that is written to."""

    def __init__(self, root: Path, guide: Guide) -> None:
        self.root, self.guide = root, guide
        self.places: Locations = create_locations()
        self.photos = [write_photo(root / "card" / f"{n}.jpg", n % 3, n, (800, 600)) for n in range(6)]
        (root / "out").mkdir()
        self.database = Database(self.places.database)
        self.store = ObservationStore(self.database, guide)
        self.jobs = JobStore(self.database)
        self.thumbnails = ThumbnailStore(self.places.thumbnails)
        for number in range(3):
            self.store.add(self.find(number))
        self.older, self.later = root / "older.db", root.parent / "later"  # a book of today, for a program of tomorrow
        back_up(self.places.database, self.older)
        self.later.mkdir()
        for script in MIGRATIONS.glob("*.sql"):
            (self.later / script.name).write_bytes(script.read_bytes())
        more = "CREATE TABLE more (words TEXT); INSERT INTO more SELECT hex(randomblob(20000));"
        (self.later / f"{Database.known_version() + 1:03}_more.sql").write_text(more)
        self.job = self.jobs.begin([[path] for path in self.photos[3:]], "card").number

    def find(self, number: int) -> Observation:
        path = self.photos[number]
        content = path.read_bytes()
        photo = Photo(path, hashlib.sha256(content).hexdigest(), 800, 600, bytes=len(content))
        return replace(make_find(self.guide, EDULIS, photos=(photo,), notes=f"number {number}"), verified=EDULIS)

    def settle(self, position: int, *, copies: bool) -> object:
        self.store.copies = copies
        return self.store.settle(JobPlace(self.job, position), self.find(3 + position))

    def state(self) -> dict[str, object]:
        """Everything that must be as it was when a step fails."""
        files = [path for path in self.root.rglob("*") if path.is_file() and not path.name.endswith(_LOGS)]
        own = (self.places.database, self.places.thumbnails)
        kept = (self.places.library / PHOTOS, self.root / "stick" / PHOTOS)
        copies = [path for path in files if any(path.is_relative_to(folder) for folder in kept)]
        for copy in copies:  # one that its find, or its book, could not follow waits for it, whole
            assert hashlib.sha256(copy.read_bytes()).hexdigest().startswith(copy.stem.rpartition("-")[2]), copy
            files.remove(copy)
        for copy in [path for path in files if ".before-" in path.name]:
            assert count_finds(copy).endswith("ok"), copy
            files.remove(copy)
        return {
            "finds": list(self.store.every()),
            "bin": self.store.bin(),
            "jobs": self.jobs.every(),
            "steps": self.store.steps(),
            "moved": is_library(self.root / "stick"),
            "settings": read_settings(self.places.settings),
            "files": {path: b"" if path in own else path.read_bytes() for path in files},
        }


def main(root: Path) -> None:
    os.environ["FIELDGUIDE_HOME"] = str(root / "home")
    ground = Ground(root, load_guide())
    for name, act in steps().items():
        outcomes: list[str] = []
        for room in ROOMS:
            outcomes.append(fill(name, ground, act, room))
            if outcomes[-1] == "done":
                break
        assert outcomes[-1] == "done", f"{name} needs more room than {ROOMS[-1]} bytes"
        assert len(outcomes) > 1, f"{name} writes nothing"
        print(name, *outcomes, flush=True)
    ground.database.close()
    ground.thumbnails.close()


def fill(name: str, ground: Ground, act: Callable[[Ground], object], room: int) -> str:
    before, outcome = ground.state(), "done"
    _FULL(room)
    try:
        act(ground)
    except FieldGuideError as refused:
        outcome = refused.code.value
    finally:
        _FULL(-1)
    if outcome != "done":
        assert outcome == ErrorCode.DISK_FULL, f"{name}: {outcome} after {room} bytes"
        after = ground.state()
        for what, was in before.items():
            assert after[what] == was, f"{name} after {room} bytes: {what} {difference(was, after[what])}"
    with ground.database.reading() as connection:
        assert connection.execute("PRAGMA quick_check").fetchone()[0] == "ok", name
    return outcome


def difference(was: object, now: object) -> str:
    if isinstance(was, dict) and isinstance(now, dict):
        return str([str(key) for key in {*was, *now} if was.get(key) != now.get(key)])
    return f"{was!r:.300} became {now!r:.300}"


def steps() -> dict[str, Callable[[Ground], object]]:
    """Everything that writes, each on a ground of its own."""

    def export(kind: ExportKind) -> Callable[[Ground], object]:
        def act(ground: Ground) -> object:
            return export_finds(
                kind,
                ground.store.every(),
                ground.guide,
                ground.root / "out" / kind.value,
                language="en",
                places=Places.EXACT,
                library=UUID(int=1),
                verified_only=False,
            )

        return act

    def migrate(ground: Ground) -> None:
        Database(ground.older, migrations=ground.later).close()

    return {
        "job": lambda ground: ground.jobs.begin([[Path(f"/card/{n}.jpg")] for n in range(500)], "card"),
        "settle": lambda ground: ground.settle(0, copies=False),
        "settle_copies": lambda ground: ground.settle(1, copies=True),
        "notes": lambda ground: ground.store.edit([1, 2], Change(notes="x" * 30_000)),
        "grow": lambda ground: ground.store.grow(1, ground.find(5)),
        "merge": lambda ground: ground.store.merge([1, 2]),
        "undo": lambda ground: ground.store.undo(),
        "split": lambda ground: ground.store.split(1, [0]),
        "delete": lambda ground: ground.store.delete([1, 2, 3]),
        "restore": lambda ground: ground.store.restore([1, 2, 3]),
        "thumbnails": lambda ground: ground.thumbnails.add({"ab" * 32: os.urandom(30_000)}),
        "backup": lambda ground: back_up(ground.places.database, ground.root / "copy.db"),
        "schedule": lambda ground: back_up_on_schedule(ground.places.database, ground.places.backups, days=1, kept=2),
        "settings": lambda ground: save_settings(ground.places.settings, Settings(recorded_by="a club")),
        "moving": lambda ground: take_along(ground.places, ground.root / "stick"),
        "migration": migrate,
        "letter": lambda ground: hand_over(ground.places.library, ground.photos, patience=0.0) or None,
        **{kind.value: export(kind) for kind in ExportKind if kind is not ExportKind.REPORT},
        "bring_back": lambda ground: ground.store.bring_back(ground.root / "copy.db"),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
