"""The first second: how long until the window is painted and a first find is stored, and what the window feels.

    python tests/benchmarks/bench_start.py PHOTO [--runs 5] [--cold]

Each run is a fresh process offscreen, in a home of its own, whose first run (which looks through the model) is told
apart. A timer in the GUI thread beats every 5 ms; a stall is how late a beat came. Memory: the resident bytes of both
processes after the verdict, and their proportional share, which counts what they share once. `--cold` drops the
system's caches before each run, which only root may. Times are from the start of the process; `cpu_s` is what both
processes computed, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import sys, time
began = float(sys.argv[2])
import os, json
import psutil
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from fieldguide.app import FieldGuide
from fieldguide.storage.locations import create_locations
told, beats = {}, []
qt = QApplication([])
told["imported"] = time.time() - began
app = FieldGuide(qt, create_locations(), None)
told["built"] = time.time() - began
timer = QTimer()
last = [time.perf_counter()]
def beat():
    now = time.perf_counter()
    beats.append((now - last[0] - 0.005) * 1000)
    last[0] = now
timer.timeout.connect(beat)
def painted():
    told["window"] = time.time() - began
    last[0] = time.perf_counter()
    timer.start(5)
    app.identify.take_paths([Path(sys.argv[1])])
def ended(*_):
    told["verdict"] = time.time() - began
    timer.stop()
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    told["cpu_s"] = sum(sum(each.cpu_times()[:2]) for each in processes)
    full = [each.memory_full_info() for each in processes]
    told["rss_mb"] = sum(each.rss for each in full) / 2**20
    told["pss_mb"] = sum(getattr(each, "pss", each.rss) for each in full) / 2**20
    told["worst_ms"], told["stalls"] = max(beats), sum(beat > 50 for beat in beats)
    print(json.dumps(told), flush=True)
    app.window.close()
app.window.first_painted.connect(painted)
app.parts.jobs.ended.connect(ended)
app.show()
qt.exec()
"""


def one_run(photo: Path, home: Path) -> dict[str, float]:
    """Seconds, milliseconds and megabytes of one start."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "FIELDGUIDE_HOME": str(home)}
    command = [sys.executable, "-c", CHILD, str(photo), str(time.time())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def drop_caches() -> None:
    """Let the system forget what it read."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")


def main() -> None:
    """Print each run, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cold", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        runs = []
        for number in range(arguments.runs + 1):
            if arguments.cold:
                drop_caches()
            runs.append(one_run(arguments.photo.absolute(), Path(home)))
            print("first" if not number else f"{number:5}", {key: round(value, 2) for key, value in runs[-1].items()})
    print("median", {key: round(statistics.median(run[key] for run in runs[1:]), 2) for key in runs[0]})
    print("load", os.getloadavg())


if __name__ == "__main__":
    main()
