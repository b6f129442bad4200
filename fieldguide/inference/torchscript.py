"""TorchScript programs: opened after they were looked at, frozen, kept, written. The only file that names `torch.jit`.

Nothing of a program runs before its archive, its source and its operators were looked at.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import torch

from fieldguide.core.atomic import written_atomically
from fieldguide.core.bundle import BundleFile, Manifest, read_bundle, read_program
from fieldguide.core.bundle.manifest import contradiction
from fieldguide.inference.faults import naming
from fieldguide.inference.operators import refuse_operators, refuse_program


def load_program(bundle: BundleFile, device: str) -> torch.nn.Module:
    """The frozen program on `device`, channels last (measured: the fastest of four ways), its operators looked at."""
    with naming(bundle.path.name), _ignore_jit_deprecation():
        module: torch.nn.Module = torch.jit.freeze(_open(bundle, device).to(memory_format=torch.channels_last))
        refuse_operators(_kinds(_forward(module).inlined_graph), bundle.path.name)
    return module


def as_frozen() -> AbstractContextManager[None]:
    """Within it the programs of this thread run as they were frozen.

    Torch would watch the first call for what could be fused, and compile at the second: 120 to 180 ms, and on a
    processor no answer comes sooner for it, or differs in a bit.
    """
    return torch.jit.optimized_execution(False)  # type: ignore[attr-defined]


def load_kept(kept: bytes) -> torch.nn.Module:
    """What `keep_program` gave of a program that went through every check, on the processor."""
    with _ignore_jit_deprecation():
        module: torch.nn.Module = torch.jit.load(io.BytesIO(kept))  # type: ignore[no-untyped-call]
    return module


def keep_program(module: torch.nn.Module) -> bytes:
    """A frozen program as it runs on the processor, to be loaded again without a check."""
    stream = io.BytesIO()
    with _ignore_jit_deprecation():
        torch.jit.save(module, stream)
    return stream.getvalue()


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The weights of a bundle by name, on the processor, after the same checks as for running it: to train on from it.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes.
    """
    bundle = read_bundle(path)
    refuse_program(bundle)
    with naming(path.name):
        return dict(_open(bundle, "cpu").state_dict())


def open_program(path: Path, manifest: Manifest) -> torch.nn.Module:
    """A TorchScript program of somebody else's, on the processor, after the same looks at it: to make a bundle of it.

    Raises:
        FieldGuideError: one of the BUNDLE_ codes.
    """
    bundle = read_program(path, manifest)
    refuse_program(bundle)
    with naming(path.name):
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
def _plain_attention() -> Iterator[None]:
    """Attention in the operators of training: its short cut for evaluation has no gradient, which explaining needs."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


@contextmanager
def _ignore_jit_deprecation() -> Iterator[None]:
    """Since 2.13 torch announces the end of TorchScript at every call; it works, and it is the bundle's format."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*torch\.jit.*deprecated")
        yield
