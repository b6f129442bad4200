"""How good a network becomes, epoch by epoch: a line that grows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.text import percent
from fieldguide.core.training.events import Epoch
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.metrics import TIGHT

_HEIGHT, _LEFT = 130, 56


class Curve(QWidget):
    """Photos right at first, 0 to 100 % upwards, epochs to the right."""

    def __init__(self) -> None:
        super().__init__()
        self._epochs: list[Epoch] = []
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(300, _HEIGHT)

    @property
    def begun(self) -> bool:
        """Whether an epoch is over."""
        return bool(self._epochs)

    def clear(self) -> None:
        """Nothing is known yet."""
        self._epochs = []
        self.update()

    def add(self, epoch: Epoch) -> None:
        """One more epoch; added twice, it stands once."""
        self._epochs = [each for each in self._epochs if each.number != epoch.number] + [epoch]
        self.setAccessibleName(percent(epoch.top1))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours, painter = colours_now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(_LEFT, TIGHT, self.width() - _LEFT - TIGHT, self.height() - 2 * TIGHT)
        for share in (0.0, 0.5, 1.0):
            height = field.bottom() - share * field.height()
            painter.setPen(QPen(QColor(colours.line), 1))
            painter.drawLine(QPointF(field.left(), height), QPointF(field.right(), height))
            painter.setPen(QColor(colours.muted))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, height - 10, _LEFT - TIGHT, 20), side, f"{round(100 * share)} %")
        points = [self._point(field, epoch) for epoch in self._epochs]
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(QColor(colours.accent))
        for point in points:
            painter.drawEllipse(point, 3, 3)
        painter.end()

    @staticmethod
    def _point(field: QRectF, epoch: Epoch) -> QPointF:
        along = epoch.number / epoch.of if epoch.of else 0.5
        return QPointF(field.left() + along * field.width(), field.bottom() - epoch.top1 * field.height())
