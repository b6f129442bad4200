"""Reading what strangers send and what lies in folders: ordinary files alone, up to a bound.

Without a wait, and without asking for the bound's memory beforehand.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import IO

_BLOCK = 16 * 2**20
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # opening a pipe waits for whoever writes into it; Windows has none among files


class NoFileError(OSError):
    """A device, a pipe or a socket in the place of a file: it may never end."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "no ordinary file", str(path))


class TooLargeError(ValueError):
    """More bytes than what is read can have."""


def open_file(path: Path) -> io.BufferedReader:
    """An ordinary file, to be read. What was opened is looked at, not what stood there before.

    Raises:
        NoFileError: a device, a pipe or a socket. OSError: as `open`, IsADirectoryError of a folder among them.
        ValueError: a name that can be none.
    """
    try:
        stream = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_WAIT))  # noqa: SIM115
    except PermissionError as refused:
        if os.name == "nt" and path.is_dir():  # which has no other word for it
            raise IsADirectoryError(errno.EISDIR, "a folder", str(path)) from refused
        raise
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise NoFileError(path)


def read_file(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file. Raises TooLargeError when it has more than `most`, else as `open_file`."""
    with open_file(path) as stream:
        data = read_at_most(stream, most)
    if len(data) > most:
        raise TooLargeError(f"{path}: more than {most} bytes")
    return data


def read_at_most(stream: IO[bytes], most: int) -> bytes:
    """What is left in `stream`, or its first `most + 1` bytes: one more than allowed tells that there is too much.

    Python's own `read(n)` asks for `n` bytes of memory even of a tiny file, and a device never ends.
    """
    blocks = []
    left = most + 1
    while left > 0 and (block := stream.read(min(left, _BLOCK))):
        blocks.append(block)
        left -= len(block)
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)
