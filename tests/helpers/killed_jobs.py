"""Kills a job with signal 9 at random moments, starts it again, and looks that nothing is lost and nothing twice.

A program of its own (`python -m tests.helpers.killed_jobs FOLDER BUNDLE KILLS SEED`): it loads the model once and forks
the children that it kills. By hand with hundreds, in the tests with dozens.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from fieldguide.core.guide import load_guide
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.runtime import Runtime
from fieldguide.services.batch import Stores
from fieldguide.services.job_run import JobRun
from fieldguide.storage.database import Database
from fieldguide.storage.jobs import JobStore
from fieldguide.storage.observations import ObservationStore, Settled
from fieldguide.storage.thumbnails import ThumbnailStore

FINDS = 24


def main(folder: Path, bundle: Path, kills: int, seed: int) -> None:
    from tests.helpers.bundles import write_photo

    chance = random.Random(seed)
    groups = [[write_photo(folder / f"{n}.jpg", n % 3, n)] for n in range(FINDS)]
    guide = load_guide()
    identifier = FindIdentifier(Runtime.load(bundle, "cpu", 1), guide)
    killed, jobs_done = 0, 0
    while killed < kills:
        home = folder / f"library{jobs_done}"
        with Database(home / "o.db") as database:
            number = JobStore(database).begin(groups, "card").number
        seen: dict[str, int] = {}
        while True:
            child = os.fork()
            if child == 0:
                go_on(home, guide, identifier, number)
                os._exit(0)
            if killed < kills:
                time.sleep(chance.random() * 0.5)
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            was_killed = os.WIFSIGNALED(status)
            killed += was_killed
            assert was_killed or status == 0, status
            seen = look(home, number, groups, seen)
            if not was_killed:
                break
        assert len(seen) == FINDS, len(seen)
        jobs_done += 1
    print(f"killed {killed} times, {jobs_done} jobs of {FINDS} finds: none lost, none twice")


def go_on(home: Path, guide, identifier: FindIdentifier, number: int) -> None:
    """What the command line does; each find is told outside once it is stored, so that the parent can know."""
    with Database(home / "o.db") as database:
        stores = Stores(ObservationStore(database, guide), ThumbnailStore(home / "t.db"))
        log = os.open(home / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def tell(settled: Settled) -> None:
            os.write(log, f"{settled.observation.photos[0].path}\n".encode())

        JobRun(JobStore(database), stores, tell).run(number, lambda: identifier)


def look(home: Path, number: int, groups: list[list[Path]], before: dict[str, int]) -> dict[str, int]:
    with Database(home / "o.db") as database:
        finds = list(ObservationStore(database).every())
        stored = {str(photo.path): find.id for find in finds for photo in find.photos}
        assert len(stored) == len(finds), "one find twice"
        for path, found in before.items():
            assert stored.get(path) == found, f"{path} was there and is gone"
        told = (home / "told").read_text().splitlines() if (home / "told").exists() else []
        assert set(told) <= set(stored), "told as stored and not there"
        status = JobStore(database).status(number)
        assert status is not None
        assert status.waiting == len(groups) - len(stored), "the job and the book disagree"
        with database.reading() as connection:
            assert connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    return stored


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
