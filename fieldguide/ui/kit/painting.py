"""Pieces that delegates of long lists share: a picture that fills its place, the ground of a chosen item, one line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from fieldguide.ui.kit.colours import Colours
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.metrics import ROUND


def paint_cover(painter: QPainter, rect: QRectF, picture: QPixmap | None, colours: Colours, radius: float) -> None:
    """A picture that fills `rect` with its middle, corners rounded; a quiet sign while there is none."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    painter.setClipPath(path)
    painter.fillRect(rect, QColor(colours.mat))
    if picture is None or picture.isNull():
        side = min(rect.width(), rect.height()) * 0.32
        sign = QRectF(0, 0, side, side)
        sign.moveCenter(rect.center())
        paint_icon(painter, sign, "photo", colours.strong_line)
    else:
        scale = max(rect.width() / picture.width(), rect.height() / picture.height())
        source = QRectF(0, 0, rect.width() / scale, rect.height() / scale)
        source.moveCenter(QRectF(picture.rect()).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(rect, picture, source)
    painter.restore()


def paint_ground(
    painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, colours: Colours, radius: float = ROUND
) -> None:
    """What shows that an item is chosen, under the pointer, or has the keyboard."""
    painter.setPen(Qt.PenStyle.NoPen)
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(colours.accent_soft))
        painter.drawRoundedRect(rect, radius, radius)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(colours.hover))
        painter.drawRoundedRect(rect, radius, radius)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def paint_line(painter: QPainter, rect: QRectF, words: str, font: QFont, colour: str) -> None:
    """One line of text, cut with an ellipsis when it is too long for `rect`."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def styled(font: QFont, *, factor: float = 1.0, bold: bool = False, italic: bool = False) -> QFont:
    """The same font in another size or weight."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setItalic(italic)
    return made
