"""Processes that serve a model, forked from one that has torch already: as real as any other, and there at once."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from fieldguide.inference.wire import Line
from fieldguide.inference.worker import serve


class Forked:
    """As `subprocess.Popen`."""

    def __init__(self, process: ForkServerProcess) -> None:
        assert process.pid is not None
        self._process, self.pid = process, process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("forked", timeout or 0)
        return self._process.exitcode


def begin_forked(reading: int, writing: int, torch: str) -> Forked:
    """In the place of `fieldguide.inference.child.begin_process`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["fieldguide.inference.runtime"])
    ends = Connection(os.dup(reading), writable=False), Connection(os.dup(writing), readable=False)
    process = context.Process(target=_serve, args=(*ends, torch), daemon=True)
    process.start()
    for end in ends:
        end.close()
    return Forked(process)


def _serve(reading: Connection, writing: Connection, torch: str) -> None:
    serve(Line(os.dup(reading.fileno()), os.dup(writing.fileno())), torch)
