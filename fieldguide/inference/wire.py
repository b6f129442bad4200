"""Messages between the window's process and the one that holds a model: a head of JSON, then plain bytes, in pipes.

No pickles: a model is a stranger's program, and what comes out of its process is looked at like any other file. Knows
neither torch nor what the messages mean, and imports little: the window waits for it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_HEAD_BYTES = 2**16
_LENGTH_BYTES = 4
_AT_ONCE = 2**20
Fact = str | int | float | bool | None


class MessageError(Exception):
    """The other side sent something that is no message, or that nobody asked for."""


@dataclass(frozen=True)
class Message:
    """`kind` says what it is about; `facts` are plain values, `parts` bytes."""

    kind: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    parts: tuple[bytes, ...] = ()


class Line:
    """Two pipes, one each way. Read by one thread at a time, written by one; closed with the last who holds it."""

    def __init__(self, reading: int, writing: int) -> None:
        """Take over two file descriptors."""
        self._descriptors = [reading, writing]

    def write(self, data: bytes) -> None:
        """Write all of it. Raises OSError when the other side is gone."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptors[1], rest[:_AT_ONCE]) :]

    def read(self, length: int) -> bytes:
        """Exactly so many bytes. Raises EOFError when the other side is gone."""
        parts, missing = [], length
        while missing:
            part = os.read(self._descriptors[0], min(missing, _AT_ONCE))
            if not part:
                raise EOFError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Let the other side know that nobody is here any more. No other thread may be reading or writing."""
        while self._descriptors:
            with contextlib.suppress(OSError):
                os.close(self._descriptors.pop())

    __del__ = close


def send(line: Line, kind: str, /, *parts: bytes, **facts: Fact) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    head = json.dumps([kind, facts, [len(part) for part in parts]]).encode()
    line.write(len(head).to_bytes(_LENGTH_BYTES, "big") + head)
    for part in parts:
        line.write(part)


def receive(line: Line, most: int) -> Message:
    """Receive one message whose parts hold at most `most` bytes together.

    Raises:
        MessageError: it is no message, or longer. EOFError or OSError when the other side is gone.
    """
    head = int.from_bytes(line.read(_LENGTH_BYTES), "big")
    if head > _HEAD_BYTES:
        raise MessageError("no message")
    try:
        kind, facts, lengths = json.loads(line.read(head))
    except (ValueError, TypeError, RecursionError) as problem:
        raise MessageError("no message") from problem
    plain = isinstance(kind, str) and isinstance(facts, dict) and isinstance(lengths, list)
    if not plain or not all(type(length) is int and length >= 0 for length in lengths) or sum(lengths) > most:
        raise MessageError("a message of another shape")
    if not all(isinstance(value, str | int | float | bool | None) for value in facts.values()):
        raise MessageError("a message of another shape")
    return Message(kind, facts, tuple(line.read(length) for length in lengths))


def floats(part: bytes, *shape: int) -> npt.NDArray[np.float32]:
    """Finite float32 numbers of exactly this shape. Raises MessageError."""
    import numpy as np

    if len(part) != 4 * int(np.prod(shape)):
        raise MessageError("numbers of another shape")
    values = np.frombuffer(part, np.float32).reshape(shape)
    if not np.isfinite(values).all():
        raise MessageError("something that is no number")
    return values
