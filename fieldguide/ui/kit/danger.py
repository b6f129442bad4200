"""A level of danger in one small shape: icon, word and colour together, never colour alone.

`paint_chip` serves delegates of long lists, `DangerChip` everything else; they paint the same.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.icons import danger_icon, paint_icon

_SMALLER = 0.85
_SIGN = 28


def danger_word(level: Danger) -> str:
    """The level in a word or two."""
    return text(f"ui.danger_{level.shown.value}")


def _chip_font(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALLER)
    small.setWeight(QFont.Weight.DemiBold)
    return small


def chip_size(level: Danger, font: QFont, words: str = "") -> QSize:
    """Room that a chip needs beside text in `font`; `words` stand for the level's own."""
    metrics = QFontMetricsF(_chip_font(font))
    height = metrics.height() + 6
    return QSize(round(height + metrics.horizontalAdvance(words or danger_word(level)) + 14), round(height))


def paint_chip(
    painter: QPainter, corner: QPointF, level: Danger, colours: Colours, font: QFont, words: str = ""
) -> QRectF:
    """Paint a chip with its upper left at `corner`; returns the rectangle it took."""
    pair, size = colours.danger(level), chip_size(level, font, words)
    rect = QRectF(corner.x(), corner.y(), size.width(), size.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    loud = level.shown is Danger.DEADLY
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pair.fill if loud else pair.soft))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    ink = QColor(pair.on_fill if loud else pair.ink)
    side = rect.height() - 8
    paint_icon(painter, QRectF(rect.left() + 7, rect.top() + 4, side, side), danger_icon(level), ink)
    painter.setPen(ink)
    painter.setFont(_chip_font(font))
    room = rect.adjusted(side + 11, 0, -6, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words or danger_word(level))
    painter.restore()
    return rect


class UnknownSign(QWidget):
    """A warning beside a verdict that names nothing: what nobody knows counts as dangerous."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_SIGN, _SIGN)
        self.setAccessibleName(danger_word(Danger.UNKNOWN))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon of the unknown on its colour."""
        pair = colours_now().danger(Danger.UNKNOWN)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(pair.fill))
        painter.drawRoundedRect(QRectF(self.rect()), _SIGN / 4, _SIGN / 4)
        inner = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        paint_icon(painter, inner, danger_icon(Danger.UNKNOWN), QColor(pair.on_fill))
        painter.end()


class DangerChip(QWidget):
    """The chip as a widget."""

    def __init__(self, level: Danger, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = level
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_level(level)

    def set_level(self, level: Danger) -> None:
        """Show another level."""
        self._level = level
        self.setAccessibleName(danger_word(level))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the word needs."""
        return chip_size(self._level, self.font())

    def changeEvent(self, event: QEvent) -> None:
        """A new font needs new room."""
        self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        paint_chip(painter, QPointF(0, 0), self._level, colours_now(), self.font())
        painter.end()
