"""Another thing takes a file's place in the last moment: after every look at its name, before it is opened."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_waiting: dict[str, Callable[[], object]] = {}
_hooked: list[bool] = []


@contextmanager
def swapped(file: Path, put: Callable[[], object]) -> Iterator[None]:
    """The first time that Python opens `file` within the block, it goes, and `put` puts something in its place."""
    if not _hooked:
        sys.addaudithook(_heard)  # it can never be taken away: so there is one for all tests
        _hooked.append(True)
    _waiting[str(file)] = put
    try:
        yield
        assert str(file) not in _waiting, "nobody opened it"
    finally:
        _waiting.pop(str(file), None)


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _waiting and isinstance(arguments[0], str | os.PathLike):
        name = os.fspath(arguments[0])
        put = _waiting.pop(str(name), None)
        if put is not None:
            Path(str(name)).unlink()
            put()
