"""The one training of this user: what it is made of, which call of the trainer works on it, and where it stands."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.atomic import write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.core.training.decisions import DECISIONS, Decision, Decisions
from fieldguide.services.training_child import Child
from fieldguide.storage.locations import make_folder
from fieldguide.storage.trainer_home import TrainerCall

EVENTS = "events.jsonl"  # of a run, in its folder


@dataclass(frozen=True, slots=True)
class Plan:
    """One training: which folders, which preset, where; `goes_on` when the window closes. `pid` 0: no child runs.

    `own`: copies of the user's own finds in `own_finds` teach too. `low` to `high`: seconds that were estimated before;
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
        """Keep what was decided about photos of the plan. Raises FieldGuideError as `append_whole`."""
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
            where = [] if begun else [*self._where(), "--preset", self.plan.preset, *_named()]
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
            credits = ["--name", name, "--version", version, "--licence", licence, "--contact", contact, *who]
            self._start("pass-on", "passed.jsonl", self.plan.run, "--out", str(file), *credits)

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
            self.paused = child.rests
            return True
        if self.plan.pid:  # it ended, or was ended, while nobody looked
            child.look()
        else:
            child.report()
        if self._child is child:
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


def _named() -> list[str]:
    """What the model is called until somebody saves it under a name: two of them on the shelf are told apart."""
    version = datetime.now().strftime("%Y-%m-%d %H:%M")
    return ["--name", text("training.model_name"), "--set", f'export.version="{version}"']


def _read(file: Path) -> Plan | None:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        known = {each.name: values[each.name] for each in fields(Plan) if each.name in values}
        return Plan(**known | {name: tuple(values[name]) for name in ("folders", "elsewhere")})
    except (OSError, ValueError, TypeError, KeyError):
        return None
