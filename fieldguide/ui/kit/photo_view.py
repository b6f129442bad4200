"""The photo, as large as can be: fitted or pixel for pixel, with what spoke for and against a name laid over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.metrics import CLOSE, ROUNDER, SPACE, TIGHT

CLOSEST = 4.0  # device pixels per pixel of the photo
_STEP = 1.25


class PhotoView(QWidget):
    """Shows a QImage that is already upright. Wheel and drag look closer; `toggle_actual_size` is key Z.

    Signals:
        full_size_wanted: once per photo, for all of its pixels, when the fitted picture is no longer enough.
        zoom_changed: whether more than the fitted photo is seen.
        looked: somebody looked closer or elsewhere: how many times larger than fitted, and the middle of what is seen
            as shares of the photo's sides (`look` does the same to another one).
    """

    full_size_wanted = Signal()
    zoom_changed = Signal(bool)
    looked = Signal(float, QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 160)
        self._picture: QPixmap | None = None
        self._full = QSize()
        self._asked_full = False
        self._heat: QPixmap | None = None
        self._caption = ""
        self._note = ""
        self._zoom: float | None = None  # None: fitted; else device pixels per photo pixel
        self._centre = QPointF(0.5, 0.5)  # of what is seen, as a share of the photo
        self._grip: QPointF | None = None
        self._fitted: QPixmap | None = None
        self._tools: QWidget | None = None

    def hold(self, tools: QWidget) -> None:
        """Keep a widget in the upper left corner of what is seen of the photo."""
        tools.setParent(self)
        self._tools = tools

    def _put_tools(self) -> None:
        if self._tools is not None and self._picture is not None:
            corner = self._target().intersected(QRectF(self.rect())).topLeft()
            self._tools.move(round(corner.x()) + CLOSE, round(corner.y()) + CLOSE)

    def clear(self, note: str = "") -> None:
        """Show no photo, with a word why (it is being read, or cannot be)."""
        self._picture = self._heat = self._fitted = None
        self._note, self._caption = note, ""
        self._zoom = None
        self.setAccessibleName(note)
        self.update()

    def show_photo(self, image: QImage, full: QSize, name: str) -> None:
        """Show a photo. `image` may be reduced; `full` is its size in pixels of the file; `name` is spoken."""
        again = full == self._full and self._picture is not None and image.width() >= self._picture.width()
        self._picture = QPixmap.fromImage(image)
        self._full = full
        self._fitted = None
        self._note = ""
        self.setAccessibleName(text("identify.photo_spoken", name=name))
        if not again:
            self._heat, self._zoom, self._asked_full = None, None, False
            self._centre = QPointF(0.5, 0.5)
            self.zoom_changed.emit(False)
        self._put_tools()
        self.update()

    def show_heat(self, heat: QImage | None, caption: str = "") -> None:
        """Lay a transparent picture of any size over the whole photo, or take it away; `caption` says what it is.

        Below it the photo is grey: its own colours would pass for those of the map.
        """
        self._heat = QPixmap.fromImage(heat) if heat is not None else None
        self._fitted = None
        self._caption = caption
        self.update()

    @property
    def zoomed(self) -> bool:
        """Whether more than the fitted photo is seen."""
        return self._zoom is not None

    @property
    def heat_shown(self) -> bool:
        """Whether a heat map lies over the photo."""
        return self._heat is not None

    @property
    def caption(self) -> str:
        """What the heat map is about."""
        return self._caption

    def toggle_actual_size(self) -> None:
        """Fitted, or one pixel of the photo on one of the screen."""
        self._set_zoom(None if self._zoom is not None else 1.0)
        self._tell_look()

    def look(self, times: float, centre: QPointF) -> None:
        """Show a part, as `looked` tells it; no signal."""
        self._centre = centre
        fitted = self._fitted_zoom()
        self._set_zoom(min(CLOSEST, fitted * times) if times > 1 and fitted else None)

    def closer(self, times: float) -> None:
        """Look closer at the middle of what is seen, or (below 1) step back."""
        fitted = self._fitted_zoom()
        if fitted:
            self.look((self._zoom or fitted) / fitted * times, self._centre)
            self._tell_look()

    def _fitted_zoom(self) -> float:
        """Device pixels per pixel of the fitted photo; 0 without one."""
        if self._picture is None or self._full.isEmpty():
            return 0.0
        return self._fit_rect().width() * self.devicePixelRatioF() / self._full.width()

    def _tell_look(self) -> None:
        fitted = self._fitted_zoom()
        if fitted:
            self.looked.emit((self._zoom or fitted) / fitted, self._centre)

    def _set_zoom(self, zoom: float | None) -> None:
        if self._picture is None:
            return
        self._zoom = zoom
        if zoom is not None and not self._asked_full and self._picture.width() < self._full.width():
            self._asked_full = True
            self.full_size_wanted.emit()
        self.setCursor(Qt.CursorShape.OpenHandCursor if zoom is not None else Qt.CursorShape.ArrowCursor)
        self.zoom_changed.emit(zoom is not None)
        self._put_tools()
        self.update()

    def _fit_rect(self) -> QRectF:
        size = QSizeF(self._full).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        rect = QRectF(QPointF(0, 0), size)
        rect.moveCenter(QRectF(self.rect()).center())
        return rect

    def _target(self) -> QRectF:
        if self._zoom is None:
            return self._fit_rect()
        ratio = self.devicePixelRatioF()
        size = QSizeF(self._full.width() * self._zoom / ratio, self._full.height() * self._zoom / ratio)
        left = self._edge(size.width(), self.width(), self._centre.x())
        top = self._edge(size.height(), self.height(), self._centre.y())
        return QRectF(QPointF(left, top), size)

    @staticmethod
    def _edge(length: float, room: float, centre: float) -> float:
        """Where a side begins so that `centre` is in the middle and no gap opens."""
        if length <= room:
            return (room - length) / 2
        return min(0.0, max(room - length, room / 2 - centre * length))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The mat, the photo, the heat map and its key."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        target = self._target() if self._picture is not None else QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(target.intersected(QRectF(self.rect())), ROUNDER, ROUNDER)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(colours.mat))
        if self._picture is None:
            self._paint_note(painter, colours)
        else:
            if self._zoom is None:
                self._paint_fitted(painter, target)
            else:
                seen = self._seen(self._picture)
                painter.drawPixmap(target, seen, QRectF(seen.rect()))
            if self._heat is not None:
                painter.drawPixmap(target, self._heat, QRectF(self._heat.rect()))
            painter.setClipping(False)
            if self._heat is not None or self._caption:
                self._paint_key(painter, colours, target)
        painter.end()

    def _seen(self, picture: QPixmap) -> QPixmap:
        if self._heat is None:
            return picture
        return QPixmap.fromImage(picture.toImage().convertToFormat(QImage.Format.Format_Grayscale8))

    def _paint_fitted(self, painter: QPainter, target: QRectF) -> None:
        assert self._picture is not None
        ratio = self.devicePixelRatioF()
        wanted = QSize(round(target.width() * ratio), round(target.height() * ratio))
        if self._fitted is None or self._fitted.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            scaled = self._picture.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._fitted = self._seen(scaled)
        painter.drawPixmap(target, self._fitted, QRectF(self._fitted.rect()))

    def _paint_note(self, painter: QPainter, colours: Colours) -> None:
        middle = QRectF(self.rect())
        sign = QRectF(0, 0, 44, 44)
        sign.moveCenter(middle.center() - QPointF(0, 22))
        paint_icon(painter, sign, "photo", colours.strong_line)
        painter.setPen(QColor(colours.muted))
        words = middle.adjusted(SPACE, 0, -SPACE, 0)
        words.setTop(sign.bottom() + CLOSE)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(words, int(flags) | Qt.TextFlag.TextWordWrap, self._note)

    def _paint_key(self, painter: QPainter, colours: Colours, target: QRectF) -> None:
        """The legend of the heat map, on a plate at the lower left."""
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        entries = [
            (colours.spoke_for, text("identify.heat_for")),
            (colours.spoke_against, text("identify.heat_against")),
        ]
        if self._heat is None:
            entries = []
        width = sum(metrics.horizontalAdvance(words) + 34 for _, words in entries)
        width = max(width, TIGHT + metrics.horizontalAdvance(self._caption) + 12)
        height = metrics.height() * (bool(self._caption) + bool(entries)) + (22 if entries else 16)
        width = min(width, self.width() - 2 * CLOSE - SPACE)
        caption = metrics.elidedText(self._caption, Qt.TextElideMode.ElideRight, round(width - TIGHT))
        bottom = min(target.bottom(), float(self.height())) - CLOSE
        left = min(max(0.0, target.left()) + CLOSE, self.width() - width - SPACE - CLOSE)
        plate = QRectF(left, bottom - height, width + SPACE, height)
        ground = QColor(colours.raised)
        ground.setAlphaF(0.92)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 10, 10)
        left, top = plate.left() + CLOSE, plate.top() + TIGHT
        painter.setPen(QColor(colours.text))
        if self._caption:
            painter.drawText(QPointF(left, top + metrics.ascent()), caption)
            top += metrics.height() + 4
        for colour, words in entries:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRectF(left, top + 3, 10, 10))
            painter.setPen(QColor(colours.text))
            painter.drawText(QPointF(left + 16, top + metrics.ascent()), words)
            left += metrics.horizontalAdvance(words) + 34

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The fitted picture is made anew."""
        self._fitted = None
        self._put_tools()
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look closer at what is under the pointer, or step back."""
        if self._picture is None or self._full.isEmpty():
            return
        before, fitted = self._target(), self._fitted_zoom()
        zoom = (self._zoom or fitted) * (_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
        if zoom <= fitted:
            self._set_zoom(None)
            self._tell_look()
            return
        zoom = min(zoom, CLOSEST)
        point = event.position()
        share = QPointF((point.x() - before.x()) / before.width(), (point.y() - before.y()) / before.height())
        grown = self._full.width() * zoom / self.devicePixelRatioF()
        tall = self._full.height() * zoom / self.devicePixelRatioF()
        self._centre = QPointF(
            share.x() - (point.x() - self.width() / 2) / grown, share.y() - (point.y() - self.height() / 2) / tall
        )
        self._set_zoom(zoom)
        self._tell_look()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the photo."""
        if self._zoom is not None and event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._grip is None:
            return
        moved, size = event.position() - self._grip, self._target().size()
        self._grip = event.position()
        self._centre = QPointF(
            min(1.0, max(0.0, self._centre.x() - moved.x() / size.width())),
            min(1.0, max(0.0, self._centre.y() - moved.y() / size.height())),
        )
        self._tell_look()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grip is not None:
            self._grip = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The same as key Z."""
        self.toggle_actual_size()
