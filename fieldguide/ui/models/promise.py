"""An alarm's promise as a picture: a hundred photos as dots, those that pass without it as rings. Words beside it."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE
from fieldguide.ui.kit.surfaces import Card, row
from fieldguide.ui.models.facts import DEADLY, Promise

_ACROSS = 20
_DOT, _GAP = 9, 4


class HundredDots(QWidget):
    """Of a hundred photos, `marked` (0 to 100, rounded up) are rings, the others full."""

    def __init__(self, marked: float, level: Danger, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marked, self._level = min(100, math.ceil(marked)), level
        self.setFixedSize(_ACROSS * (_DOT + _GAP), 5 * (_DOT + _GAP))  # in a scrolled page a hint alone is squeezed
        self.setAccessibleName(spoken)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(100):
            line, column = divmod(place, _ACROSS)
            dot = QRectF(column * (_DOT + _GAP) + 1, line * (_DOT + _GAP) + 1, _DOT, _DOT)
            if place >= 100 - self._marked:
                painter.setPen(QPen(QColor(colours.danger(self._level).ink), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(dot.adjusted(0.5, 0.5, -0.5, -0.5))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.strong_line))
                painter.drawEllipse(dot)
        painter.end()


class PromiseCard(Card):
    """One alarm: what it holds, what that costs, and that it is no more than that."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(margin=SPACE + HAIR, spacing=CLOSE)
        level = Danger.DEADLY if promise.kind == DEADLY else Danger.POISONOUS
        head = row(DangerChip(level), spacing=CLOSE)
        head.addWidget(label(promise.headline, "heading"), 1)
        self.column.addLayout(head)
        if promise.missed is not None and promise.rings is not None:
            missed = text("models.missed", count=math.ceil(promise.missed))
            self.column.addWidget(label(missed, "strong"))
            self.column.addWidget(HundredDots(promise.missed, level, missed))
            self.column.addWidget(label(text("models.rings", count=round(promise.rings))))
        self.column.addWidget(selectable(label(promise.words, "body" if promise.missed is None else "muted")))
