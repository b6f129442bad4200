"""What was dropped becomes finds to offer: folders opened, photos grouped by time and place, off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.decision.fusion import propose_groups
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo import find_photos, read_header
from fieldguide.core.records import Photo
from fieldguide.services.lanes import Handle, Lane, Lanes
from fieldguide.services.notices import Notices

GATHER_GROUP = "gather"
MANY = 300  # files from which on somebody would wonder what happens


@dataclass(frozen=True, slots=True)
class Gathered:
    """Files as finds, by a guess from their headers; files that cannot be read stand alone and say so later."""

    groups: tuple[tuple[Path, ...], ...]


class Gatherer(QObject):
    """Signal `gathered`: Gathered, at least one file. A folder without photos becomes a notice, and one with many."""

    gathered = Signal(object)

    def __init__(self, lanes: Lanes, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes, self._notices = lanes, notices

    def gather(self, paths: Sequence[Path]) -> None:
        """Look at what was dropped; a drop before this one that is still being looked at is forgotten."""
        wanted = tuple(paths)
        self._lanes.cancel(GATHER_GROUP)
        job = self._lanes.start(Lane.READING, lambda handle: _gather(wanted, handle), GATHER_GROUP)
        job.reported.connect(lambda count: self._notices.tell("storage.gathering", count=count))
        job.done.connect(self.gathered)
        job.failed.connect(self._notices.report)


def _gather(paths: Sequence[Path], handle: Handle) -> Gathered:
    files = tuple(dict.fromkeys(find_photos(paths)))
    if not files:
        raise FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=paths[0].name)
    if len(files) == 1:
        return Gathered((files,))
    if len(files) >= MANY:
        handle.tell(len(files))
    photos = []
    for file in files:
        handle.check()
        photos.append(_glance(file))
    return Gathered(tuple(tuple(photo.path for photo in group) for group in propose_groups(photos)))


def _glance(file: Path) -> Photo:
    """Time and place alone; the file is read properly when it is identified."""
    try:
        header = read_header(file)
    except FieldGuideError:
        return Photo(file, "", 0, 0)
    return Photo(file, "", 0, 0, header.taken_at, header.latitude, header.longitude)
