"""Reading what strangers send, up to a bound and without asking for the bound's memory beforehand."""

from __future__ import annotations

from typing import IO

_BLOCK = 16 * 2**20


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
