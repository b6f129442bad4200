"""Small and large pictures for the window, read off its thread. Hands out JPEG bytes and pixels; knows no QImage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.photo import DecodedPhoto, read_photo
from fieldguide.core.records import Photo
from fieldguide.services.lanes import Handle, Job, Lane, Lanes
from fieldguide.storage.thumbnails import LONG_SIDE, ThumbnailStore, make_thumbnail

EVERYTHING = 1_000_000  # a short side that no photo has: nothing is scaled down

Source = Photo | Path


class Pictures(QObject):
    """Pictures of stored photos and of files.

    Signals:
        thumbnail: Photo or Path that was wanted, and its JPEG; empty bytes when it cannot be had.
        photo: DecodedPhoto that was wanted last. photo_failed: its Path and FieldGuideError.
        defect: an exception that nobody expected.
    """

    thumbnail = Signal(object, bytes)
    photo = Signal(object)
    photo_failed = Signal(object, object)
    defect = Signal(object)

    def __init__(self, store: ThumbnailStore, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._lanes = lanes
        self._wanted: list[Source] = []
        self._reading: Job | None = None
        self._large: Job | None = None

    def want_thumbnail(self, source: Source) -> None:
        """Have `thumbnail` bring a small picture. What is wanted last comes first: it is what people look at."""
        self._wanted.append(source)
        if self._reading is None:
            self._read_on()

    def want_photo(self, path: Path, short_side: int = 0) -> None:
        """Have `photo` bring a file's pixels, upright, short side at least twice `short_side`; 0 means all of them.

        Whoever wanted another one before does not get it any more.
        """
        if self._large is not None:
            self._large.cancel()

        def work(_: Handle) -> DecodedPhoto:
            return read_photo(path, short_side or EVERYTHING)

        def fail(error: Exception) -> None:
            if isinstance(error, FieldGuideError):
                self.photo_failed.emit(path, error)
            else:
                self.defect.emit(error)

        self._large = self._lanes.start(Lane.READING, work)
        self._large.done.connect(self.photo)
        self._large.failed.connect(fail)

    def _read_on(self) -> None:
        sources, self._wanted = self._wanted[::-1], []
        if not sources:
            self._reading = None
            return
        store = self._store
        self._reading = self._lanes.start(Lane.READING, lambda handle: _read_thumbnails(store, sources, handle))
        self._reading.reported.connect(lambda read: self.thumbnail.emit(*read))
        self._reading.failed.connect(self.defect)
        self._reading.finished.connect(self._read_on)


def _read_thumbnails(store: ThumbnailStore, sources: Sequence[Source], handle: Handle) -> None:
    """Those that are kept first, all at once; then the others from their files, which are kept from then on."""
    digests = [source.sha256 for source in sources if isinstance(source, Photo)]
    try:
        kept = store.get(digests)
    except FieldGuideError:  # a cache: the files are still there
        kept = {}
    missing = []
    for source in sources:
        if isinstance(source, Photo) and source.sha256 in kept:
            handle.tell((source, kept[source.sha256]))
        else:
            missing.append(source)
    for source in missing:
        handle.check()
        handle.tell((source, _read_thumbnail(store, source)))


def _read_thumbnail(store: ThumbnailStore, source: Source) -> bytes:
    path = source.path if isinstance(source, Photo) else source
    try:
        decoded = read_photo(path, LONG_SIDE // 2)
        if isinstance(source, Photo) and decoded.photo.sha256 != source.sha256:
            return b""  # another picture lies there by now
        jpeg = make_thumbnail(decoded.pixels)
        store.add({decoded.photo.sha256: jpeg})
    except FieldGuideError:
        return b""
    return jpeg
