"""The pickles of a TorchScript archive, read with stand-ins for everything: what they name, and whether it fits.

torch's own reader executes nothing, but trusts sizes: a tensor that is longer than its file is read on behind the end
of the buffer. Nothing here is built for real: every class that a pickle may name becomes a stand-in that does nothing.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from fieldguide.core.bundle import BundleFile

MAX_MEMO = 1_000_000  # a pickle may ask its reader for a table of any length
MAX_DEPTH = 100  # of containers in containers; torch's reader goes down one call for each

_ITEM_BYTES = {
    **{"DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2},
    **{"LongStorage": 8, "IntStorage": 4, "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1},
    **{"ComplexFloatStorage": 8, "ComplexDoubleStorage": 16},
}
_CONTAINERS = {
    ("collections", "OrderedDict"),
    *(("torch." + "jit._pickle", f"build_{kind}list") for kind in ("int", "double", "bool", "tensor")),
    ("torch." + "jit._pickle", "restore_type_tag"),
    ("torch._utils", "_rebuild_parameter"),
}


def pickle_problems(bundle: BundleFile) -> Iterator[str]:
    """What is wrong with the two pickles, as short phrases; nothing when they may be given to torch."""
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        for name in ("data", "constants"):
            data = archive.read(f"{bundle.folder}/{name}.pkl")
            prefix = f"{bundle.folder}/{name}/"
            inside = {path.removeprefix(prefix): size for path, size in sizes.items() if path.startswith(prefix)}
            try:
                _refuse_length_and_depth(data)
                _Reader(io.BytesIO(data), inside).load()
            except _ProblemError as problem:
                yield f"{name}.pkl: {problem}"
            except Exception as problem:  # of a stream that is no pickle: nearly every built-in exception
                yield f"{name}.pkl cannot be read ({type(problem).__name__})"


class _ProblemError(Exception):
    """Something that no network needs; the message is the short phrase."""


class _StandIn:
    """Takes the place of any object of the program: accepts whatever a pickle does to it, and does nothing."""

    def __new__(cls, *arguments: object) -> _StandIn:
        return super().__new__(cls)

    def __init__(self, *arguments: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def append(self, value: object) -> None:
        pass


class _Length(int):
    """Stands for a storage: how many items it has."""


class _Reader(pickle.Unpickler):
    """Reads one pickle. `sizes`: bytes of each storage file by its key."""

    def __init__(self, stream: io.BytesIO, sizes: Mapping[str, int]) -> None:
        super().__init__(stream)
        self._sizes = sizes

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch._utils" and name == "_rebuild_tensor_v2":
            return _check_tensor
        if module == "torch" and name in _ITEM_BYTES:
            return name
        own = module.startswith("__torch__") and not f"{module}.{name}".startswith("__torch__.torch.classes")
        if own or (module, name) in _CONTAINERS:
            return _StandIn
        raise _ProblemError(f"it names {module}.{name}"[:80])

    def persistent_load(self, pid: Any) -> Any:
        """A storage: ("storage", its type, the key of its file, device, number of items)."""
        _, kind, key, _, count = pid
        if count < 0 or count * _ITEM_BYTES[kind] > self._sizes.get(key, -1):
            raise _ProblemError(f"the storage {key!r:.20} is longer than its file")
        return _Length(count)


def _check_tensor(
    storage: object, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *rest: object
) -> _StandIn:
    if not isinstance(storage, _Length) or len(size) != len(stride) or min((offset, *size, *stride)) < 0:
        raise _ProblemError("a tensor of an impossible shape")
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if 0 not in size and last >= storage:
        raise _ProblemError("a tensor that leaves its storage")
    return _StandIn()


def _refuse_length_and_depth(data: bytes) -> None:
    """Follow how deep what lies on the reader's stack is nested, by what each opcode takes from it and leaves there."""
    stack: list[int] = []
    marks: list[int] = []
    memo: dict[object, int] = {}
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "LONG_BINPUT" and isinstance(argument, int) and argument > MAX_MEMO:
            raise _ProblemError("it asks for too long a table")
        if opcode.name == "MARK":
            marks.append(len(stack))
        elif "PUT" in opcode.name:
            memo[argument] = stack[-1]
        elif opcode.name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif "GET" in opcode.name:
            stack.append(memo[argument])
        else:
            taken = len(opcode.stack_before)
            if pickletools.markobject in opcode.stack_before:
                begin = marks.pop() - opcode.stack_before.index(pickletools.markobject)
            else:
                begin = len(stack) - taken
            inside, stack[begin:] = stack[begin:], []
            if inside and opcode.stack_after[:1] == opcode.stack_before[:1]:  # what is there gets more
                depth = max([inside[0], *(each + 1 for each in inside[1:])])
            else:
                depth = max(inside, default=0) + (1 if inside else 0)
            if depth > MAX_DEPTH:
                raise _ProblemError("it is nested too deep")
            stack += [depth] * len(opcode.stack_after)
