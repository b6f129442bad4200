"""The user's own photos of a kind, in one row: what finds are called, which is no proof. Asks for nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import ROUND, TIGHT
from fieldguide.ui.kit.naming import day_words
from fieldguide.ui.kit.painting import paint_cover
from fieldguide.ui.kit.surfaces import Card, clear, row
from fieldguide.ui.kit.thumbnails import Thumbnails

MOST = 5
_SIDE = 104


class OwnFinds(Card):
    """At most `MOST` finds by their first photo; hidden without any.

    Signals:
        find_wanted: id of the find that was clicked.
    """

    find_wanted = Signal(int)

    def __init__(self, thumbnails: Thumbnails, margin: int, parent: QWidget | None = None) -> None:
        super().__init__(margin=margin, spacing=TIGHT)
        self.setParent(parent)
        self._thumbnails = thumbnails
        self._shown: list[tuple[QPushButton, Photo]] = []
        thumbnails.arrived.connect(self._take)
        self.hide()

    def show_finds(self, finds: Sequence[Observation]) -> None:
        """Show the first of these that have a photo, instead of what was shown."""
        clear(self.column)
        self._shown = []
        for find in [each for each in finds if each.photos][:MOST]:
            when = find.observed_at
            words = text("guide.own_find", day=day_words(when)) if when else text("guide.own_find_undated")
            opener = button("", "quiet", hint=words)
            opener.setAccessibleName(words)
            opener.setIconSize(QSize(_SIDE, _SIDE))
            opener.clicked.connect(lambda _checked, number=find.id: self.find_wanted.emit(number))
            self._shown.append((opener, find.photos[0]))
            self._picture(opener, find.photos[0])
        if self._shown:
            self.column.addWidget(label(text("guide.own_finds"), "overline"))
            self.column.addLayout(row(*(opener for opener, _ in self._shown), None, spacing=TIGHT))
            self.column.addWidget(label(text("guide.own_finds_words"), "small"))
        self.setVisible(bool(self._shown))

    def _take(self, key: str) -> None:
        for opener, photo in self._shown:
            if key in (self._thumbnails.key_of(photo), str(photo.path)):
                self._picture(opener, photo)

    def _picture(self, opener: QPushButton, photo: Photo) -> None:
        picture = QPixmap(2 * _SIDE, 2 * _SIDE)
        picture.setDevicePixelRatio(2)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        paint_cover(painter, QRectF(0, 0, _SIDE, _SIDE), self._thumbnails.get(photo), colours_now(), ROUND)
        painter.end()
        opener.setIcon(QIcon(picture))
