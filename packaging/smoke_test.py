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


def main(arguments: list[str]) -> int:
    """Run the program on the sample from an empty home, and check the document; 0 when it is whole."""
    program = Path(arguments[0]) / ("fieldguide.exe" if os.name == "nt" else "fieldguide")
    with tempfile.TemporaryDirectory() as home:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        clean |= {"FIELDGUIDE_HOME": home, "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}
        command = [str(program.resolve()), "identify", "--json", str(ROOT / "resources/samples/fly_agaric.png")]
        done = subprocess.run(command, env=clean, cwd=home, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, f"exit status {done.returncode}", file=sys.stderr)
        return 1
    document = json.loads(done.stdout)
    (observation,) = document["observations"]
    problems = [
        problem
        for problem, is_there in {
            "no model": document["model"]["id"] and document["guide"]["version"],
            "the photo was not read": observation["photos"][0]["error"] is None,
            "not five candidates": len(observation["candidates"]) == 5,
            "no danger": observation["danger"]["level"] and observation["verdict"]["kind"],
        }.items()
        if not is_there
    ]
    best = observation["candidates"][0] if observation["candidates"] else {}
    print(f"frozen: {best.get('scientific_name')} {best.get('probability', 0):.0%}, {observation['danger']['level']}")
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
