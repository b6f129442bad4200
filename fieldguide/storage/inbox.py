"""Photos for the window that is open: a folder in the library takes one file a start, the window takes them out.

No socket, no pipe: the app never touches the network, and a file waits for a window that is still opening. Knows no Qt,
so that a second start is over before it has imported any.
"""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from fieldguide.core.atomic import write_whole
from fieldguide.storage.locations import make_folder

PATIENCE = 8.0  # seconds until a window that takes nothing counts as gone
INBOX, LOCK = "inbox", "window.lock"
_ENDING = ".paths"


def hand_over(library: Path, photos: Sequence[Path], patience: float = PATIENCE) -> bool:
    """Leave photos for the open window and wait until it took them. False, and neither they nor its lock are left, when
    it did not: it hangs, or another process has the number of one that is gone.

    Raises:
        FieldGuideError: NOT_WRITABLE or DISK_FULL with `path`.
    """
    make_folder(library / INBOX)
    letter = library / INBOX / f"{os.urandom(16).hex()}{_ENDING}"
    write_whole(letter, b"\0".join(os.fsencode(path.absolute()) for path in photos))
    until = time.monotonic() + patience
    while letter.exists():
        if time.monotonic() > until:
            letter.unlink(missing_ok=True)
            (library / LOCK).unlink(missing_ok=True)
            return False
        time.sleep(0.01)
    return True


def taken(library: Path) -> Iterator[list[Path]]:
    """What other starts left, each with its photos; it is gone from the folder then."""
    for letter in sorted((library / INBOX).glob(f"*{_ENDING}")):
        try:
            names = letter.read_bytes()
            letter.unlink()
        except OSError:  # taken back in the meantime
            continue
        yield [Path(os.fsdecode(name)) for name in names.split(b"\0") if name]


def has_window(library: Path) -> bool:
    """Whether a living process of this computer has the window, by its lock, a `QLockFile`; False: nobody can tell."""
    lock = library / LOCK
    with contextlib.suppress(OSError):
        words = lock.read_text(errors="replace").splitlines()  # number of the process, its name, its computer ...
        return len(words) > 2 and words[2] == platform.node() and _is_locked(lock)
    return False


if os.name == "nt":

    def _is_locked(lock: Path) -> bool:
        try:
            lock.open("r+b").close()
        except PermissionError:
            return True
        return False

else:
    import fcntl

    def _is_locked(lock: Path) -> bool:
        with lock.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False
