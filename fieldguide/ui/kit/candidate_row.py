"""One of the five candidates: its place, its names, how probable, how dangerous. Pressed, it becomes the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import percent
from fieldguide.ui.kit.bar import paint_bar
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.danger import chip_size, paint_chip
from fieldguide.ui.kit.metrics import CLOSE, HAIR, ROUND
from fieldguide.ui.kit.tips import set_plain_tip

_BADGE = 24
_BAR = 5
_INSET = 6


class CandidateRow(QAbstractButton):
    """Painted as one piece. Arrow keys walk between the rows of one parent."""

    def __init__(
        self, place: int, first: str, second: str, probability: float, danger: Danger, parent: QWidget | None = None
    ) -> None:
        """`first` is the name in bold, `second` the scientific one in italics (empty when it is the first)."""
        super().__init__(parent)
        self._place, self._first, self._second = place, first, second
        self._probability, self._danger = probability, danger
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_plain_tip(self, "\n".join(part for part in (first, second) if part))

    def sizeHint(self) -> QSize:
        """Two lines of text and the bar."""
        line = QFontMetricsF(self.font()).height()
        upper = max(line, chip_size(self._danger, self.font()).height())
        return QSize(260, round(upper + line + _BAR + 2 * _INSET + HAIR + 5))

    def minimumSizeHint(self) -> QSize:
        """As the hint, narrower."""
        return QSize(200, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """A new size of text needs new room."""
        self.updateGeometry()
        super().changeEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go dark again."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(ground, ROUND, ROUND)
        elif self.underMouse():
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(ground, ROUND, ROUND)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRoundedRect(ground, ROUND, ROUND)
        self._paint_badge(painter, ground)
        inner = ground.adjusted(_BADGE + 2 * CLOSE - 2, _INSET, -CLOSE, -_INSET)
        chip = chip_size(self._danger, self.font())
        corner = QPointF(inner.right() - chip.width(), inner.top())
        paint_chip(painter, corner, self._danger, colours, self.font())
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        line = QFontMetricsF(self.font()).height()
        if not self._second:
            bold.setItalic(True)
        self._write(painter, self._first, bold, colours.text, QRectF(inner.topLeft(), QPointF(corner.x() - 8, 0)), line)
        share = percent(self._probability)
        wide = QFontMetricsF(bold).horizontalAdvance(share)
        second = QFont(self.font())
        second.setItalic(True)
        under = QRectF(inner.left(), inner.top() + max(line, chip.height()) + 1, inner.width() - wide - 10, line)
        self._write(painter, self._second, second, colours.muted, under, line)
        upright = QFont(bold)
        upright.setItalic(False)
        painter.setFont(upright)
        painter.setPen(QColor(colours.text))
        at = QRectF(inner.right() - wide - 2, under.top() + 1, wide + 2, line)
        painter.drawText(at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
        fill = colours.accent if self.isChecked() else colours.strong_line
        bar = QRectF(inner.left(), inner.bottom() - _BAR, inner.width(), _BAR)
        paint_bar(painter, bar, self._probability, colours.track, fill)
        painter.end()

    def _paint_badge(self, painter: QPainter, ground: QRectF) -> None:
        colours = colours_now()
        badge = QRectF(ground.left() + CLOSE - 2, ground.top() + _INSET + 1, _BADGE, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent if self.isChecked() else colours.track))
        painter.drawEllipse(badge)
        font = QFont(self.font())
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(font)
        painter.setPen(QColor(colours.on_accent if self.isChecked() else colours.muted))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(self._place))

    @staticmethod
    def _write(painter: QPainter, words: str, font: QFont, colour: str, where: QRectF, line: float) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        width = max(10.0, where.width())
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, width)
        rect = QRectF(where.left(), where.top(), width, line + 2)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
