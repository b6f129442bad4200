"""The first second: until the window is painted, until a first find is stored, and what the window feels meanwhile.

    python tests/benchmarks/bench_start.py [PHOTO] [--runs 5] [--cold]

Each run is a fresh process offscreen that starts as `fieldguide` does, in a home of its own; the first run there, which
looks through the model, is told apart. The photo is dropped at the first paint. A timer in the window's thread beats
every 5 ms; a stall is a beat more than 50 ms late, and what that thread was doing is told from a look at it every 10 ms
by another thread; `worst_cpu` is what that thread computed itself in its longest turn, in milliseconds: a busy machine
changes it less. Memory after the verdict: resident bytes; the proportional share (PSS), which counts once what both
processes share, and less of torch's libraries while another program runs torch (beside a training half of 246 MB); and
`private_mb`, what no other program can lower. `--cold` drops the system's caches before each run, which only root may.
Times are from the start of the process. `cpu_window` is what its own process computed until the first paint: a busy
machine changes it less.
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
from collections import Counter
from pathlib import Path

from PIL import Image

BARS = {"window": 0.25, "verdict": 1.6, "worst_ms": 50.0, "pss_mb": 500.0}  # warm, on two quiet cores
SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "fly_agaric.png"
HOME = "FIELDGUIDE_HOME"

CHILD = """
import sys, time
began = float(sys.argv[2])
import json, threading
told, late = {}, []
def since():
    return time.time() - began

def watch(application_opening):
    import traceback
    from pathlib import Path
    from PySide6.QtCore import QTimer
    opening, window = application_opening, application_opening.front.window
    main, last, stalled = threading.main_thread().ident, [time.perf_counter(), time.thread_time()], []
    timer = QTimer(window)
    def beat():
        now = time.perf_counter()
        lateness = (now - last[0] - 0.005) * 1000
        computed = time.thread_time()
        if lateness > 50:
            late.append((round(lateness), round((computed - last[1]) * 1000), sorted(set(stalled))))
        told["worst_ms"] = max(told.get("worst_ms", 0), lateness)
        told["worst_cpu"] = max(told.get("worst_cpu", 0), (computed - last[1]) * 1000)
        last[:] = now, computed
        stalled.clear()
    def look():
        while "verdict" not in told:
            time.sleep(0.01)
            frame = sys._current_frames().get(main)
            if time.perf_counter() - last[0] > 0.03 and frame is not None:
                ours = [each for each in traceback.extract_stack(frame) if "fieldguide" in each.filename]
                where = ours[-1] if ours else traceback.extract_stack(frame)[-1]
                stalled.append(f"{Path(where.filename).name}:{where.lineno} {where.name}")
    timer.timeout.connect(beat)
    def painted():
        told["window"], told["cpu_window"] = since(), time.process_time()
        last[:] = time.perf_counter(), time.thread_time()
        timer.start(5)
        threading.Thread(target=look, daemon=True).start()
        window.paths_offered.emit([Path(sys.argv[1])])
    def opened():
        told["opened"] = since()
        parts = opening.application.parts
        parts.identifier.model_ready.connect(lambda _: told.setdefault("model", since()))
        parts.jobs.ended.connect(ended)
    def ended(*_):
        told["verdict"] = since()
        timer.stop()
        import psutil
        every = [psutil.Process(), *psutil.Process().children(recursive=True)]
        told["cpu_s"] = sum(sum(each.cpu_times()[:2]) for each in every)
        full = [each.memory_full_info() for each in every]
        told["rss_mb"] = sum(each.rss for each in full) / 2**20
        told["pss_mb"] = sum(getattr(each, "pss", each.rss) for each in full) / 2**20
        told["private_mb"] = sum(getattr(each, "uss", each.rss) for each in full) / 2**20
        told["processes"], told["stalls"] = len(every), len(late)
        print(json.dumps([told, late]), flush=True)
        window.close()
    window.first_painted.connect(painted)
    opening.opened.connect(opened)

import gc  # from here on as `fieldguide.app.main`
gc.disable()
from fieldguide.inference.child import Children
children = Children()
children.prepare()
from fieldguide.app.run import run
from fieldguide.app.opening import Opening
build = Opening.__init__
def __init__(self, *arguments):
    build(self, *arguments)
    watch(self)
Opening.__init__ = __init__
sys.exit(run([], None, children))
"""


def one_run(photo: Path, home: Path) -> tuple[dict[str, float], list[tuple[int, int, list[str]]]]:
    """Seconds, milliseconds and megabytes of one start, and its stalls with what ran."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", HOME: str(home)}
    command = [sys.executable, "-c", CHILD, str(photo), str(time.time())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if not done.stdout.strip():
        sys.exit(done.stderr)
    told, late = json.loads(done.stdout.splitlines()[-1])
    return told, late


def another(photo: Path, folder: Path, number: int) -> Path:
    """The same picture as another file: what the book holds already is not identified again."""
    with Image.open(photo) as picture:
        copy = picture.convert("RGB")
    copy.putpixel((0, 0), (number, 0, 0))
    path = folder / f"photo {number}.png"
    copy.save(path)
    return path


def drop_caches() -> None:
    """Let the system forget what it read."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")


def main() -> None:
    """Print a row for each run, the medians against the bars, and what ran in the stalls."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cold", action="store_true")
    arguments = parser.parse_args()
    columns = ("window", "opened", "model", "verdict", "worst_ms", "stalls", "worst_cpu")
    columns += ("pss_mb", "rss_mb", "private_mb", "cpu_window", "cpu_s")
    print(f"{'':8}" + "".join(f"{name:>11}" for name in columns))
    runs, stalls = [], []
    with tempfile.TemporaryDirectory() as home:
        for number in range(arguments.runs + 1):
            if arguments.cold:
                drop_caches()
            told, late = one_run(another(arguments.photo, Path(home), number), Path(home))
            runs.append(told)
            stalls += late if number else []
            print(f"{number or 'first':<8}" + "".join(f"{told.get(name, 0):11.2f}" for name in columns), flush=True)
    middle = {name: statistics.median(run.get(name, 0) for run in runs[1:]) for name in columns}
    print(f"{'median':<8}" + "".join(f"{middle[name]:11.2f}" for name in columns))
    if not arguments.cold:
        print(f"{'bar':<8}" + "".join(f"{BARS[name]:11.2f}" if name in BARS else f"{'':11}" for name in columns))
    print("stalls, ms on the clock and computed:", *(f"{ms}/{cpu}" for ms, cpu, _ in stalls))
    for where, times in Counter(place for _, _, places in stalls for place in places).most_common(12):
        print(f"  in {times} stalls: {where}")
    print(f"load {os.getloadavg()}, {os.cpu_count()} cores, {'cold' if arguments.cold else 'warm'}")


if __name__ == "__main__":
    main()
