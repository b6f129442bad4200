"""Tries a frozen application the way a first user would: the sample picture on the command line, then in the window.

python packaging/smoke_test.py dist/fieldguide
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "resources" / "samples" / "fly_agaric.png"
PATIENCE_S = 240  # the same as the patience of --selftest
LOOK_S = 0.5


def main(arguments: list[str]) -> int:
    """Try the command line and the window from an empty home; 0 when both work."""
    folder = Path(arguments[0])
    inside = folder / "Contents" / "MacOS" if folder.suffix == ".app" else folder
    program = (inside / ("fieldguide.exe" if os.name == "nt" else "fieldguide")).resolve()
    with tempfile.TemporaryDirectory() as home:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        clean |= {"FIELDGUIDE_HOME": home, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
        problems = [said for check in (selftest, identify, trainer, open_window) for said in check(program, clean)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def selftest(program: Path, environment: dict[str, str]) -> list[str]:
    """What the program's own check of itself says, when it fails."""
    command = [str(program), "--selftest"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    print(done.stdout, end="")
    return [] if done.returncode == 0 else [done.stderr, f"--selftest ended with {done.returncode}"]


def trainer(program: Path, environment: dict[str, str]) -> list[str]:
    """The trainer is not set up, and the package carries what it is made of."""
    command = [str(program), "train", "run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    return [] if done.returncode == 2 and "--set-up" in done.stderr else [done.stderr, "no wheel of the trainer"]


def identify(program: Path, environment: dict[str, str]) -> list[str]:
    """What is wrong with the answer about the sample picture."""
    command = [str(program), "identify", "--json", str(SAMPLE)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        return [done.stdout, done.stderr, f"identify ended with {done.returncode}"]
    document = json.loads(done.stdout)
    (observation,) = document["observations"]
    holds = {
        "no model or no guide": document["model"]["id"] and document["guide"]["version"],
        "the photo was not read": observation["photos"][0]["error"] is None,
        "not five candidates": len(observation["candidates"]) == 5,
        "no danger or no verdict": observation["danger"]["level"] and observation["verdict"]["kind"],
    }
    for candidate in observation["candidates"][:1]:
        print(
            f"frozen: {candidate['scientific_name']} {candidate['probability']:.0%}, {observation['danger']['level']}"
        )
    return [problem for problem, is_well in holds.items() if not is_well]


def open_window(program: Path, environment: dict[str, str]) -> list[str]:
    """What is wrong with the window: it has to keep what it identified, and to stay open until it is asked to go.

    Waits for the find and not for a number of seconds: a busy machine took 90 for what a quiet one does in three.
    """
    home = Path(environment["FIELDGUIDE_HOME"])
    begun = time.monotonic()
    with (home / "said.txt").open("w+", encoding="utf-8", errors="replace") as said:
        window = subprocess.Popen([str(program), str(SAMPLE)], env=environment, stdout=said, stderr=said)
        while window.poll() is None and (kept := finds(home)) != 1 and time.monotonic() - begun < PATIENCE_S:
            time.sleep(LOOK_S)
        closed = window.poll()
        window.terminate()
        window.wait()
        said.seek(0)
        words = said.read()
    if closed is not None:
        return [words, f"the window closed by itself with {closed}"]
    seconds = time.monotonic() - begun
    if kept != 1:
        log = (home / "logs" / "fieldguide.log").read_text(encoding="utf-8")
        return [words, log, f"after {seconds:.0f} s the window had kept {kept} finds instead of one"]
    print(f"frozen: the window kept the find after {seconds:.0f} s")
    return []


def finds(home: Path) -> int:
    """How many finds the window has kept; none while it is making the database."""
    file = home / "data" / "observations.db"
    if not file.exists():
        return 0
    try:
        with closing(sqlite3.connect(file)) as history:
            ((kept,),) = history.execute("SELECT count(*) FROM observation")
    except sqlite3.OperationalError:
        return 0
    return int(kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
