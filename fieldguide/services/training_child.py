"""One call of the trainer: a child process, followed by the lines it writes into a file; paused, stopped, taken up.

The file outlives both sides: a window that died finds at its next start what the child did meanwhile. The child has a
session of its own, so it dies with nobody; it runs behind everything else and leaves one core free.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QTimer, Signal

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.training import events
from fieldguide.storage.locations import make_folder
from fieldguide.storage.trainer_home import TrainerCall

POLL_MS = 400
ENDS_WITHIN = 2.0  # seconds
BEHIND = 10  # nice: everything else goes before it
LITTLE_ROOM = 2**20  # bytes
LOST_MINUTES = 2  # between two checkpoints of the trainer, at most


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
        """Start it. What was written into the file before is handed on first when it `goes_on`, else it is gone.

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

    @property
    def rests(self) -> bool:
        """Whether it was paused, by whichever window."""
        return self._process is not None and self._alive() and self._process.status() == psutil.STATUS_STOPPED

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


def mend_last_line(file: Path) -> None:
    """End a line that a crash cut off, so that the next one stands alone."""
    with file.open("r+b") as stream:
        if stream.seek(0, os.SEEK_END) and stream.seek(-1, os.SEEK_CUR) >= 0 and stream.read(1) != b"\n":
            stream.write(b"\n")
