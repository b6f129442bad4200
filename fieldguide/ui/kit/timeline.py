"""From the meal to the first signs, as a bar on a scale of time: how long nothing is felt while harm is done."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.metrics import HAIR, TIGHT
from fieldguide.ui.kit.naming import onset_words
from fieldguide.ui.kit.painting import styled

_MARKS = ((0.0, "meal"), (1.0, "hour"), (6.0, "six"), (24.0, "day"), (168.0, "week"), (504.0, "weeks"))
_BAR = 12


def place_on_scale(hours: float) -> float:
    """Where a time stands between the meal (0) and three weeks (1): even steps for even factors, from minutes on."""
    return min(1.0, math.log1p(hours * 4) / math.log1p(504 * 4))


class OnsetBar(QWidget):
    """The range of the first signs, painted in the colour of the danger and written beside marks of time."""

    def __init__(self, hours: tuple[float, float], level: Danger, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hours, self._level = hours, level
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text("names.onset_spoken", onset=onset_words(hours)))
        self.setToolTip(onset_words(hours))

    def sizeHint(self) -> QSize:
        """The bar and a line of marks below it."""
        return QSize(240, round(_BAR + HAIR + QFontMetricsF(styled(self.font(), factor=0.82)).height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = styled(self.font(), factor=0.82)
        metrics = QFontMetricsF(font)
        left, right = TIGHT, self.width() - TIGHT
        track = QRectF(left, 2, right - left, _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.track))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        start, end = (left + place_on_scale(hour) * track.width() for hour in self._hours)
        painter.setBrush(QColor(colours.danger(self._level).fill))
        painter.drawRoundedRect(QRectF(start, 2, max(_BAR, end - start), _BAR), _BAR / 2, _BAR / 2)
        painter.setFont(font)
        free_from = 0.0
        for hour, key in _MARKS:
            at = left + place_on_scale(hour) * track.width()
            words = text(f"names.onset_{key}")
            wide = metrics.horizontalAdvance(words)
            begin = min(max(0.0, at - wide / 2), self.width() - wide)
            painter.setPen(QPen(QColor(colours.strong_line), 1))
            painter.drawLine(QPointF(at, _BAR + 3), QPointF(at, _BAR + 6))
            if begin >= free_from:
                painter.setPen(QColor(colours.muted))
                painter.drawText(QPointF(begin, _BAR + 6 + metrics.ascent()), words)
                free_from = begin + wide + TIGHT
        painter.end()
