"""The trainer as a child process: started, followed by the lines it writes into a file, paused, stopped, taken up.

The file outlives both sides: a window that died finds at its next start what the child did meanwhile. The child has a
session of its own, so it dies with nobody; it runs behind everything else and leaves one core free.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QTimer, Signal

from fieldguide.core.atomic import write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.training import events
from fieldguide.core.training.decisions import DECISIONS, Decision, Decisions
from fieldguide.storage.locations import make_folder
from fieldguide.storage.trainer_home import TrainerCall

POLL_MS = 400
ENDS_WITHIN = 2.0  # seconds
BEHIND = 10  # nice: everything else goes before it
EVENTS = "events.jsonl"  # of a run, in its folder
LITTLE_ROOM = 2**20  # bytes
LOST_MINUTES = 2  # between two checkpoints of the trainer, at most


@dataclass(frozen=True, slots=True)
class Plan:
    """One training: which folders, which preset, where; `goes_on` when the window closes. `pid` 0: no child runs.

    `own`: copies of the user's own finds in `own_finds` teach too. `low` to `high`: seconds that were told before;
    `begun`: when it was started first, seconds of the system's clock.
    """

    run: str
    folders: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    preset: str = "quick"
    goes_on: bool = False
    pid: int = 0
    own: bool = False
    low: int = 0
    high: int = 0
    begun: float = 0.0

    @property
    def own_finds(self) -> Path:
        """Where the copies of the user's own finds lie."""
        return Path(self.run) / "own_finds"

    @property
    def teaching(self) -> tuple[str, ...]:
        """Every folder that teaches."""
        return (*self.folders, str(self.own_finds)) if self.own else self.folders


class Child(QObject):
    """One call of the trainer. Signals: `reported`: an event; `ended`: None if it went well, else a FieldGuideError."""

    reported = Signal(object)
    ended = Signal(object)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file, self._at, self._before = file, 0, 0
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

    def start(self, call: TrainerCall, *words: str, goes_on: bool = False) -> None:
        """Start it. What was written into the file before is told first when it `goes_on`, else it is gone.

        Raises:
            FieldGuideError: NOT_WRITABLE.
        """
        make_folder(self._file.parent)
        if goes_on and self._file.exists():
            mend_last_line(self._file)
            self._before = self._file.stat().st_size
        environment = call.environment(OMP_NUM_THREADS=str(max(1, (os.cpu_count() or 1) - 1)))
        with (
            self._file.open("ab" if goes_on else "wb") as events_file,
            self._file.with_name("log.txt").open("ab") as log,
        ):
            command = [*call.command, *words]
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

    def attach(self, pid: int) -> bool:
        """Follow one that another window started; False when it is no more.

        It is known by its words, which name its folder: times of start move when a computer that slept sets its clock.
        """
        try:
            found = psutil.Process(pid)
            alive = str(self._file.parent) in found.cmdline()
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
        self.report()
        if over:
            self._timer.stop()
            self.ended.emit(self._problem())

    def report(self) -> None:
        """Report what was written since."""
        with self._file.open("rb") as stream:
            stream.seek(self._at)
            new = stream.read()
        for line in new[: new.rfind(b"\n") + 1].splitlines(keepends=True):
            self._at += len(line)
            event = events.read_event(line.decode("utf-8", "replace"))
            if event is not None:
                self._last = event if self._at > self._before else None  # how an earlier child ended says nothing
                self.reported.emit(event)

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
        well = isinstance(self._last, events.LAST)
        if well or self._stopped:
            return None
        if shutil.disk_usage(self._file.parent).free < LITTLE_ROOM:  # then it could not even tell that
            return FieldGuideError(ErrorCode.DISK_FULL, path=str(self._file.parent))
        return FieldGuideError(ErrorCode.TRAINING_BROKE_OFF, minutes=LOST_MINUTES)


class Trainings(QObject):
    """The one training of this user: looked over, run, taken up again.

    Signals: `reported`: an event of whichever child runs. `ended`: verb, None or FieldGuideError. `changed`: plan.
    """

    reported = Signal(object)
    ended = Signal(str, object)
    changed = Signal()

    def __init__(self, folder: Path, call: TrainerCall | None, parent: QObject | None = None) -> None:
        """`call`: how the trainer is called; None while there is none."""
        super().__init__(parent)
        self._folder, self.call = folder, call
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
            self._start("audit", "audit.jsonl", *self.plan.teaching, "--out", self.plan.run)

    def run(self) -> None:
        """Train, or go on where it stood."""
        if self.plan is not None:
            begun = ["--resume"] if (Path(self.plan.run) / "config.toml").exists() else []
            where = [] if begun else [*self._where(), "--preset", self.plan.preset]
            self._start("run", EVENTS, *where, "--out", self.plan.run, *begun, goes_on=bool(begun))
            if self._child is not None:
                self.change(pid=self._child.pid, begun=self.plan.begun or time.time())

    def judge(self, model: Path) -> None:
        """Hold what was trained against another model."""
        if self.plan is not None:
            self._start("judge", "judge.jsonl", self.plan.run, "--against", str(model))

    def pass_on(self, file: Path, name: str, version: str, licence: str, contact: str, authors: Sequence[str]) -> None:
        """Write the model as it is handed to others, with who made it."""
        if self.plan is not None:
            who = [word for author in authors for word in ("--author", author)]
            told = ["--name", name, "--version", version, "--licence", licence, "--contact", contact, *who]
            self._start("pass-on", "passed.jsonl", self.plan.run, "--out", str(file), *told)

    def trace(self, photos: Sequence[Path]) -> None:
        """Ask whether the model was trained on photos, or on copies of them."""
        if self.plan is not None:
            model = str(Path(self.plan.run) / "model.fieldguide")
            self._start("was-trained-on", "traced.jsonl", *map(str, photos), model)

    def take_up(self) -> bool:
        """Tell what an earlier window's training did, and follow it when it still works; True when it does."""
        if self.plan is None or self._child is not None or not (Path(self.plan.run) / EVENTS).exists():
            return False
        child = self._follow("run", EVENTS)
        if self.plan.pid and child.attach(self.plan.pid):
            return True
        if self.plan.pid:  # it ended, or was ended, while nobody looked
            child.look()
        else:
            child.report()
        self._child = None
        return False

    @property
    def decided(self) -> bool:
        """Whether a person decided about photos of folders that are all there, and nothing was trained yet."""
        run = Path(self.plan.run) if self.plan else None
        if self.plan is None or run is None or (run / "config.toml").exists() or not (run / DECISIONS).exists():
            return False
        return all(Path(folder).is_dir() for folder in self.plan.teaching)

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
        return [*self.plan.teaching, *(word for each in self.plan.elsewhere for word in ("--elsewhere", each))]

    def _start(self, verb: str, file: str, *words: str, goes_on: bool = False) -> None:
        if self.call is None:
            raise FieldGuideError(ErrorCode.TRAINER_MISSING)
        self.stop()
        self._follow(verb, file).start(self.call, verb, *words, "--json", goes_on=goes_on)
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


def mend_last_line(file: Path) -> None:
    """End a line that a crash cut off, so that the next one stands alone."""
    with file.open("r+b") as stream:
        if stream.seek(0, os.SEEK_END) and stream.seek(-1, os.SEEK_CUR) >= 0 and stream.read(1) != b"\n":
            stream.write(b"\n")


def _read(file: Path) -> Plan | None:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        known = {each.name: values[each.name] for each in fields(Plan) if each.name in values}
        return Plan(**known | {name: tuple(values[name]) for name in ("folders", "elsewhere")})
    except (OSError, ValueError, TypeError, KeyError):
        return None
