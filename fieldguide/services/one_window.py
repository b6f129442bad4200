"""One window for one library: a second start hands its photos to the open window, and ends.

A lock file in the library's folder says who has the window; photos go through `storage.inbox`. Whoever does not take
them in time is gone or hangs, whatever the lock says: then the second start opens a window itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject, QSysInfo, Signal

from fieldguide.storage.inbox import INBOX, LOCK, PATIENCE, hand_over, taken
from fieldguide.storage.locations import make_folder


class OneWindow(QObject):
    """The claim to the window of one library.

    Signal `handed`: list[Path] of a second start, perhaps empty: show the window.
    """

    handed = Signal(list)

    def __init__(self, library: Path) -> None:
        super().__init__()
        self._library = library
        self._lock = QLockFile(str(library / LOCK))
        self._lock.setStaleLockTime(0)  # however long a window is open, its process is there
        self._watcher: QFileSystemWatcher | None = None

    def claim(self, photos: Sequence[Path] = (), patience: float = PATIENCE) -> bool:
        """Have the window; False when another one has it and took the photos.

        On a network share the window may be on another computer: then both have one, which the database allows.

        Raises:
            FieldGuideError: NOT_WRITABLE or DISK_FULL with `path`.
        """
        make_folder(self._library)
        if self._lock.tryLock(0):
            return True
        if self._lock.getLockInfo()[1] not in ("", QSysInfo.machineHostName()):
            return True
        if hand_over(self._library, photos, patience):
            return False
        self._lock.tryLock(0)
        return True

    def listen(self) -> None:
        """From now on tell what other starts hand over, and what one before this window left."""
        make_folder(self._library / INBOX)
        self._watcher = QFileSystemWatcher([str(self._library / INBOX)], self)
        self._watcher.directoryChanged.connect(self._take)
        self._take()

    def release(self) -> None:
        """Let the next start have the window."""
        self._lock.unlock()

    def _take(self) -> None:
        for photos in taken(self._library):
            self.handed.emit(photos)
