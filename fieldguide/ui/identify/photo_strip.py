"""Below the photo: the photos of the find, and which views are missing to tell its possibilities apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from fieldguide.core.records import Photo
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.metrics import HAIR, ROUND, TIGHT
from fieldguide.ui.kit.painting import paint_cover
from fieldguide.ui.kit.surfaces import clear
from fieldguide.ui.kit.thumbnails import Source, Thumbnails
from fieldguide.ui.kit.tips import set_plain_tip

_SIDE, _LOW_SIDE = 64, 40  # pixels of a tile; where the window is low
ANY = "photo"  # the view of a tile that takes whatever photo of the find there is
MOST_PHOTOS = 8  # thumbnails side by side; the last one says how many more there are


class _Tile(QAbstractButton):
    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def be_tall(self, side: int) -> None:
        self.setFixedSize(side, side)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paint_ring(self, painter: QPainter) -> None:
        colours = colours_now()
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 3 if self.isChecked() else 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), ROUND, ROUND)


class _PhotoTile(_Tile):
    def __init__(self, source: Source, thumbnails: Thumbnails, side: int) -> None:
        super().__init__()
        self.be_tall(side)
        self.source, self._thumbnails = source, thumbnails
        name = (source.path if isinstance(source, Photo) else source).name
        self.setCheckable(True)
        self.setAutoExclusive(True)
        set_plain_tip(self, name)
        self.setAccessibleName(text("identify.photo_spoken", name=name))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        paint_cover(painter, rect, self._thumbnails.get(self.source), colours_now(), ROUND)
        self.paint_ring(painter)
        painter.end()


class _ViewTile(_Tile):
    def __init__(self, view: str, side: int) -> None:
        words = text(f"identify.view_{view}")
        super().__init__()
        self._icon = ANY if view == ANY else f"view_{view}"
        self._words = words
        self.be_tall(side)
        adds = text("identify.add_photo") if view == ANY else text("identify.add_view", view=words)
        self.setAccessibleName(adds)
        self.setToolTip(adds)

    def be_tall(self, side: int) -> None:
        wide = QFontMetricsF(self._font()).horizontalAdvance(f"+ {self._words}")
        self.setFixedSize(max(_SIDE + 20, round(wide) + 2 * TIGHT), side)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.8)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(colours.accent_soft if self.underMouse() else colours.panel))
        painter.setPen(QPen(QColor(colours.accent), 1.4, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, ROUND, ROUND)
        low = self.height() < _SIDE
        sign = QRectF(0, 0, 14, 14) if low else QRectF(0, 0, 26, 26)
        sign.moveCenter(rect.center())
        sign.moveTop(rect.top() + (HAIR if low else TIGHT))
        paint_icon(painter, sign, self._icon, colours.accent)
        font = self._font()
        painter.setFont(font)
        painter.setPen(QColor(colours.accent))
        words = rect.adjusted(2, sign.bottom(), -2, -1) if low else rect.adjusted(2, sign.bottom() + HAIR, -2, -HAIR)
        shown = QFontMetricsF(font).elidedText(f"+ {self._words}", Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)
        self.paint_ring(painter)
        painter.end()


class PhotoStrip(QWidget):
    """Signals: `chosen` the place of a photo, `view_wanted` a view that somebody wants to add."""

    chosen = Signal(int)
    view_wanted = Signal(str)

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        thumbnails.arrived.connect(self._repaint)
        self._line = FlowLayout(spacing=TIGHT)
        self.setLayout(self._line)
        self._side = _SIDE
        self._tiles: list[_PhotoTile] = []

    def show_photos(self, sources: Sequence[Source], missing: Sequence[str]) -> None:
        """Show the photos of a find and the `missing` views (cap, underside, stem, base, section, or `ANY`)."""
        clear(self._line)
        self._tiles = []
        for place, source in enumerate(sources[:MOST_PHOTOS]):
            tile = _PhotoTile(source, self._thumbnails, self._side)
            tile.clicked.connect(lambda _on, place=place: self.chosen.emit(place))
            self._tiles.append(tile)
            self._line.addWidget(tile)
        for view in missing:
            ghost = _ViewTile(view, self._side)
            ghost.clicked.connect(lambda _on, view=view: self.view_wanted.emit(view))
            self._line.addWidget(ghost)
        if self._tiles:
            self._tiles[0].setChecked(True)
        self.setVisible(len(sources) > 1 or bool(missing))

    def be_low(self, *, low: bool) -> None:
        """Smaller tiles: the window is low, and the photo comes first."""
        side = _LOW_SIDE if low else _SIDE
        if side != self._side:
            self._side = side
            for tile in self.findChildren(_Tile):
                tile.be_tall(side)
            self.updateGeometry()

    def choose(self, place: int) -> None:
        """Show which photo is the large one."""
        if 0 <= place < len(self._tiles):
            self._tiles[place].setChecked(True)

    def _repaint(self, key: str) -> None:
        for tile in self._tiles:
            if Thumbnails.key_of(tile.source) == key:
                tile.update()
