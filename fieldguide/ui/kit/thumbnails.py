"""Small pictures on the GUI side: asked for once, kept for a while, announced when they come. Reads no file itself."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from fieldguide.core.records import Photo

KEPT = 600
Source = Photo | Path  # a stored photo (found by its digest, even when the file is gone), or a file


class Thumbnails(QObject):
    """One cache for all views of the window.

    Signals:
        wanted: `Photo | Path` whose small picture somebody should read and hand to `take`.
        arrived: key (`key_of`) of a picture that is there now.
    """

    wanted = Signal(object)
    arrived = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: set[str] = set()

    @staticmethod
    def key_of(source: Source) -> str:
        """What a picture is kept under."""
        return source.sha256 if isinstance(source, Photo) else str(source)

    def get(self, source: Source) -> QPixmap | None:
        """The picture; None when it is not there yet (it is asked for) or cannot be had."""
        key = self.key_of(source)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        if isinstance(source, Photo) and str(source.path) in self._pictures:
            return self._pictures[str(source.path)]  # it was read a moment ago, before it was stored
        if key not in self._asked:
            self._asked.add(key)
            self.wanted.emit(source)
        return None

    def take(self, source: Source, image: QImage) -> None:
        """A picture was read. A null one is remembered as not to be had."""
        if image.isNull():
            return
        key = self.key_of(source)
        self._pictures[key] = QPixmap.fromImage(image)
        self._pictures.move_to_end(key)
        while len(self._pictures) > KEPT:
            oldest, _ = self._pictures.popitem(last=False)
            self._asked.discard(oldest)
        self.arrived.emit(key)
