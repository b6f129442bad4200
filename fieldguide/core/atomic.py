"""The one way in which both programs write a file: it is there whole or not at all."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TextIO

from fieldguide.core.errors import ErrorCode, FieldGuideError


@contextmanager
def written_atomically(path: Path) -> Iterator[IO[bytes]]:
    """A binary file beside `path` that takes its place when the block ends well, and vanishes when it does not.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`; what stood there before is untouched.
    """
    with written_together(path) as (stream,):
        yield stream


@contextmanager
def written_together(*paths: Path) -> Iterator[tuple[IO[bytes], ...]]:
    """As `written_atomically`, for files that belong together: all are new, or all are as they were.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with the `path` of the first.
    """
    mark = os.urandom(4).hex()
    unfinished = [path.with_name(f".{path.name[:80]}.{mark}.part") for path in paths]
    try:
        with os_errors(paths[0]):
            for path in paths:
                if path.exists() and not path.is_file():  # a device would be gone, and a file in its place
                    raise FieldGuideError(ErrorCode.NOT_WRITABLE, path=str(path))
            with ExitStack() as files:
                streams = tuple(files.enter_context(part.open("xb")) for part in unfinished)
                yield streams
                for stream in streams:
                    stream.flush()
                    os.fsync(stream.fileno())
            _take_places(unfinished, paths)
    finally:
        for part in unfinished:
            part.unlink(missing_ok=True)


@contextmanager
def all_or_none() -> Iterator[Callable[[Path], None]]:
    """Files and folders that belong together: what the block names before it makes it goes again when the block fails.

    What is there already when it is named stays.
    """
    made: list[Path] = []

    def name(path: Path) -> None:
        made.extend(reversed([each for each in (path, *path.parents) if not each.exists()]))

    try:
        yield name
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _take_places(unfinished: Sequence[Path], paths: Sequence[Path]) -> None:
    """The last one just takes its place; until it has, what the others took the place of is kept beside them."""
    back: list[tuple[Path, Path]] = []
    kept: list[Path] = []
    try:
        for part, path in zip(unfinished[:-1], paths[:-1], strict=True):
            if path.exists():
                kept.append(path.rename(part.with_suffix(".old")))
                back.append((kept[-1], path))
            part.rename(path)
            back.append((path, part))
        unfinished[-1].replace(paths[-1])
    except OSError:
        for here, there in reversed(back):
            here.rename(there)
        raise
    for old in kept:
        old.unlink()


@contextmanager
def written_text(path: Path, *, encoding: str = "utf-8", newline: str = "") -> Iterator[TextIO]:
    """As `written_atomically`, for text; `newline` as `open` takes it (by default lines end as they are written)."""
    with written_atomically(path) as stream, as_text(stream, encoding, newline) as words:
        yield words


@contextmanager
def as_text(stream: IO[bytes], encoding: str = "utf-8", newline: str = "") -> Iterator[TextIO]:
    """Write text into a binary stream that stays open; the block ends with everything in it."""
    words = io.TextIOWrapper(stream, encoding, newline=newline)
    yield words
    words.flush()
    words.detach()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file at once; text in UTF-8. Raises as `written_atomically`."""
    with written_atomically(path) as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)


def append_whole(path: Path, content: str) -> None:
    """Add text (UTF-8) at the end of a file, down to the disk; when it has no room for all, nothing is added.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    left = memoryview(content.encode("utf-8"))
    with os_errors(path), path.open("ab", buffering=0) as stream:
        end = stream.seek(0, os.SEEK_END)
        try:
            while left:
                left = left[stream.write(left) :]
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(end)
            raise


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
