"""Whose fault it is when torch fails: the machine's, torch's on this system, or the model's. Names no `torch.jit`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from fieldguide.core.errors import ErrorCode, FieldGuideError

# What a program makes torch raise: exceptions of C++ have the names that pybind11 gives them (`at()`: IndexError), and
# what it raises itself (`raise`, `assert`) is an exception of the interpreter, whatever it is called.
FAILURES = (
    *(RuntimeError, MemoryError, AttributeError, ValueError, TypeError),
    *(LookupError, ArithmeticError, AssertionError, torch._C.JITException),
)


def fault(problem: Exception, file: str, photos: int) -> FieldGuideError:
    """Whose fault a failure on the processor is: the machine's, torch's on this system, or the model's."""
    if lacks_memory(problem):
        return FieldGuideError(ErrorCode.DEVICE_MEMORY, photos=photos)
    try:
        run_tiny_kernel("cpu")
    except RuntimeError as refusal:
        return FieldGuideError(ErrorCode.SYSTEM_REFUSES, problem=first_line(refusal))
    return FieldGuideError(ErrorCode.BUNDLE_DAMAGED, file=file)


def lacks_memory(problem: Exception) -> bool:
    """Whether it says, by its kind or in its words, that memory ran out."""
    return isinstance(problem, MemoryError | torch.OutOfMemoryError) or any(
        words in str(problem) for words in ("can't allocate memory", "not enough memory", "std::bad_alloc")
    )


def run_tiny_kernel(device: str) -> None:
    """What every model does. Raises RuntimeError."""
    picture = torch.ones(1, 3, 8, 8, dtype=torch.float16, device=device).float()
    torch.nn.functional.conv2d(picture, torch.ones(4, 3, 3, 3, device=device)).sum().item()


def first_line(problem: BaseException) -> str:
    """What it says, short enough for a sentence."""
    return str(problem).strip().partition("\n")[0][:120]


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Name the file in errors, and turn what torch raises at a broken program into one."""
    try:
        yield
    except FieldGuideError as error:
        raise FieldGuideError(error.code, **{"file": file, **error.facts}) from error.__cause__
    except FAILURES as problem:
        raise fault(problem, file, 1) from problem
