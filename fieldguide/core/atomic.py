"""The one way in which both programs write a file: it is there whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO

from fieldguide.core.errors import ErrorCode, FieldGuideError


@contextmanager
def written_atomically(path: Path) -> Iterator[IO[bytes]]:
    """A binary file beside `path` that takes its place when the block ends well, and vanishes when it does not.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; what stood there before is untouched.
    """
    unfinished = path.with_name(f".{path.name[:80]}.{uuid.uuid4().hex[:8]}.part")
    try:
        with os_errors(path):
            with unfinished.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def written_text(path: Path, *, encoding: str = "utf-8", newline: str = "") -> Iterator[TextIO]:
    """As `written_atomically`, for text; `newline` as `open` takes it (by default lines end as they are written)."""
    with written_atomically(path) as stream:
        words = io.TextIOWrapper(stream, encoding, newline=newline)
        yield words
        words.flush()
        words.detach()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file at once; text in UTF-8. Raises as `written_atomically`."""
    with written_atomically(path) as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about a full or write-protected disk into coded errors; anything else passes."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise FieldGuideError(ErrorCode.DISK_FULL, path=str(path)) from problem
        if problem.errno in _REFUSED:
            raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(path)) from problem
        raise


_REFUSED = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ENAMETOOLONG,
        errno.EIO,
        errno.EINVAL,
    }
)
