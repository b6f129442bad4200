"""The process that holds a model: loads what it is sent, answers, and knows no files, no window and no photos.

It is started by `fieldguide.inference.served` and ends when that side is gone. A model's program runs here and nowhere
else in the app, so whatever it does, endless, greedy or deadly, happens to this process alone.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import importlib
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fieldguide.core.bundle import bundle_of
from fieldguide.core.errors import FieldGuideError
from fieldguide.core.memory import give_memory_back
from fieldguide.core.text import choose_language
from fieldguide.inference.child import Bounds
from fieldguide.inference.wire import Line, Message, receive, send

if TYPE_CHECKING:
    from fieldguide.inference.runtime import Runtime

_NO_MEMORY = ("cannot allocate memory", "failed to map segment", "not enough memory", "paging file is too small")
MOST_RECEIVED = 4 * 2**30  # from the window, which is trusted


def main(torch: str) -> None:
    """Where the process begins: what is its input and output now is the line to the other side."""
    if sys.platform == "win32":
        import msvcrt

        for number in (0, 1):
            msvcrt.setmode(number, os.O_BINARY)  # as text, Windows would change line ends and stop at a byte 26
    try:
        serve(Line(os.dup(0), os.dup(1)), torch)
    except MemoryError:
        os._exit(errno.ENOMEM)


def serve(line: Line, torch: str) -> None:
    """Answer the other side until it is gone. `torch`: as it is imported, see `fieldguide.inference.child`.

    Messages in: load, run, gradient; out: ready (hindered, narrow, incomplete, broken), loaded, answer, refused.
    """
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
    gc.disable()  # what is imported stays: looking through it again and again takes a tenth of the time
    try:
        _be_quiet()
        threading.Thread(target=_listen, args=(line, inbox), daemon=True).start()
    except (OSError, RuntimeError) as problem:  # no /dev/null, no thread more
        send(line, "hindered", problem=_told(problem))
        return
    try:
        version = import_torch(slim=torch == "slim")
        importlib.import_module("fieldguide.inference.runtime")
    except Exception as problem:  # a library that is damaged or not made for this machine raises anything
        otherwise = "incomplete" if torch == "slim" else "broken"
        send(line, "narrow" if _lacks_memory(problem) else otherwise, problem=_told(problem))
        return
    send(line, "ready", torch=version)
    gc.freeze()
    gc.enable()
    worker = _Worker(line)
    message: Message | None
    while True:
        message = inbox.get()
        try:
            worker.take(message)
        except FieldGuideError as refused:
            facts = {f"fact_{name}": _plain(value) for name, value in refused.facts.items()}
            send(line, "refused", code=refused.code.value, **facts)
        except MemoryError:
            raise
        except Exception:
            send(line, "defect", traceback=traceback.format_exc()[-8000:])
        loaded, message = message.kind == "load", None  # the model's file would stay in it until the next question
        if loaded:
            give_memory_back()  # 31 MB


def import_torch(*, slim: bool) -> str:
    """Import torch and tell its version; `slim`: without what only its compilers need, a third of the time."""
    if slim:
        name = "torch._meta_registrations"  # shapes of tensors that have no values
        sys.modules.setdefault(name, ModuleType(name))
    return str(importlib.import_module("torch").__version__)


class _Worker:
    """Does what messages ask for."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._runtime: Runtime | None = None
        self._beside = contextlib.ExitStack()
        self._is_beside = False

    def take(self, message: Message) -> None:
        """Do it and send the answer."""
        if message.kind == "load":
            self._load(message)
            return
        assert self._runtime is not None
        runtime, size = self._runtime, self._runtime.manifest.input.size
        if message.kind == "run":
            self._share(bool(message.facts["beside"]))
            pictures = np.frombuffer(message.parts[0], np.uint8).reshape(-1, 3, size, size)
            logits, embedding = runtime.run(pictures)
            self._answer(logits, embedding)
        else:
            picture = np.frombuffer(message.parts[0], np.uint8).reshape(3, size, size)
            self._answer(runtime.input_gradient(picture, np.frombuffer(message.parts[1], np.float32)))

    def _load(self, message: Message) -> None:
        import torch

        from fieldguide.inference.runtime import Runtime

        choose_language(str(message.facts["language"]))
        archive, frozen = message.parts
        threads = message.facts["threads"]
        bundle = bundle_of(archive, Path(str(message.facts["file"])), str(message.facts["digest"]))
        device = str(message.facts["device"])
        if device == "cpu" or not torch.cuda.is_available():  # the driver of a card keeps files of its own
            _write_no_files()
        _bound_memory_unseen(Bounds.of_load(len(archive)).memory)
        self._runtime = Runtime.of(bundle, None if threads is None else int(threads), frozen or None)
        made = b"" if frozen else self._runtime.freeze()
        self._runtime.choose(device)
        self._send("loaded", made)

    def _answer(self, *values: npt.NDArray[np.float32]) -> None:
        self._send("answer", *(each.astype(np.float32).tobytes() for each in values))

    def _send(self, kind: str, *parts: bytes) -> None:
        runtime = self._runtime
        assert runtime is not None
        facts = {"device": runtime.device, "note": runtime.note, "batch_size": runtime.batch_size}
        send(self._line, kind, *parts, **facts)

    def _share(self, beside: bool) -> None:
        """Enter or leave `Runtime.beside_decoding` as the other side does."""
        if beside != self._is_beside and self._runtime is not None:
            self._beside.close()
            if beside:
                self._beside.enter_context(self._runtime.beside_decoding())
            self._is_beside = beside


def _listen(line: Line, inbox: queue.SimpleQueue[Message]) -> None:
    """Hand messages on; when the other side is gone, end the process whatever the model is doing."""
    try:
        while True:
            inbox.put(receive(line, MOST_RECEIVED))
    except MemoryError:
        os._exit(errno.ENOMEM)
    finally:
        os._exit(0)


def _be_quiet() -> None:
    """Nothing that a program prints leaves this process; an interrupt at the terminal is for the other side."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        with contextlib.suppress(OSError):
            os.dup2(nowhere, number)
    sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "r+", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end


def _write_no_files() -> None:
    """Where the system can: no file grows and no memory is dumped, whatever a program manages to do."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bound_memory_unseen(memory: int) -> None:
    """Where the other side cannot see how many bytes this process takes, for the system tells nothing of processes."""
    if sys.platform == "linux" and not Path("/proc/self/statm").exists():
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (2 * memory, 2 * memory))  # what is promised counts, used or not


def _lacks_memory(problem: Exception) -> bool:
    """Whether an import failed for want of memory: a loader has only words for that."""
    return isinstance(problem, MemoryError) or any(words in str(problem).lower() for words in _NO_MEMORY)


def _told(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}".strip().partition("\n")[0][:200]


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, int | float) else str(value)[:500]
