"""A sign: one icon on a soft disc."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon


class Medallion(QWidget):
    """An icon on a soft disc."""

    def __init__(self, icon_name: str, size: int = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon_name
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_soft))
        painter.drawEllipse(self.rect())
        inset = self.width() * 0.27
        paint_icon(painter, QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), self._icon, colours.accent)
        painter.end()
