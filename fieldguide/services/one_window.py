"""One window for one library: a second start hands its photos to the open window, and ends.

A lock file in the library's folder says who has the window; photos go through a folder beside it, one file a start.
No socket, no pipe: the app never touches the network, and a file waits for a window that is still opening. Whoever
does not take the file in time is gone or hangs, whatever the lock says: then the second start opens a window itself.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject, QSysInfo, Signal

from fieldguide.core.atomic import write_whole
from fieldguide.storage.locations import make_folder

PATIENCE = 8.0  # seconds until a window that takes nothing counts as gone
_ENDING = ".paths"


class OneWindow(QObject):
    """The claim to the window of one library.

    Signal `handed`: list[Path] of a second start, perhaps empty: show the window.
    """

    handed = Signal(list)

    def __init__(self, library: Path) -> None:
        super().__init__()
        self._inbox = library / "inbox"
        self._lock = QLockFile(str(library / "window.lock"))
        self._lock.setStaleLockTime(0)  # however long a window is open, its process is there
        self._watcher: QFileSystemWatcher | None = None

    def claim(self, photos: Sequence[Path] = (), patience: float = PATIENCE) -> bool:
        """Have the window; False when another one has it and took the photos.

        On a network share the window may be on another computer: then both have one, which the database allows.

        Raises:
            FieldGuideError: NOT_WRITABLE or DISK_FULL with `path`.
        """
        make_folder(self._inbox)
        if self._lock.tryLock(0):
            return True
        if self._lock.getLockInfo()[1] not in ("", QSysInfo.machineHostName()):
            return True
        if self._hand_over(photos, patience):
            return False
        Path(self._lock.fileName()).unlink(missing_ok=True)  # of a process that only has the number of the old one
        self._lock.tryLock(0)
        return True

    def listen(self) -> None:
        """From now on tell what other starts hand over, and what one before this window left."""
        self._watcher = QFileSystemWatcher([str(self._inbox)], self)
        self._watcher.directoryChanged.connect(self._take)
        self._take()

    def release(self) -> None:
        """Let the next start have the window."""
        self._lock.unlock()

    def _hand_over(self, photos: Sequence[Path], patience: float) -> bool:
        letter = self._inbox / f"{uuid.uuid4().hex}{_ENDING}"
        write_whole(letter, b"\0".join(os.fsencode(path.absolute()) for path in photos))
        until = time.monotonic() + patience
        while letter.exists():
            if time.monotonic() > until:
                letter.unlink(missing_ok=True)
                return False
            time.sleep(0.02)
        return True

    def _take(self) -> None:
        for letter in sorted(self._inbox.glob(f"*{_ENDING}")):
            try:
                names = letter.read_bytes()
                letter.unlink()
            except OSError:  # taken back in the meantime
                continue
            self.handed.emit([Path(os.fsdecode(name)) for name in names.split(b"\0") if name])
