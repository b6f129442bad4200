"""The trainer's own Python environment in the user's data folder: found, made, removed.

A package carries the trainer as a wheel and not the libraries that training needs, which are gigabytes. When a person
asks for it they are fetched by the pip of the system's Python: the one thing that the application starts which touches
the network. With a folder of wheels even that stays on this computer. What an interruption left is made anew; what pip
had fetched by then is kept for the next try. Where pip fetches from is pip's own business and its user's; what this
computer cannot use is left out.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from fieldguide.core.atomic import os_errors, write_whole
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import resource
from fieldguide.storage.locations import make_folder
from fieldguide.storage.pip_words import PipOutput, SetUp, coming, failure_of
from fieldguide.storage.system_python import clean_environment, find_python, has_graphics_card

NEEDED = ("trainer", "torchvision", "timm", "sklearn", "msgspec", "jinja2")
LOOK_SECONDS = 0.3
ENDS_WITHIN = 5.0  # seconds
_NEVER = ("fieldguide", "pyside6", "shiboken6")  # the project is its wheel, whoever else has a package of that name
_CARD = ("triton", "nvidia-cusolver", "nvidia-nvtx", "cuda-bindings", "cuda-pathfinder")  # torch loads them for a card
# MB to load and on the disk, measured in November 2026 with the usual index
_WITH_CARD, _WITHOUT_CARD, _NOT_LINUX = (3120, 6230), (2600, 4890), (240, 1020)
_TRIES = f"import {', '.join(NEEDED)}, torch; print('torch', torch.__version__)"


@dataclass(frozen=True, slots=True)
class Takes:
    """What setting up takes: MB to `load`, MB that stay on the `disk`, and MB that are `free` there."""

    load: int
    disk: int
    free: int

    @property
    def minutes(self) -> int:
        """To load it at 50 megabits a second."""
        return max(1, round(self.load * 8 / 50 / 60))

    @property
    def peak(self) -> int:
        """The most that it holds on the way: pip has what it loaded twice until that is installed."""
        return self.disk + 2 * self.load


@dataclass(frozen=True, slots=True)
class TrainerCall:
    """How the trainer is called: the words before its verb, and the folder where its Python looks for modules first."""

    command: tuple[str, ...]
    path: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        """What a child process gets."""
        inherited = os.environ.get("PYTHONPATH", "") if self.path else ""
        path = os.pathsep.join(filter(None, [self.path, inherited]))
        return clean_environment() | ({"PYTHONPATH": path} if path else {}) | {"PYTHONUTF8": "1", **more}


class TrainerHome:
    """The environment below `folder`; `wheel` is what the package carries (None: nothing, so nothing can be made)."""

    def __init__(self, folder: Path, wheel: Path | None) -> None:
        self.folder, self.wheel = folder, wheel
        self._env, self._cache, self._stamp = folder / "env", folder / "cache", folder / "ready.json"
        self._making, self._log = folder / "making.json", folder / "log.txt"
        self._temporary = folder / "temporary"  # the system's may be a piece of the memory

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self._env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def ready(self) -> bool:
        """Whether it was made to its end, from the wheel that is carried now, for the Python and the card of today."""
        made = _read(self._stamp)
        fits = self.wheel is None or made.items() >= self._identity().items()
        return fits and self._stands(made) and (made.get("card") is not False or not has_graphics_card())

    @property
    def torch(self) -> str:
        """Which torch it holds: "2.14.1", "2.14.1+cpu"; "" while it is not ready."""
        return str(_read(self._stamp).get("torch", ""))

    def takes(self) -> Takes:
        """What setting up takes here, where pip fetches from the usual index."""
        there = next(folder for folder in self.folder.parents if folder.exists())
        on_linux = _WITH_CARD if has_graphics_card() else _WITHOUT_CARD
        load, disk = on_linux if sys.platform == "linux" else _NOT_LINUX
        return Takes(load, disk, shutil.disk_usage(there).free // 10**6)

    @property
    def exists(self) -> bool:
        """Whether anything of it lies on the disk."""
        return self.folder.exists()

    def size(self) -> int:
        """Bytes on the disk."""
        files = (file for file in self.folder.rglob("*") if not file.is_symlink() and file.is_file())
        return sum(file.stat().st_size for file in files)

    def remove(self) -> None:
        """Remove it whole. Raises FieldGuideError(NOT_WRITABLE) when something of it cannot be removed."""
        self._end_earlier()
        with os_errors(self.folder):
            self._stamp.unlink(missing_ok=True)  # first: what is half removed must not count as ready
            shutil.rmtree(self.folder, ignore_errors=not self.folder.exists())

    def set_up(self, wheels: Path | None, tell: Callable[[SetUp], None], stopped: Callable[[], bool]) -> bool:
        """Make it, or renew it for another wheel; True when it is ready, False when `stopped` said so.

        With `wheels`, a folder of wheels for this system, nothing touches the network.

        Raises:
            FieldGuideError: TRAINER_MISSING without a wheel, PYTHON_MISSING, PYTHON_WITHOUT_VENV, SETUP_BUSY,
                SETUP_UNREACHABLE, SETUP_WHEEL_MISSING, SETUP_FAILED, DISK_FULL or NOT_WRITABLE.
        """
        if self.wheel is None:
            raise FieldGuideError(ErrorCode.TRAINER_MISSING)
        tell(SetUp("preparing"))
        self._end_earlier()
        make_folder(self.folder)
        if not self._stands(_read(self._stamp)):
            shutil.rmtree(self._env, ignore_errors=True)
        self._stamp.unlink(missing_ok=True)
        from_where = ["--no-index", "--find-links", str(wheels)] if wheels else ["--cache-dir", str(self._cache)]
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        install = [*pip, "install", *from_where]
        output = PipOutput(tell)
        try:
            self._temporary.mkdir(exist_ok=True)
            if not self.python.exists():
                self._run([find_python(), "-m", "venv", str(self._env)], output, stopped)
            if not wheels:  # an old pip does not tell how far it is
                self._run([*install, "--quiet", "--upgrade", "pip"], output, stopped, must=False)
            raw = [] if wheels or self._pip_is_old(pip) else ["--progress-bar", "raw"]
            self._run([*install, "--quiet", "--no-deps", "--force-reinstall", str(self.wheel)], output, stopped)
            made = self._install([*install, *raw], output, stopped)
        except _Stopped:
            return False
        finally:
            self._making.unlink(missing_ok=True)
            shutil.rmtree(self._temporary, ignore_errors=True)
        shutil.rmtree(self._cache, ignore_errors=True)
        write_whole(self._stamp, json.dumps(self._identity() | made))
        return True

    def _install(self, install: list[str], output: PipOutput, stopped: Callable[[], bool]) -> dict[str, object]:
        """What the trainer needs, without what it does not use here; what was made, for the stamp.

        What a card alone needs is left out without one, and fetched after all where this torch does not load without.
        """
        report = self.folder / "coming.json"
        self._run([*install, "--dry-run", "--report", str(report), f"{self.wheel}[trainer]"], output, stopped)
        card = has_graphics_card()
        for left_out in (_NEVER, (*_NEVER, *_CARD))[:: 1 if card else -1]:
            last = card or left_out == _NEVER
            if wanted := coming(report, left_out):
                self._run([*install, "--no-deps", *wanted], output, stopped)
            output.tell("trying")
            if self._run([str(self.python), "-c", _TRIES], output, stopped, must=last):
                break
        said = re.search(r"(?m)^torch (\S+)$", self._log.read_text(encoding="utf-8", errors="replace"))
        return {"card": last, "program": str(self.python.resolve()), "torch": said[1] if said else ""}

    def _stands(self, made: Mapping[str, object]) -> bool:
        """Whether it was made to its end, by the Python that the system still has."""
        return bool(made) and self.python.exists() and made.get("program", "") in ("", str(self.python.resolve()))

    def _identity(self) -> dict[str, object]:
        assert self.wheel is not None
        return {"wheel": self.wheel.name, "bytes": self.wheel.stat().st_size}

    def _end_earlier(self) -> None:
        """What a killed program left behind is ended; raises FieldGuideError(SETUP_BUSY) while another one is at it."""
        earlier = _read(self._making)
        owner, child = (_process(earlier.get(name)) for name in ("owner", "child"))
        if owner is not None and owner.pid != os.getpid():
            raise FieldGuideError(ErrorCode.SETUP_BUSY)
        if child is not None:
            psutil.wait_procs(_kill(child), ENDS_WITHIN)

    def _pip_is_old(self, pip: Sequence[str]) -> bool:
        said = subprocess.run([*pip, "--version"], capture_output=True, text=True, check=False, env=clean_environment())
        found = re.search(r"pip (\d+)\.(\d+)", said.stdout)
        return found is None or (int(found[1]), int(found[2])) < (24, 1)

    def _run(
        self, command: Sequence[str], output: PipOutput, stopped: Callable[[], bool], *, must: bool = True
    ) -> bool:
        """One program to its end, each of its lines passed on as it comes; whether it ended well.

        Raises:
            FieldGuideError: what its last words mean, when it `must` end well.
            _Stopped: somebody stopped it.
        """
        room = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self._temporary))
        around = clean_environment() | room
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=around
            )
        try:
            own, child = psutil.Process(), psutil.Process(process.pid)
            names = {"owner": own, "child": child}
            kept = {name: [each.pid, each.create_time()] for name, each in names.items()}
            write_whole(self._making, json.dumps(kept))
            with self._log.open(encoding="utf-8", errors="replace") as lines:
                while _waits(process):
                    output.hear(lines.read())
                    if stopped():
                        raise _Stopped
                output.hear(lines.read())
        finally:
            if process.poll() is None:
                _kill(psutil.Process(process.pid))
                process.wait()
        if process.returncode and must:
            raise failure_of(self._log.read_text(encoding="utf-8", errors="replace"), self._log)
        return not process.returncode


class _Stopped(Exception):  # noqa: N818 - not an error
    """Somebody stopped the making."""


def carried_wheel() -> Path | None:
    """The trainer's wheel in this package; None in a checkout, or where a package has none."""
    return next(iter(sorted(resource("trainer").glob("*.whl"))), None)


def find_trainer(home: TrainerHome) -> TrainerCall | None:
    """How to call it: with this Python where its libraries are installed, else the environment. Imports nothing."""
    frozen = getattr(sys, "frozen", False)
    if not frozen and all(importlib.util.find_spec(name) is not None for name in NEEDED):
        return TrainerCall((sys.executable, "-m", "trainer.cli"), str(Path(__file__).resolve().parents[2]))
    return TrainerCall((str(home.python), "-m", "trainer.cli")) if home.ready else None


def _waits(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _process(kept: object) -> psutil.Process | None:
    """The process of a pid and the time of its start, while it lives."""
    try:
        pid, created = kept if isinstance(kept, list) else (0, 0.0)
        found = psutil.Process(int(pid))
        return found if abs(found.create_time() - created) < 60 else None
    except (ValueError, psutil.Error):
        return None


def _kill(process: psutil.Process) -> list[psutil.Process]:
    """End it and what it started; returns all of them."""
    with suppress(psutil.NoSuchProcess):
        family = [*process.children(recursive=True), process]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        return family
    return []


def _read(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
