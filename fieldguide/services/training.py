"""The trainer as a child process: started, followed by the lines it writes into a file, paused, stopped, taken up.

The file outlives both sides: a window that died finds at its next start what the child did meanwhile. The child has a
session of its own, so it dies with nobody; it runs behind everything else and leaves one core free.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QTimer, Signal

from fieldguide.core.atomic import write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.training import events
from fieldguide.core.training.decisions import DECISIONS, Decision, Decisions
from fieldguide.storage.locations import make_folder

NEEDED = ("trainer", "torchvision", "timm", "sklearn", "msgspec", "jinja2")
POLL_MS = 400
ENDS_WITHIN = 2.0  # seconds
BEHIND = 10  # nice: everything else goes before it
LOST_MINUTES = 2  # between two checkpoints of the trainer, at most


@dataclass(frozen=True, slots=True)
class Plan:
    """One training: which folders, which preset, where; `goes_on` when the window closes. `pid` 0: no child runs."""

    run: str
    folders: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    preset: str = "quick"
    goes_on: bool = False
    pid: int = 0
    created: float = 0.0


def find_trainer() -> tuple[str, ...] | None:
    """The command before the verb; None where the trainer or its libraries are not installed. Imports nothing."""
    if getattr(sys, "frozen", False) or any(importlib.util.find_spec(name) is None for name in NEEDED):
        return None
    return (sys.executable, "-m", "trainer.cli")


class Child(QObject):
    """One call of the trainer. Signals: `reported`: an event; `ended`: None if it went well, else a FieldGuideError."""

    reported = Signal(object)
    ended = Signal(object)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file, self._at = file, 0
        self._process: psutil.Process | None = None
        self._popen: subprocess.Popen[bytes] | None = None
        self._last: events.Event | None = None
        self._stopped = False
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.look)

    @property
    def pid(self) -> int:
        """0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def created(self) -> float:
        """When it started, as the system tells it: with the pid it names one process for good."""
        return self._process.create_time() if self._process else 0.0

    def start(self, command: Sequence[str]) -> None:
        """Start it; what was written into the file before counts no more. Raises FieldGuideError(NOT_WRITABLE)."""
        make_folder(self._file.parent)
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        threads = str(max(1, (os.cpu_count() or 1) - 1))
        environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": threads, "PYTHONUTF8": "1"}
        with self._file.open("wb") as events_file, self._file.with_name("log.txt").open("ab") as log:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=events_file,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        self._process = psutil.Process(self._popen.pid)
        self._process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else BEHIND)
        self._timer.start()

    def attach(self, pid: int, created: float) -> bool:
        """Follow one that another window started; False when it is no more (what it wrote is told all the same)."""
        try:
            found = psutil.Process(pid)
            alive = bool(found.create_time() == created)
        except psutil.Error:
            alive = False
        self._process = found if alive else None
        if alive:
            self._timer.start()
        return alive

    def pause(self) -> None:
        """It keeps its memory and computes nothing."""
        for process in self._family():
            process.suspend()

    def go_on(self) -> None:
        """It computes again."""
        for process in self._family():
            process.resume()

    def stop(self) -> None:
        """End it; what it did until its last checkpoint is kept."""
        self._stopped = True
        family = self._family()
        for process in family:
            process.terminate()
            process.resume()  # one that sleeps would not hear it
        psutil.wait_procs(family, ENDS_WITHIN)  # the next one may want the same folder
        self.look()

    def leave(self) -> None:
        """Follow it no longer; it goes on."""
        self._timer.stop()

    def look(self) -> None:
        """Tell what it wrote since, and whether it ended."""
        over = not self._alive()
        with self._file.open("rb") as stream:
            stream.seek(self._at)
            new = stream.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._at += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            event = events.read_event(line)
            if event is not None:
                self._last = event
                self.reported.emit(event)
        if over:
            self._timer.stop()
            self.ended.emit(self._problem())

    def _alive(self) -> bool:
        if self._popen is not None:
            return self._popen.poll() is None
        if self._process is None:
            return False
        return bool(self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE)

    def _family(self) -> list[psutil.Process]:
        if self._process is None or not self._alive():
            return []
        return [self._process, *self._process.children(recursive=True)]

    def _problem(self) -> FieldGuideError | None:
        if isinstance(self._last, events.Failed):
            facts = {"folder": str(self._file.parent), **self._last.facts}
            known = {code.value for code in ErrorCode}
            code = self._last.code if self._last.code in known else ErrorCode.TRAINING_DEFECT.value
            return FieldGuideError(ErrorCode(code), **{"problem": self._last.words, **facts})
        well = isinstance(self._last, events.Finished | events.Estimate | events.Judged | events.Look | events.Audited)
        broke = FieldGuideError(ErrorCode.TRAINING_BROKE_OFF, minutes=LOST_MINUTES)
        return None if well or self._stopped else broke


class Trainings(QObject):
    """The one training of this user: looked over, run, taken up again.

    Signals: `reported`: an event of whichever child runs. `ended`: verb, None or FieldGuideError. `changed`: plan.
    """

    reported = Signal(object)
    ended = Signal(str, object)
    changed = Signal()

    def __init__(self, folder: Path, command: tuple[str, ...] | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self.command = folder, command
        self._child: Child | None = None
        self.verb = ""
        self.paused = False
        self.plan = _read(folder / "training.json")

    @property
    def running(self) -> bool:
        """Whether a child works, or rests."""
        return self._child is not None

    def begin(self, folders: Sequence[Path], elsewhere: Sequence[Path] = ()) -> None:
        """A new plan, looked over at once."""
        run = self._folder / datetime.now().strftime("%Y-%m-%d_%H%M%S_%f")
        self.plan = Plan(str(run), tuple(map(str, folders)), tuple(map(str, elsewhere)))
        self.look()

    def change(self, **changes: object) -> None:
        """Another preset, or whether it goes on when the window closes; kept on the disk."""
        if self.plan is not None:
            self.plan = replace(self.plan, **changes)  # type: ignore[arg-type]
            make_folder(self._folder)
            write_whole(self._folder / "training.json", json.dumps(asdict(self.plan)))
            self.changed.emit()

    def look(self) -> None:
        """Have the folders looked over."""
        if self.plan is not None:
            self._start("look", "look.jsonl", *self._where(), "--out", self.plan.run)

    def answer(self, rows: Sequence[Decision]) -> None:
        """Keep what was decided about photos of the plan. Raises OSError when the disk refuses."""
        if self.plan is not None:
            make_folder(Path(self.plan.run))
            Decisions(Path(self.plan.run) / DECISIONS).add(*rows)
            self.change()  # the plan is kept from now on: it has answers

    def audit(self) -> None:
        """Have every photo looked at for what is wrong with it."""
        if self.plan is not None:
            self.change()
            self._start("audit", "audit.jsonl", *self.plan.folders, "--out", self.plan.run)

    def run(self) -> None:
        """Train, or go on where it stood."""
        if self.plan is not None:
            begun = ["--resume"] if (Path(self.plan.run) / "config.toml").exists() else []
            where = [] if begun else [*self._where(), "--preset", self.plan.preset]
            self._start("run", "events.jsonl", *where, "--out", self.plan.run, *begun)
            if self._child is not None:
                self.change(pid=self._child.pid, created=self._child.created)

    def judge(self, model: Path) -> None:
        """Hold what was trained against another model."""
        if self.plan is not None:
            self._start("judge", "judge.jsonl", self.plan.run, "--against", str(model))

    def take_up(self) -> bool:
        """Follow what an earlier window started, when it still works; True when it does."""
        if self.plan is None or not self.plan.pid or self._child is not None:
            return False
        child = self._follow("run", "events.jsonl")
        if child.attach(self.plan.pid, self.plan.created):
            return True
        self._child = None
        return False

    @property
    def decided(self) -> bool:
        """Whether a person decided about photos of folders that are all there, and nothing was trained yet."""
        run = Path(self.plan.run) if self.plan else None
        if self.plan is None or run is None or (run / "config.toml").exists() or not (run / DECISIONS).exists():
            return False
        return all(Path(folder).is_dir() for folder in self.plan.folders)

    @property
    def unfinished(self) -> bool:
        """Whether a training was begun and is neither over nor at work."""
        run = Path(self.plan.run) if self.plan else None
        return not self.running and run is not None and (run / "config.toml").exists() and not self.finished

    @property
    def finished(self) -> bool:
        """Whether the plan's model is there."""
        return self.plan is not None and (Path(self.plan.run) / "report.html").exists()

    def pause(self) -> None:
        """Rest, or go on."""
        if self._child is not None:
            (self._child.go_on if self.paused else self._child.pause)()
            self.paused = not self.paused
            self.changed.emit()

    def stop(self) -> None:
        """Stop whatever runs."""
        if self._child is not None:
            self._child.stop()

    def forget(self) -> None:
        """No plan; what was made stays on the disk."""
        self.stop()
        self.plan = None
        (self._folder / "training.json").unlink(missing_ok=True)

    def close(self) -> None:
        """The window closes: a run goes on when it shall, everything else ends."""
        if self._child is None:
            return
        if self.verb == "run" and self.plan is not None and self.plan.goes_on and not self.paused:
            self._child.leave()
        else:
            self._child.stop()

    def _where(self) -> list[str]:
        assert self.plan is not None
        return [*self.plan.folders, *(word for each in self.plan.elsewhere for word in ("--elsewhere", each))]

    def _start(self, verb: str, file: str, *words: str) -> None:
        if self.command is None:
            raise FieldGuideError(ErrorCode.TRAINER_MISSING)
        self.stop()
        self._follow(verb, file).start([*self.command, verb, *words, "--json"])
        self.changed.emit()

    def _follow(self, verb: str, file: str) -> Child:
        assert self.plan is not None
        child = Child(Path(self.plan.run) / file, self)
        child.reported.connect(self.reported)
        child.ended.connect(lambda problem: self._end(child, problem))
        self._child, self.verb, self.paused = child, verb, False
        return child

    def _end(self, child: Child, problem: FieldGuideError | None) -> None:
        if child is self._child:
            self._child, self.paused = None, False
            if self.verb == "run":
                self.change(pid=0)
            self.ended.emit(self.verb, problem)


def _read(file: Path) -> Plan | None:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        return Plan(**values | {name: tuple(values[name]) for name in ("folders", "elsewhere")})
    except (OSError, ValueError, TypeError, KeyError):
        return None
