"""A model in a process of its own, asked from here as if it were loaded here. Never imports torch.

A model file is a stranger's program. What it may do was looked at before (`operators`), but not whether it ever ends or
how much memory it takes; so it runs in a process that is ended when it takes too long, too much of the processor or too
much memory, and whose every answer is looked at. That process starts beside the window, so torch's import holds up
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fieldguide.core.bundle import BundleFile, Manifest, read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import language
from fieldguide.inference.child import Bounds, Child, Children
from fieldguide.inference.frozen import FrozenModels, made_for
from fieldguide.inference.network import Answers
from fieldguide.inference.wire import Fact, Message, MessageError, floats

MOST_DEATHS = 3  # of a model's process, until nothing is asked of it any more
MOST_BATCH = 1024
_SLACK = 2**20
_DEATHS = frozenset(
    {ErrorCode.MODEL_SLOW, ErrorCode.MODEL_GREEDY, ErrorCode.MODEL_CRASHED}
    | {ErrorCode.TORCH_MISSING, ErrorCode.MEMORY_SHORT}
)

Shapes = Sequence[tuple[int, ...]]
Values = list[npt.NDArray[np.float32]]


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
            FieldGuideError: one of the BUNDLE_ and MODEL_ codes; DEVICE_UNAVAILABLE, DEVICE_MEMORY, TORCH_MISSING,
                SYSTEM_REFUSES, MEMORY_SHORT.
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
            kept = self._frozen.find(self._digest)
            torch = child.torch()
            known = kept.get(made_for(torch))
            del kept
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
            if error.code in _DEATHS | {ErrorCode.SYSTEM_REFUSES}:
                self.close()
            if error.code in _DEATHS:
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
