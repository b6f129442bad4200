"""The photos of one stored find: one of them large, the others as a strip below it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldguide.core.records import Observation, Photo
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, ROUND, ROUNDER, TIGHT
from fieldguide.ui.kit.painting import paint_cover
from fieldguide.ui.kit.surfaces import clear
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.kit.tips import set_plain_tip

SHORT_SIDE = 900  # pixels of the large photo that are asked for
_THUMB = 76


class PhotoPane(QWidget):
    """One upright picture, as large as fits, on a mat; a word while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 220)
        self._picture = QPixmap()
        self._note = ""

    def show_picture(self, picture: QPixmap, name: str, note: str = "") -> None:
        """Show a picture (a null one: only the note)."""
        self._picture, self._note = picture, note
        self.setAccessibleName(note or text("history.photo", name=name))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), ROUNDER, ROUNDER)
        painter.setClipPath(path)
        painter.fillRect(self.rect(), QColor(colours.mat))
        if not self._picture.isNull():
            size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(QRectF(self.rect()).center())
            painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))
        else:
            sign = QRectF(0, 0, 56, 56)
            sign.moveCenter(QRectF(self.rect()).center())
            paint_icon(painter, sign, "photo", colours.strong_line)
        if self._note:
            painter.setPen(QColor(colours.muted))
            words = QRectF(self.rect()).adjusted(CLOSE, self.height() / 2 + 40, -CLOSE, -CLOSE)
            painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._note)
        painter.end()


class _Thumb(QAbstractButton):
    def __init__(self, photo: Photo, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._photo, self._thumbnails = photo, thumbnails
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFixedSize(_THUMB, _THUMB)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text("history.photo", name=photo.path.name))
        set_plain_tip(self, str(photo.path))
        thumbnails.arrived.connect(self._take)

    def _take(self, key: str) -> None:
        if key in (self._photo.sha256, str(self._photo.path)):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        paint_cover(painter, rect, self._thumbnails.get(self._photo), colours, ROUND)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent if self.isChecked() else colours.text), 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), ROUND + 1, ROUND + 1)
        painter.end()


class FindPhotos(QWidget):
    """Signals:
    photo_wanted: a file's pixels (Path, short side); answer with `take_photo`, or with a failure.
    find_again_wanted: a photo is no longer where it was, and somebody wants to look for it elsewhere.
    """

    photo_wanted = Signal(Path, int)
    find_again_wanted = Signal()

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._find: Observation | None = None
        self._place = 0
        self.pane = PhotoPane()
        self._strip = QWidget()
        self._thumbs = QHBoxLayout(self._strip)
        self._thumbs.setContentsMargins(0, 0, 0, 0)
        self._thumbs.setSpacing(TIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CLOSE)
        column.addWidget(self.pane, 1)
        self.lost, self.find_again = label("", "muted"), button(text("settings.find_again"), "plain", "folder")
        self.find_again.clicked.connect(self.find_again_wanted)
        column.addWidget(self.lost)
        column.addWidget(self.find_again, 0, Qt.AlignmentFlag.AlignLeft)
        self._say_lost("")
        column.addWidget(self._strip)

    @property
    def place(self) -> int:
        """Which photo is in front, from 0."""
        return self._place

    def sizeHint(self) -> QSize:
        """Large: the photo is what people came to see."""
        return QSize(640, 560)

    def show_find(self, find: Observation) -> None:
        """Show the photos of a find; the same find again keeps the photo in front."""
        again = self._find is not None and self._find.id == find.id and self._find.photos == find.photos
        self._find = find
        if again:
            return
        clear(self._thumbs)
        for place, photo in enumerate(find.photos):
            thumb = _Thumb(photo, self._thumbnails)
            thumb.setChecked(place == 0)
            thumb.clicked.connect(lambda _checked, place=place: self.show_place(place))
            self._thumbs.addWidget(thumb)
        self._thumbs.addStretch(1)
        self._strip.setVisible(len(find.photos) > 1)
        self.show_place(0)

    def show_place(self, place: int) -> None:
        """Bring a photo to the front: its thumbnail at once, its pixels when they come."""
        if self._find is None or place >= len(self._find.photos):
            self.pane.show_picture(QPixmap(), "", text("history.no_photo"))
            return
        self._place = place
        photo = self._find.photos[place]
        small = self._thumbnails.get(photo)
        self.pane.show_picture(small or QPixmap(), photo.path.name)
        self._say_lost("")
        self.photo_wanted.emit(photo.path, SHORT_SIDE)

    def take_photo(self, path: Path, image: QImage) -> None:
        """Pixels came."""
        photo = self._front()
        if photo is not None and photo.path == path and not image.isNull():
            self.pane.show_picture(QPixmap.fromImage(image), path.name)

    def take_failure(self, path: Path, sentence: str, *, missing: bool = False) -> None:
        """The file cannot be read, or is `missing`: its thumbnail stays, and below it stands what can be done."""
        photo = self._front()
        if photo is not None and photo.path == path:
            small = self._thumbnails.get(photo)
            self.pane.show_picture(small or QPixmap(), path.name)
            lost = text("history.photo_lost", file=path.name, folder=str(path.parent))
            self._say_lost(lost if missing else sentence, offer=missing)

    def _say_lost(self, words: str, *, offer: bool = False) -> None:
        self.lost.setText(words)
        self.lost.setVisible(bool(words))
        self.find_again.setVisible(offer)

    def _front(self) -> Photo | None:
        if self._find is None or self._place >= len(self._find.photos):
            return None
        return self._find.photos[self._place]
