"""Messages between the window's process and the one that holds a model: a line of JSON, then plain bytes.

No pickles: a model is a stranger's program, and what comes out of its process is looked at like any other file. Knows
neither torch nor what the messages mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_HEAD_BYTES = 2**16
Fact = str | int | float | bool | None


class MessageError(Exception):
    """The other side sent something that is no message, or that nobody asked for."""


@dataclass(frozen=True)
class Message:
    """`kind` says what it is about; `facts` are plain values, `parts` bytes."""

    kind: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    parts: tuple[bytes, ...] = ()


def send(connection: Connection, kind: str, /, *parts: bytes, **facts: Fact) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    connection.send_bytes(json.dumps([kind, facts, [len(part) for part in parts]]).encode())
    for part in parts:
        if part:
            connection.send_bytes(part)


def receive(connection: Connection, most: int) -> Message:
    """Receive one message whose parts hold at most `most` bytes together.

    Raises:
        MessageError: it is no message, or longer. EOFError or OSError when the other side is gone.
    """
    try:
        kind, facts, lengths = json.loads(connection.recv_bytes(_HEAD_BYTES))
    except (ValueError, TypeError, RecursionError) as problem:
        raise MessageError("no message") from problem
    plain = isinstance(kind, str) and isinstance(facts, dict) and isinstance(lengths, list)
    if not plain or not all(type(length) is int and length >= 0 for length in lengths) or sum(lengths) > most:
        raise MessageError("a message of another shape")
    if not all(isinstance(value, str | int | float | bool | None) for value in facts.values()):
        raise MessageError("a message of another shape")
    parts = tuple(connection.recv_bytes(length) if length else b"" for length in lengths)
    if [len(part) for part in parts] != lengths:
        raise MessageError("a message of another length")
    return Message(kind, facts, parts)


def floats(part: bytes, *shape: int) -> npt.NDArray[np.float32]:
    """Finite float32 numbers of exactly this shape. Raises MessageError."""
    import numpy as np

    if len(part) != 4 * int(np.prod(shape)):
        raise MessageError("numbers of another shape")
    values = np.frombuffer(part, np.float32).reshape(shape)
    if not np.isfinite(values).all():
        raise MessageError("something that is no number")
    return values
