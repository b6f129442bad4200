"""A bundle as a running network: load, check, warm up, run in batches.

Nothing is answered before the golden samples came out as they did when the bundle was made. Importing this module
imports torch: the window never does, it asks a process of its own (`fieldguide.inference.served`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from fieldguide.core.bundle import BundleFile, Golden, Manifest, read_bundle
from fieldguide.core.bundle.manifest import contradiction
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.inference.faults import FAILURES, fault, first_line, lacks_memory, naming, run_tiny_kernel
from fieldguide.inference.network import Answers
from fieldguide.inference.operators import refuse_program
from fieldguide.inference.torchscript import as_frozen, keep_program, load_kept, load_program

DEVICES = ("auto", "cpu", "cuda")
CPU_BATCH, CUDA_BATCH = 16, 128
# Other kernels and processors round differently: 1e-4 of float32 logits, 1e-2 with the TF32 of graphics cards. A wrong
# mean, channel order or scale shows as 0.5 and more.
TOLERANCE = 0.02


class Runtime:
    """A loaded bundle on its device. Use from one thread at a time.

    Attributes:
        bundle: the file it came from; `manifest` is its manifest, `golden` its golden samples.
        device: "cpu" or "cuda".
        note: a sentence when a graphics card was wanted or found and the processor is used; else None.
        batch_size: how many pictures to give at once; halved when a graphics card runs out of memory.
    """

    def __init__(self, bundle: BundleFile, golden: Golden, module: torch.nn.Module) -> None:
        self.bundle = bundle
        self.device = "cpu"
        self.note: str | None = None
        self.batch_size = CPU_BATCH
        self.golden = golden
        self._pool: ThreadPoolExecutor | None = None
        self._pieces = 1
        self._card = ""
        self._module = module

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        return self.bundle.manifest

    @classmethod
    def load(cls, path: Path, device: str = "auto", threads: int | None = None) -> Runtime:
        """Load, check and warm up a bundle.

        Args:
            path: the `.fieldguide` file.
            device: auto (a usable graphics card, else the processor), cpu or cuda (falls back too, with a `note`).
            threads: processor threads of torch, for the whole process; None leaves torch's choice.

        Raises:
            FieldGuideError: one of the BUNDLE_ codes; DEVICE_UNAVAILABLE for a device of another name.
        """
        _refuse_device(device)
        runtime = cls.of(read_bundle(path), threads)
        runtime.choose(device)
        return runtime

    @classmethod
    def of(cls, bundle: BundleFile, threads: int | None = None, frozen: bytes | None = None) -> Runtime:
        """A bundle that was read already, on the processor.

        `frozen`: what `freeze` gave when this very bundle went through every check; then it answers once, to see that
        it does.

        Raises:
            FieldGuideError: as `load`.
        """
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        with naming(bundle.path.name):
            if frozen is None:
                refuse_program(bundle)
                runtime = cls(bundle, bundle.golden(), load_program(bundle, "cpu"))
                runtime._check()
                runtime.run(_odd_picture(bundle.manifest.input.size))
            else:
                runtime = cls(bundle, bundle.golden(), load_kept(frozen))
                runtime.warm_up()
        return runtime

    def warm_up(self) -> None:
        """Answer once for nobody: the first call is slow."""
        self.run(self.golden.images[:1])

    def choose(self, device: str) -> None:
        """Use this device (see `load`) from now on. Raises FieldGuideError(DEVICE_UNAVAILABLE)."""
        _refuse_device(device)
        if device != "cpu":
            self._try_cuda(wanted=device == "cuda")

    def freeze(self) -> bytes:
        """The program as it runs on the processor, to be loaded again without a check. Before `choose`."""
        return keep_program(self._module)

    def run(self, batch: npt.NDArray[np.uint8]) -> Answers:
        """Logits float32 [N,C] and embeddings float32 [N,D] of prepared pictures uint8 [N,3,S,S]; N may be 0.

        Runs in parts of at most `batch_size`. A device that runs out of memory gets half as many from then on, and a
        graphics card that fails otherwise, or for which even one is too many, nothing any more.

        Raises:
            FieldGuideError: BUNDLE_DAMAGED or BUNDLE_CONTRADICTORY when the program fails or answers with something
                else; DEVICE_MEMORY when the machine has too little memory for one picture.
        """
        logits, embeddings, start = [], [], 0
        while start < len(batch):
            part = batch[start : start + self.batch_size]
            try:
                answer = self._forward(part)
            except FAILURES as problem:
                self._give_way(problem, len(part))
                continue
            self._refuse_answer(answer, len(part))
            logits.append(answer[0])
            embeddings.append(answer[1])
            start += len(part)
        if not logits:
            none = np.zeros((0, len(self.manifest.labels)), np.float32)
            return none, np.zeros((0, self.golden.embedding.shape[1]), np.float32)
        return np.concatenate(logits), np.concatenate(embeddings)

    @contextmanager
    def beside_decoding(self) -> Iterator[None]:
        """Within it the processor runs parts of a batch side by side, each on one thread of torch, instead of one after
        the other on several: those wait for each other in every layer, and for the threads that decode.
        """
        threads = torch.get_num_threads()
        if self.device != "cpu" or threads == 1:
            yield
            return
        try:
            with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                self._pool, self._pieces = pool, threads
                yield
        finally:
            self._pool, self._pieces = None, 1
            torch.set_num_threads(threads)

    def input_gradient(
        self, picture: npt.NDArray[np.uint8], weights: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """Gradient float32 [3,S,S] of `weights` [C] times the logits, with respect to one picture uint8 [3,S,S].

        Raises:
            FieldGuideError: BUNDLE_DAMAGED when the bundle's program has no gradient.
        """
        try:
            values = torch.from_numpy(picture[None].astype(np.float32)).to(self.device).requires_grad_()
            logits, _ = self._module(values)
            (logits[0] * torch.from_numpy(weights).to(self.device)).sum().backward()
        except FAILURES as problem:
            raise fault(problem, self.bundle.path.name, 1) from problem
        if values.grad is None:
            raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=self.bundle.path.name)
        return np.asarray(values.grad[0].cpu().numpy(), np.float32)

    def _forward(self, part: npt.NDArray[np.uint8]) -> Answers:
        if self._pool is None:
            return self._compute(part)
        pieces = np.array_split(part, min(self._pieces, len(part)))
        logits, embeddings = zip(*self._pool.map(self._compute, pieces), strict=True)
        return np.concatenate(logits), np.concatenate(embeddings)

    def _compute(self, part: npt.NDArray[np.uint8]) -> Answers:
        pictures = torch.from_numpy(np.ascontiguousarray(part)).to(self.device)
        with torch.inference_mode(), as_frozen() if self.device == "cpu" else nullcontext():
            answer = self._module(pictures.contiguous(memory_format=torch.channels_last))
            if not (isinstance(answer, tuple) and len(answer) == 2 and all(map(torch.is_tensor, answer))):
                raise contradiction("the program does not answer with logits and an embedding")
            logits, embedding = (np.asarray(values.float().cpu().numpy(), np.float32) for values in answer)
        return logits, embedding

    def _check(self) -> None:
        """Compare with the golden samples; along the way the slow first call happens."""
        difference = self._difference()
        if not difference <= TOLERANCE:
            raise FieldGuideError(
                ErrorCode.BUNDLE_GOLDEN_MISMATCH, file=self.bundle.path.name, difference=f"{difference:.3g}"
            )

    def _difference(self) -> float:
        """Largest relative difference to the golden answers (relative to values above 1, absolute below)."""
        worst = 0.0
        for _ in range(2):
            found = self.run(self.golden.images)
            for values, expected in zip(found, (self.golden.logits, self.golden.embedding), strict=True):
                deviations = np.abs(values - expected) / np.maximum(1.0, np.abs(expected))
                worst = max(worst, float(np.nan_to_num(deviations, nan=np.inf).max()))
        return worst

    def _try_cuda(self, wanted: bool) -> None:
        """Move to the graphics card if it really works: `is_available()` is true for cards without kernels too."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drivers and cards; the note says it in words
            present = torch.cuda.is_available()
            if not present:
                self.note = text("inference.cuda_absent") if wanted else None
                return
            self._card = "CUDA"
            try:
                self._card = torch.cuda.get_device_name()
                run_tiny_kernel("cuda")
                self._module, self.device, self.batch_size = load_program(self.bundle, "cuda"), "cuda", CUDA_BATCH
                right = self._difference() <= TOLERANCE
            except (RuntimeError, AssertionError, FieldGuideError) as problem:
                reason = first_line(problem.__cause__ or problem)
                self._fall_back(text("inference.cuda_unusable", device=self._card, problem=reason))
                return
        if not right:
            self._fall_back(text("inference.cuda_wrong", device=self._card))

    def _refuse_answer(self, answer: Answers, count: int) -> None:
        """At every call: a program can answer golden samples well and others not."""
        wanted = (count, len(self.manifest.labels)), (count, self.golden.embedding.shape[1])
        for values, shape in zip(answer, wanted, strict=True):
            if values.shape != shape:
                raise contradiction(f"the program answers {values.shape}, it should be {shape}")
        if not all(np.isfinite(values).all() for values in answer):
            raise FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=self.bundle.path.name)

    def _give_way(self, problem: Exception, tried: int) -> None:
        """Fewer pictures at once where memory lacks, the processor where the card fails; else it is the program."""
        on_the_card = self.device == "cuda" or isinstance(problem, torch.OutOfMemoryError)
        lacks = lacks_memory(problem)
        if lacks and tried > 1:
            self.batch_size = tried // 2
            if on_the_card:
                torch.cuda.empty_cache()
        elif on_the_card:
            key = "inference.cuda_memory" if lacks else "inference.cuda_lost"
            self._fall_back(text(key, device=self._card, problem=first_line(problem)))
        else:
            raise fault(problem, self.bundle.path.name, tried) from problem

    def _fall_back(self, note: str) -> None:
        self.note = note
        self._module, self.device, self.batch_size = load_program(self.bundle, "cpu"), "cpu", CPU_BATCH


def _refuse_device(device: str) -> None:
    if device not in DEVICES:
        problem = f"not one of {', '.join(DEVICES)}"
        raise FieldGuideError(ErrorCode.DEVICE_UNAVAILABLE, device=device, problem=problem)


def _odd_picture(size: int) -> npt.NDArray[np.uint8]:
    """A single picture unlike any photo, uint8 [1,3,size,size]: a program may fail at others than its golden ones."""
    return np.random.default_rng(0).integers(0, 256, (1, 3, size, size), np.uint8)
