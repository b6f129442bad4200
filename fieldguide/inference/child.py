"""The process that holds a model, seen from this side: started, asked, watched and ended.

It is started before the window is built, so what this file imports is little: neither torch, numpy nor Qt, and not
`multiprocessing`, which keeps a process of its own beside it.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import is_frozen
from fieldguide.inference.wire import Fact, Line, Message, MessageError, receive, send

SERVES = "--serve-model"  # what the packaged program is called with to be this process
_BEGINS = "import sys; sys.path[:] = sys.argv[2:]; from fieldguide.inference.worker import main; main(sys.argv[1])"
_MANY_BYTES = 2 * 2**30
_LOOK_SECONDS = 0.1
_BROKE_OFF = {1, 127}  # how libraries end a process for which they get no room: threads' own, the system's linker
_UNREADY = {"hindered": ErrorCode.SYSTEM_REFUSES, "narrow": ErrorCode.MEMORY_SHORT}


class Process(Protocol):
    """What is asked of a process: as `subprocess.Popen`."""

    pid: int
    returncode: int | None

    def kill(self) -> None:
        """End it at once."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it is gone."""
        ...


def begin_process(reading: int, writing: int, torch: str) -> Process:
    """A fresh interpreter that serves a model, with these descriptors as its input and output.

    `torch`: "slim" without what only its compilers need, or "whole". Raises OSError.
    """
    words = [SERVES, torch] if is_frozen() else ["-c", _BEGINS, torch, *sys.path]
    flags: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows alone
    errors = subprocess.DEVNULL if flags else None  # a window there may have none to hand on, and Popen refuses
    command = [sys.executable, *words]
    return subprocess.Popen(command, stdin=reading, stdout=writing, stderr=errors, creationflags=flags)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one question may cost: seconds on the clock and of all processor cores together, bytes of memory.

    The clock is generous, for machines that are busy with other things; who computes without end is ended by the other.
    """

    seconds: float
    processor_seconds: float
    memory: int

    @classmethod
    def of_start(cls) -> Bounds:
        """Importing torch, from a slow disk and beside other programs."""
        return cls(180, 120, _MANY_BYTES)

    @classmethod
    def of_load(cls, size: int) -> Bounds:
        """Loading a model file of `size` bytes, with every check: the starter takes 2 s and 14 MB."""
        large = size / 2**20
        return cls(240 + large, 30 + large / 4, _MANY_BYTES + 6 * size)

    @classmethod
    def of_run(cls, pictures: int, size: int) -> Bounds:
        """Answers to so many pictures: the starter takes 10 to 40 ms for one."""
        return cls(120 + 10 * pictures, 20 + 3 * pictures, _MANY_BYTES + 6 * size)


class Child:
    """One process, which holds at most one model. Asked from one thread at a time; `end` may come from any."""

    def __init__(self) -> None:
        """Start it. Raises FieldGuideError(SYSTEM_REFUSES) where no further process or file may be opened."""
        self._ended_for: ErrorCode | None = None
        self._torch: str | None = None
        self._lock = threading.Lock()
        self._over = False
        self._begin("slim")

    def _begin(self, torch: str) -> None:
        opened: list[int] = []
        try:
            for _ in range(2):
                opened += os.pipe()
            their_input, to_them, from_them, their_output = opened
            self._process = begin_process(their_input, their_output, torch)
        except OSError as problem:
            for descriptor in opened:
                os.close(descriptor)
            raise FieldGuideError(ErrorCode.SYSTEM_REFUSES, problem=str(problem)) from problem
        os.close(their_input)
        os.close(their_output)
        self._line = Line(from_them, to_them)

    def torch(self) -> str:
        """The version of torch there; waits until it is imported.

        Raises:
            FieldGuideError: TORCH_MISSING when it cannot be; SYSTEM_REFUSES or MEMORY_SHORT where the system lacks what
                it takes, or time.
        """
        if self._torch is None:
            try:
                ready = self._receive(Bounds.of_start(), "", 0)
                if ready.kind == "incomplete":  # a version that cannot do without, and is not imported twice
                    self._begin_anew()
                    ready = self._receive(Bounds.of_start(), "", 0)
            except FieldGuideError as problem:
                if problem.code in _UNREADY.values():
                    raise
                if problem.code is ErrorCode.MODEL_SLOW:  # no other torch would help a computer that is too busy
                    late = f"torch > {Bounds.of_start().seconds:.0f} s"
                    raise FieldGuideError(ErrorCode.SYSTEM_REFUSES, problem=late) from problem
                raise FieldGuideError(ErrorCode.TORCH_MISSING, problem=problem.facts.get("problem", "")) from problem
            if ready.kind != "ready":
                raise FieldGuideError(
                    _UNREADY.get(ready.kind, ErrorCode.TORCH_MISSING), problem=str(ready.facts.get("problem"))[:200]
                )
            self._torch = str(ready.facts.get("torch"))
        return self._torch

    def ask(self, bounds: Bounds, file: str, most: int, kind: str, /, *parts: bytes, **facts: Fact) -> Message:
        """Ask one question about the model `file`, whose answer may hold `most` bytes.

        Raises:
            FieldGuideError: what the other side refuses; MODEL_SLOW, MODEL_GREEDY, MODEL_CRASHED, MEMORY_SHORT or
                SYSTEM_REFUSES when it had to be ended or ended by itself, and then it can be asked nothing more.
        """
        self.torch()
        with self._ending(file), self._watched(bounds):
            send(self._line, kind, *parts, **facts)
        answer = self._receive(bounds, file, most)
        if answer.kind == "refused":
            raise _refusal(answer, file)
        if answer.kind == "defect":
            raise RuntimeError(f"in the model's process: {answer.facts.get('traceback')}")
        return answer

    def _begin_anew(self) -> None:
        """With all of torch, unless somebody ended it: nobody would end another."""
        with self._lock:
            if self._over:
                raise FieldGuideError(ErrorCode.MODEL_CRASHED, file="", problem="-")
            self._kill()
            self._begin("whole")

    def end(self) -> None:
        """End the process at once, whatever it does."""
        with self._lock:
            self._over = True
        self._kill()

    def _kill(self) -> None:
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(2)  # the pipes close with the last who holds them: another thread may be reading

    def _receive(self, bounds: Bounds, file: str, most: int) -> Message:
        with self._ending(file), self._watched(bounds):
            return receive(self._line, most)

    @contextmanager
    def _ending(self, file: str) -> Iterator[None]:
        """End it when a message was not taken whole: the rest would pass for the answer to the next question."""
        try:
            yield
        except BaseException as problem:
            self.end()
            if not isinstance(problem, EOFError | OSError | MessageError):
                raise
            status = self._process.returncode
            code = self._ended_for or (ErrorCode.MEMORY_SHORT if _lacked_memory(status) else ErrorCode.MODEL_CRASHED)
            raise FieldGuideError(code, file=file, problem=str(status)) from problem

    @contextmanager
    def _watched(self, bounds: Bounds) -> Iterator[None]:
        """Within it the process is ended when it goes beyond the bounds."""
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(bounds, over), name="watch-model", daemon=True)
        try:
            watch.start()
        except RuntimeError as problem:
            raise FieldGuideError(ErrorCode.SYSTEM_REFUSES, problem=str(problem)) from problem
        try:
            yield
        finally:
            over.set()
            watch.join()

    def _watch(self, bounds: Bounds, over: threading.Event) -> None:
        begun = time.monotonic()
        if over.wait(_LOOK_SECONDS):
            return
        import psutil

        try:
            process = psutil.Process(self._process.pid)
            used = sum(process.cpu_times()[:2])
            memory = min(bounds.memory, process.memory_info().rss + psutil.virtual_memory().available * 3 // 4)
            while not over.wait(_LOOK_SECONDS):
                computed = sum(process.cpu_times()[:2]) - used
                if process.memory_info().rss > memory:
                    self._ended_for = ErrorCode.MODEL_GREEDY
                elif computed > bounds.processor_seconds or time.monotonic() - begun > bounds.seconds:
                    self._ended_for = ErrorCode.MODEL_SLOW
                else:
                    continue
                self._process.kill()
                return
        except (psutil.Error, OSError):  # it is gone, or the system tells nothing of processes (no /proc)
            if not over.wait(max(0.0, begun + bounds.seconds - time.monotonic())):
                self._ended_for = ErrorCode.MODEL_SLOW
                self._process.kill()


class Children:
    """All processes of one application: started here, and ended together when it closes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Child] = []
        self._spare: Child | None = None
        self._closed = False

    def prepare(self) -> None:
        """Start a process for the model that will be asked for soon, unless one waits already."""
        with self._lock:
            if self._spare is not None:
                return
        spare = self.start()
        with self._lock:
            self._spare = spare

    def start(self) -> Child:
        """The prepared process, or another.

        Raises:
            FieldGuideError: MODEL_CRASHED when everything was ended already.
        """
        with self._lock:
            if self._closed:
                raise FieldGuideError(ErrorCode.MODEL_CRASHED, file="", problem="-")
            child, self._spare = self._spare or Child(), None
            if child not in self._running:
                self._running.append(child)
            return child

    def end(self, child: Child) -> None:
        """End one."""
        with self._lock:
            if child in self._running:
                self._running.remove(child)
        child.end()

    def end_all(self) -> None:
        """End every one and start no other."""
        with self._lock:
            self._closed, running, self._running = True, self._running, []
        for child in running:
            child.end()


def _lacked_memory(status: int | None) -> bool:
    """Whether a process ended for want of memory: it says so, or a library broke off where memory is bounded."""
    if status not in _BROKE_OFF or sys.platform == "win32":
        return status == errno.ENOMEM
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def _refusal(answer: Message, file: str) -> FieldGuideError:
    """What the other side says went wrong, as far as it makes sense."""
    facts = {name.removeprefix("fact_"): value for name, value in answer.facts.items() if name.startswith("fact_")}
    try:
        return FieldGuideError(ErrorCode(str(answer.facts.get("code"))), **{"file": file, **facts})
    except ValueError:
        return FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file)
