"""Tries a frozen application the way a first user would: the sample picture must come back as the agreed JSON document.

python packaging/smoke_test.py dist/fieldguide
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


STAYS_OPEN_S = 15


def main(arguments: list[str]) -> int:
    """Try the command line and the window from an empty home; 0 when both work."""
    program = (Path(arguments[0]) / ("fieldguide.exe" if os.name == "nt" else "fieldguide")).resolve()
    with tempfile.TemporaryDirectory() as home:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        clean |= {"FIELDGUIDE_HOME": home, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
        problems = [*identify(program, clean), *open_window(program, clean)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def identify(program: Path, environment: dict[str, str]) -> list[str]:
    """What is wrong with the answer about the sample picture."""
    command = [str(program), "identify", "--json", str(ROOT / "resources/samples/fly_agaric.png")]
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
    """What is wrong with the window: it has to stay open until it is asked to go."""
    window = subprocess.Popen([str(program)], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _, said = window.communicate(timeout=STAYS_OPEN_S)
    except subprocess.TimeoutExpired:
        window.terminate()
        window.communicate()
        print(f"frozen: the window stayed open for {STAYS_OPEN_S} s")
        return []
    return [said, f"the window closed by itself with {window.returncode}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
