"""A model in a process of its own, asked from here as if it were loaded here. Never imports torch.

A model file is a stranger's program. What it may do was looked at before (`operators`), but not whether it ever ends or
how much memory it takes; so it runs in a process that is ended when it takes too long, too much of the processor or too
much memory, and whose every answer is looked at. That process starts beside the window, so torch's import holds up
nothing.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil

from fieldguide.core.bundle import BundleFile, Manifest, read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import language
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.network import Answers
from fieldguide.inference.wire import Fact, Message, MessageError, floats, receive, send
from fieldguide.inference.worker import serve

MOST_DEATHS = 3  # of a model's process, until nothing is asked of it any more
MOST_BATCH = 1024
_MANY_BYTES = 2 * 2**30
_SLACK = 2**20
_LOOK_SECONDS = 0.1
_DEATHS = frozenset({ErrorCode.MODEL_SLOW, ErrorCode.MODEL_GREEDY, ErrorCode.MODEL_CRASHED, ErrorCode.TORCH_MISSING})

Shapes = Sequence[tuple[int, ...]]
Values = list[npt.NDArray[np.float32]]

spawn = multiprocessing.get_context("spawn")  # a fork would copy the window


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
        self._connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs,), name="fieldguide-model", daemon=True)
        self._process.start()
        theirs.close()
        self._ended_for: ErrorCode | None = None
        self._torch: str | None = None

    def torch(self) -> str:
        """The version of torch there; waits until it is imported.

        Raises:
            FieldGuideError: TORCH_MISSING when it cannot be.
        """
        if self._torch is None:
            try:
                ready = self._receive(Bounds.of_start(), "", 0)
            except FieldGuideError as problem:
                raise FieldGuideError(ErrorCode.TORCH_MISSING, problem=problem.facts.get("problem", "")) from problem
            if ready.kind != "ready":
                raise FieldGuideError(ErrorCode.TORCH_MISSING, problem=str(ready.facts.get("problem"))[:200])
            self._torch = str(ready.facts.get("torch"))
        return self._torch

    def ask(self, bounds: Bounds, file: str, most: int, kind: str, /, *parts: bytes, **facts: Fact) -> Message:
        """Ask one question about the model `file`, whose answer may hold `most` bytes.

        Raises:
            FieldGuideError: what the other side refuses; MODEL_SLOW, MODEL_GREEDY or MODEL_CRASHED when it had to be
                ended or ended by itself, and then it can be asked nothing more.
        """
        self.torch()
        try:
            with self._watched(bounds):
                send(self._connection, kind, *parts, **facts)
        except OSError as gone:
            raise self._death(file) from gone
        answer = self._receive(bounds, file, most)
        if answer.kind == "refused":
            raise _refusal(answer, file)
        if answer.kind == "defect":
            raise RuntimeError(f"in the model's process: {answer.facts.get('traceback')}")
        return answer

    def end(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()
        self._process.join(2)  # the connection closes with the last who holds it: another thread may be reading from it

    def _receive(self, bounds: Bounds, file: str, most: int) -> Message:
        try:
            with self._watched(bounds):
                return receive(self._connection, most)
        except (EOFError, OSError, MessageError) as gone:
            raise self._death(file) from gone

    def _death(self, file: str) -> FieldGuideError:
        self._process.kill()
        self._process.join(2)
        code = self._ended_for or ErrorCode.MODEL_CRASHED
        return FieldGuideError(code, file=file, problem=str(self._process.exitcode))

    @contextmanager
    def _watched(self, bounds: Bounds) -> Iterator[None]:
        """Within it the process is ended when it goes beyond the bounds."""
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(bounds, over), name="watch-model", daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()

    def _watch(self, bounds: Bounds, over: threading.Event) -> None:
        begun = time.monotonic()
        if over.wait(_LOOK_SECONDS):
            return
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
        except psutil.Error:  # it is gone: the one who waits for its answer hears that
            return


class Children:
    """All processes of one application: started here, and ended together when it closes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Child] = []
        self._spare: Child | None = None
        self._closed = False

    def prepare(self) -> None:
        """Start a process for the model that will be asked for soon."""
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


class ServedNetwork:
    """A bundle loaded in a process of its own: a `fieldguide.inference.network.Network`.

    A process that died is replaced at the next question, at most `MOST_DEATHS` times.
    """

    def __init__(
        self, bundle: BundleFile, device: str, threads: int | None, children: Children, frozen: FrozenModels
    ) -> None:
        self.bundle = bundle
        self.golden = bundle.golden()
        self.device = device
        self.note: str | None = None
        self.batch_size = 1
        self._threads = threads
        self._children = children
        self._frozen = frozen
        self._beside = False
        self._deaths = 0
        self._given_up: FieldGuideError | None = None
        self._wanted = device
        self._digest = hashlib.sha256(bundle.data).hexdigest()  # of what was checked: the same for every copy of a file
        self._child: Child | None = None
        self._begin()

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        return self.bundle.manifest

    @classmethod
    def load(
        cls,
        path: Path,
        device: str = "auto",
        threads: int | None = None,
        *,
        children: Children,
        frozen: FrozenModels,
    ) -> ServedNetwork:
        """Read and check a bundle here, load and warm it up there; as `fieldguide.inference.runtime.Runtime.load`.

        Raises:
            FieldGuideError: one of the BUNDLE_ and MODEL_ codes; DEVICE_UNAVAILABLE, DEVICE_MEMORY, TORCH_MISSING.
        """
        return cls(read_bundle(path), device, threads, children, frozen)

    def run(self, batch: npt.NDArray[np.uint8]) -> Answers:
        """See `Network.run`."""
        labels, width, count = len(self.manifest.labels), self.golden.embedding.shape[1], len(batch)
        if not count:
            return np.zeros((0, labels), np.float32), np.zeros((0, width), np.float32)
        shapes = [(count, labels), (count, width)]
        logits, embedding = self._ask(count, shapes, "run", batch.tobytes(), beside=self._beside)
        return logits, embedding

    @contextmanager
    def beside_decoding(self) -> Iterator[None]:
        """See `Network.beside_decoding`."""
        self._beside = True
        try:
            yield
        finally:
            self._beside = False

    def input_gradient(
        self, picture: npt.NDArray[np.uint8], weights: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """See `Network.input_gradient`."""
        parts = picture.tobytes(), weights.astype(np.float32).tobytes()
        (gradient,) = self._ask(1, [picture.shape], "gradient", *parts)
        return gradient

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._children.end(self._child)
            self._child = None

    def _begin(self) -> None:
        """Load the model in a new process."""
        child = self._children.start()
        try:
            torch = child.torch()
            known = self._frozen.find(self._digest, torch)
            try:
                loaded = self._load(child, known or b"")
            except FieldGuideError as refused:
                if known is None or refused.code in _DEATHS:
                    raise
                loaded = self._load(child, b"")  # what was kept is of no use; the model itself decides
            if loaded.parts[0]:
                self._frozen.keep(self._digest, torch, loaded.parts[0])
            self._take_state(loaded)
        except BaseException:
            self._children.end(child)
            raise
        self._child = child

    def _load(self, child: Child, known: bytes) -> Message:
        bundle, size = self.bundle, len(self.bundle.data)
        facts: dict[str, Fact] = {"file": bundle.path.name, "digest": bundle.digest, "language": language()}
        facts |= {"device": self._wanted, "threads": self._threads}
        parts = (bundle.data, known)
        return child.ask(Bounds.of_load(size), bundle.path.name, 2 * size + _SLACK, "load", *parts, **facts)

    def _ask(self, pictures: int, shapes: Shapes, kind: str, *parts: bytes, **facts: Fact) -> Values:
        """One answer of these shapes; a process that died before is replaced first."""
        if self._given_up is not None:
            raise FieldGuideError(self._given_up.code, **self._given_up.facts)
        file, size = self.bundle.path.name, len(self.bundle.data)
        most = 4 * sum(int(np.prod(shape)) for shape in shapes)
        try:
            if self._child is None:
                self._begin()
            assert self._child is not None
            answer = self._child.ask(Bounds.of_run(pictures, size), file, most, kind, *parts, **facts)
            values = [floats(part, *shape) for part, shape in zip(answer.parts, shapes, strict=True)]
        except (MessageError, ValueError) as problem:
            raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file) from problem
        except FieldGuideError as error:
            if error.code in _DEATHS:
                self.close()
                self._deaths += 1
                self._given_up = error if self._deaths >= MOST_DEATHS else None
            raise
        self._take_state(answer)
        return values

    def _take_state(self, answer: Message) -> None:
        """Where it runs now: a graphics card may have failed meanwhile."""
        note, batch_size = answer.facts.get("note"), answer.facts.get("batch_size")
        self.device = "cuda" if answer.facts.get("device") == "cuda" else "cpu"
        self.note = note[:300] if isinstance(note, str) else None
        self.batch_size = min(max(batch_size, 1), MOST_BATCH) if isinstance(batch_size, int) else 1


def _refusal(answer: Message, file: str) -> FieldGuideError:
    """What the other side says went wrong, as far as it makes sense."""
    facts = {name.removeprefix("fact_"): value for name, value in answer.facts.items() if name.startswith("fact_")}
    try:
        return FieldGuideError(ErrorCode(str(answer.facts.get("code"))), **{"file": file, **facts})
    except ValueError:
        return FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file)
