"""The trainer's own Python environment in the user's data folder: found, made, removed.

A package carries the trainer as a wheel and not the libraries that training needs, which are gigabytes. When a person
asks for it they are fetched by the pip of the system's Python: the one thing that the application starts which touches
the network. With a folder of wheels even that stays on this computer. What an interruption left is made anew; what pip
had fetched by then is kept for the next try.
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

NEEDED = ("trainer", "torchvision", "timm", "sklearn", "msgspec", "jinja2")
OLDEST = (3, 11)
LOOK_SECONDS = 0.3
ENDS_WITHIN = 5.0  # seconds
_PYTHONS = ("python3", "python", "python3.14", "python3.13", "python3.12", "python3.11")
_ASKS = "import sys; print(*sys.version_info[:2]); import ensurepip, venv; print(sys.executable)"
_UNREACHABLE = ("NewConnectionError", "name resolution", "Max retries", "timed out", "ConnectionResetError", "SSLError")


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


@dataclass(frozen=True, slots=True)
class SetUp:
    """How far the making is. `step`: preparing, fetching, installing or trying; then `name` of the package, `done` and
    `total` of its bytes (0: not known), and the bytes `fetched` in all."""

    step: str
    name: str = ""
    done: int = 0
    total: int = 0
    fetched: int = 0


class TrainerHome:
    """The environment below `folder`; `wheel` is what the package carries (None: nothing, so nothing can be made)."""

    def __init__(self, folder: Path, wheel: Path | None) -> None:
        self.folder, self.wheel = folder, wheel
        self._env, self._cache, self._stamp = folder / "env", folder / "cache", folder / "ready.json"
        self._making, self._log = folder / "making.json", folder / "log.txt"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self._env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def ready(self) -> bool:
        """Whether it was made to its end, from the wheel that is carried now."""
        made = _read(self._stamp)
        return bool(made) and self.python.exists() and (self.wheel is None or made == self._identity())

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
        if not _read(self._stamp):
            shutil.rmtree(self._env, ignore_errors=True)
        self._stamp.unlink(missing_ok=True)
        from_where = ["--no-index", "--find-links", str(wheels)] if wheels else ["--cache-dir", str(self._cache)]
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        install = [*pip, "install", *from_where]
        output = _Output(tell)
        try:
            if not self.python.exists():
                self._run([find_python(), "-m", "venv", str(self._env)], output, stopped)
            if not wheels:  # an old pip does not tell how far it is
                self._run([*install, "--quiet", "--upgrade", "pip"], output, stopped, must=False)
            raw = [] if wheels or self._pip_is_old(pip) else ["--progress-bar", "raw"]
            self._run([*install, "--quiet", "--no-deps", "--force-reinstall", str(self.wheel)], output, stopped)
            self._run([*install, *raw, f"{self.wheel}[trainer]"], output, stopped)
            tell(SetUp("trying", fetched=output.fetched))
            self._run([str(self.python), "-c", f"import {', '.join(NEEDED)}"], output, stopped)
        except _Stopped:
            return False
        finally:
            self._making.unlink(missing_ok=True)
        shutil.rmtree(self._cache, ignore_errors=True)
        write_whole(self._stamp, json.dumps(self._identity()))
        return True

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

    def _run(self, command: Sequence[str], output: _Output, stopped: Callable[[], bool], *, must: bool = True) -> None:
        """One program to its end, each of its lines passed on as it comes.

        Raises:
            FieldGuideError: what its last words mean, when it `must` end well.
            _Stopped: somebody stopped it.
        """
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=clean_environment()
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


class _Stopped(Exception):  # noqa: N818 - not an error
    """Somebody stopped the making."""


class _Output:
    """Reads what pip writes and tells how far it is."""

    def __init__(self, tell: Callable[[SetUp], None]) -> None:
        self._tell, self._name, self._rest = tell, "", ""
        self._before = self._now = 0

    @property
    def fetched(self) -> int:
        """Bytes of all packages so far."""
        return self._before + self._now

    def hear(self, said: str) -> None:
        """What was written since: of each package, the latest."""
        *lines, self._rest = (self._rest + said).split("\n")
        latest: SetUp | None = None
        for line in lines:
            meaning = self._meaning(line.strip())
            if meaning and latest and meaning.name != latest.name:
                self._tell(latest)
            latest = meaning or latest
        if latest is not None:
            self._tell(latest)

    def _meaning(self, line: str) -> SetUp | None:
        if found := re.match(r"Progress (\d+) of (\d+)", line):
            done, total = int(found[1]), int(found[2])
            self._now = done
            return SetUp("fetching", self._name, done, total, self.fetched)
        if found := re.match(r"(?:Downloading|Using cached|Processing|Collecting) (\S+)", line):
            self._before, self._now = self.fetched, 0
            self._name = re.split(r"[-<>=!~;\[(]", found[1].rpartition("/")[2])[0]
            return SetUp("fetching", self._name, fetched=self.fetched)
        if line.startswith("Installing collected packages"):
            return SetUp("installing", fetched=self.fetched)
        return None


def failure_of(said: str, log: Path) -> FieldGuideError:
    """What the last words of pip or venv mean, which stand in `log`."""
    if "No space left on device" in said:
        return FieldGuideError(ErrorCode.DISK_FULL, path=str(log.parent))
    if any(sign in said for sign in _UNREACHABLE):
        return FieldGuideError(ErrorCode.SETUP_UNREACHABLE)
    if missing := re.search(r"No matching distribution found for ([\w.-]*\w)", said):
        return FieldGuideError(ErrorCode.SETUP_WHEEL_MISSING, name=missing[1])
    problem = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    return FieldGuideError(ErrorCode.SETUP_FAILED, problem=problem[:300], file=str(log))


def carried_wheel() -> Path | None:
    """The trainer's wheel in this package; None in a checkout, or where a package has none."""
    return next(iter(sorted(resource("trainer").glob("*.whl"))), None)


def find_trainer(home: TrainerHome) -> TrainerCall | None:
    """How to call it: with this Python where its libraries are installed, else the environment. Imports nothing."""
    frozen = getattr(sys, "frozen", False)
    if not frozen and all(importlib.util.find_spec(name) is not None for name in NEEDED):
        return TrainerCall((sys.executable, "-m", "trainer.cli"), str(Path(__file__).resolve().parents[2]))
    return TrainerCall((str(home.python), "-m", "trainer.cli")) if home.ready else None


def find_python() -> str:
    """A Python of the system that can make environments.

    Raises:
        FieldGuideError: PYTHON_WITHOUT_VENV with `version` where all that it lacks is the module; else PYTHON_MISSING.
    """
    without = ""
    for name in _PYTHONS:
        program = shutil.which(name, path=clean_environment().get("PATH"))
        if program is None:
            continue
        asked = subprocess.run(
            [program, "-c", _ASKS], capture_output=True, text=True, check=False, env=clean_environment()
        )
        version, *rest = asked.stdout.splitlines() or [""]
        numbers = tuple(int(part) for part in version.split() if part.isdigit())
        if numbers >= OLDEST and rest:
            return rest[0]
        if numbers >= OLDEST:
            without = without or ".".join(map(str, numbers))
    if without:
        raise FieldGuideError(ErrorCode.PYTHON_WITHOUT_VENV, version=without)
    raise FieldGuideError(ErrorCode.PYTHON_MISSING, version=".".join(map(str, OLDEST)))


def clean_environment(around: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of this process without those with which a frozen program finds its own libraries."""
    own = {name for name in around if name.endswith("_ORIG")}
    kept = {name: value for name, value in around.items() if name not in own}
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"):
            kept.pop(name, None)
        kept |= {name.removesuffix("_ORIG"): around[name] for name in own}
    return kept


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
