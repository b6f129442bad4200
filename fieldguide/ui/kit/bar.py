"""A probability as a bar: how long says how likely; the number stands beside it, never inside."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.text import percent
from fieldguide.ui.kit.colours import colours_now

HEIGHT = 6


def paint_bar(painter: QPainter, rect: QRectF, probability: float, track: str, fill: str) -> None:
    """Paint a bar for `probability` (0 to 1); a sliver stays visible however small it is."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(track))
    radius = rect.height() / 2
    painter.drawRoundedRect(rect, radius, radius)
    width = max(rect.height(), rect.width() * min(1.0, max(0.0, probability)))
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(QRectF(rect.left(), rect.top(), width, rect.height()), radius, radius)
    painter.restore()


class ProbabilityBar(QWidget):
    """The bar as a widget; `emphasis` paints it in the accent, otherwise in a quiet tone."""

    def __init__(self, probability: float = 0.0, *, emphasis: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._emphasis = emphasis
        self._probability = probability
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_probability(probability)

    def set_probability(self, probability: float) -> None:
        """Show another probability (0 to 1)."""
        self._probability = probability
        self.setAccessibleName(percent(probability))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(80, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours = colours_now()
        painter = QPainter(self)
        fill = colours.accent if self._emphasis else colours.strong_line
        paint_bar(painter, QRectF(0, 0, self.width(), HEIGHT), self._probability, colours.track, fill)
        painter.end()
