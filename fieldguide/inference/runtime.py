"""A bundle as a running network: load, check, warm up, run in batches. The only file that names `torch.jit`.

Nothing of a bundle runs before its archive, its source and its operators were looked at, and nothing is answered before
the golden samples came out as they did when the bundle was made. Importing this module imports torch: the window never
does, it asks a process of its own (`fieldguide.inference.served`).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt
import torch

from fieldguide.core.atomic import written_atomically
from fieldguide.core.bundle import BundleFile, Golden, Manifest, read_bundle, read_program
from fieldguide.core.bundle.manifest import contradiction
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.inference.network import Answers
from fieldguide.inference.operators import refuse_operators, refuse_program

DEVICES = ("auto", "cpu", "cuda")
CPU_BATCH, CUDA_BATCH = 16, 128
# Other kernels and processors round differently: 1e-4 of float32 logits, 1e-2 with the TF32 of graphics cards. A wrong
# mean, channel order or scale shows as 0.5 and more.
TOLERANCE = 0.02
# What a program makes torch raise: exceptions of C++ have the names that pybind11 gives them (`at()`: IndexError), and
# what it raises itself (`raise`, `assert`) is an Error of the interpreter, whatever it is called.
FAILURES = (
    *(RuntimeError, MemoryError, AttributeError, ValueError, TypeError),
    *(LookupError, ArithmeticError, AssertionError, torch.jit.Error),
)


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

        `frozen`: what `freeze` gave when this very bundle went through every check; then it only warms up.

        Raises:
            FieldGuideError: as `load`.
        """
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        with _naming(bundle.path.name):
            if frozen is None:
                refuse_program(bundle)
                runtime = cls(bundle, bundle.golden(), _load(bundle, "cpu"))
                runtime._check()
                runtime.run(_odd_picture(bundle.manifest.input.size))
            else:
                with _ignore_jit_deprecation():
                    runtime = cls(bundle, bundle.golden(), torch.jit.load(io.BytesIO(frozen)))  # type: ignore[no-untyped-call]
                for _ in range(2):  # the first calls are slow
                    runtime.run(runtime.golden.images[:1])
        return runtime

    def choose(self, device: str) -> None:
        """Use this device (see `load`) from now on. Raises FieldGuideError(DEVICE_UNAVAILABLE)."""
        _refuse_device(device)
        if device != "cpu":
            self._try_cuda(wanted=device == "cuda")

    def freeze(self) -> bytes:
        """The program as it runs on the processor, to be loaded again without a check. Before `choose`."""
        stream = io.BytesIO()
        with _ignore_jit_deprecation():
            torch.jit.save(self._module, stream)
        return stream.getvalue()

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
            raise _fault(problem, self.bundle.path.name, 1) from problem
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
        with torch.inference_mode():
            answer = self._module(pictures.contiguous(memory_format=torch.channels_last))
            if not (isinstance(answer, tuple) and len(answer) == 2 and all(map(torch.is_tensor, answer))):
                raise contradiction("the program does not answer with logits and an embedding")
            logits, embedding = (np.asarray(values.float().cpu().numpy(), np.float32) for values in answer)
        return logits, embedding

    def _check(self) -> None:
        """Compare with the golden samples; along the way the two slow first calls happen (100 and 45 ms)."""
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
                _run_tiny_kernel("cuda")
                self._module, self.device, self.batch_size = _load(self.bundle, "cuda"), "cuda", CUDA_BATCH
                right = self._difference() <= TOLERANCE
            except (RuntimeError, AssertionError, FieldGuideError) as problem:
                reason = _first_line(problem.__cause__ or problem)
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
        lacks = _lacks_memory(problem)
        if lacks and tried > 1:
            self.batch_size = tried // 2
            if on_the_card:
                torch.cuda.empty_cache()
        elif on_the_card:
            key = "inference.cuda_memory" if lacks else "inference.cuda_lost"
            self._fall_back(text(key, device=self._card, problem=_first_line(problem)))
        else:
            raise _fault(problem, self.bundle.path.name, tried) from problem

    def _fall_back(self, note: str) -> None:
        self.note = note
        self._module, self.device, self.batch_size = _load(self.bundle, "cpu"), "cpu", CPU_BATCH


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The weights of a bundle by name, on the processor, after the same checks as for running it: to train on from it.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes.
    """
    bundle = read_bundle(path)
    refuse_program(bundle)
    with _naming(path.name):
        return dict(_open(bundle, "cpu").state_dict())


def open_program(path: Path, manifest: Manifest) -> torch.nn.Module:
    """A TorchScript program of somebody else's, on the processor, after the same looks at it: to make a bundle of it.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes.
    """
    bundle = read_program(path, manifest)
    refuse_program(bundle)
    with _naming(path.name):
        return _open(bundle, "cpu")


def save_program(module: torch.nn.Module, pictures: torch.Tensor, path: Path, extra: dict[str, bytes]) -> None:
    """Trace `module` on `pictures` uint8 [N,3,S,S] and write it as an archive with extra files: a bundle is made.

    The archive takes its name whole or not at all. `module` is in evaluation mode and answers (logits, embedding). What
    torch writes for debuggers is left out: it names folders of the machine that trained, and nobody needs it.
    """
    written = io.BytesIO()
    with _ignore_jit_deprecation(), _plain_attention(), torch.no_grad(), warnings.catch_warnings():
        # Sizes become constants, as the manifest has them.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        traced = torch.jit.trace(module, (pictures,), check_trace=False, _store_inputs=False)  # type: ignore[no-untyped-call]
        torch.jit.save(traced, written, _extra_files=extra)
    with ZipFile(written) as whole, written_atomically(path) as stream, ZipFile(stream, "w") as kept:
        for entry in whole.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                kept.writestr(entry.filename, whole.read(entry), entry.compress_type)


def _refuse_device(device: str) -> None:
    if device not in DEVICES:
        problem = f"not one of {', '.join(DEVICES)}"
        raise FieldGuideError(ErrorCode.DEVICE_UNAVAILABLE, device=device, problem=problem)


def _odd_picture(size: int) -> npt.NDArray[np.uint8]:
    """A single picture unlike any photo, uint8 [1,3,size,size]: a program may fail at others than its golden ones."""
    return np.random.default_rng(0).integers(0, 256, (1, 3, size, size), np.uint8)


def _lacks_memory(problem: Exception) -> bool:
    return isinstance(problem, MemoryError | torch.OutOfMemoryError) or any(
        words in str(problem) for words in ("can't allocate memory", "not enough memory", "std::bad_alloc")
    )


def _fault(problem: Exception, file: str, photos: int) -> FieldGuideError:
    """Whose fault a failure on the processor is: the machine's, torch's on this system, or the model's."""
    if _lacks_memory(problem):
        return FieldGuideError(ErrorCode.DEVICE_MEMORY, photos=photos)
    try:
        _run_tiny_kernel("cpu")
    except RuntimeError as refusal:
        return FieldGuideError(ErrorCode.SYSTEM_REFUSES, problem=_first_line(refusal))
    return FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file)


def _first_line(problem: BaseException) -> str:
    return str(problem).strip().partition("\n")[0][:120]


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Attention in the operators of training: its short cut for evaluation has no gradient, which explaining needs."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _run_tiny_kernel(device: str) -> None:
    """What every model does. Raises RuntimeError."""
    picture = torch.ones(1, 3, 8, 8, dtype=torch.float16, device=device).float()
    torch.nn.functional.conv2d(picture, torch.ones(4, 3, 3, 3, device=device)).sum().item()


def _load(bundle: BundleFile, device: str) -> torch.nn.Module:
    """The frozen program on `device`, channels last (measured: the fastest of four ways), its operators looked at."""
    with _naming(bundle.path.name), _ignore_jit_deprecation():
        module: torch.nn.Module = torch.jit.freeze(_open(bundle, device).to(memory_format=torch.channels_last))
        refuse_operators(_kinds(_forward(module).inlined_graph), bundle.path.name)
    return module


def _open(bundle: BundleFile, device: str) -> torch.nn.Module:
    """The program as it was written, in evaluation mode, its operators looked at and nothing of it run yet."""
    with _ignore_jit_deprecation():
        module: torch.nn.Module = torch.jit.load(io.BytesIO(bundle.data), map_location=device)  # type: ignore[no-untyped-call]
    refuse_operators(_kinds(_forward(module).inlined_graph), bundle.path.name)
    _widen_where_torch_cannot(module)
    return module.eval()


def _widen_where_torch_cannot(module: torch.nn.Module) -> None:
    """Make float32 of half precision weights by numpy on systems where torch fails at that: those without /proc."""
    try:
        torch.ones(1, dtype=torch.float16).float()
    except RuntimeError:
        for weight in module.parameters():
            if weight.dtype == torch.float16:
                weight.data = torch.from_numpy(weight.detach().numpy().astype(np.float32))


def _forward(module: torch.nn.Module) -> Any:
    """The program that will run; a part of the same name would be found in its place, and looked at instead."""
    if not isinstance(module.forward, torch.ScriptMethod):
        raise contradiction("a part is named as the program is")
    return module.forward


def _kinds(graph: Any) -> Iterator[str]:
    """The kind of every node of an inlined graph, those in branches and loops too."""
    blocks = [graph]
    while blocks:
        for node in blocks.pop().nodes():
            yield node.kind()
            blocks.extend(node.blocks())


@contextmanager
def _ignore_jit_deprecation() -> Iterator[None]:
    """Since 2.13 torch announces the end of TorchScript at every call; it works, and it is the bundle's format."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*torch\.jit.*deprecated")
        yield


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Name the file in errors, and turn what torch raises at a broken program into one."""
    try:
        yield
    except FieldGuideError as error:
        raise FieldGuideError(error.code, **{"file": file, **error.facts}) from error.__cause__
    except FAILURES as problem:
        raise _fault(problem, file, 1) from problem
