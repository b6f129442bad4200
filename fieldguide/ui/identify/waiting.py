"""Where the verdict will stand: a quiet outline while the model looks, or why there will be none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, ROUND, ROUNDER, SPACE, TIGHT
from fieldguide.ui.kit.surfaces import Card, clear

_ROWS = 5


class _Outline(QWidget):
    """The shape of a verdict to come."""

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.track))
        wide = self.width()
        painter.drawRoundedRect(QRectF(0, 0, wide, 96), ROUNDER, ROUNDER)
        painter.drawRoundedRect(QRectF(0, 116, wide * 0.7, 22), ROUND, ROUND)
        painter.drawRoundedRect(QRectF(0, 148, wide * 0.9, 12), 6, 6)
        painter.setBrush(QColor(colours.panel))
        painter.drawRoundedRect(QRectF(0, 180, wide, _ROWS * 60 + SPACE), ROUNDER, ROUNDER)
        painter.setBrush(QColor(colours.track))
        for place in range(_ROWS):
            top = 180 + SPACE + place * 60
            painter.drawEllipse(QRectF(SPACE, top, 24, 24))
            painter.drawRoundedRect(QRectF(SPACE + 38, top, wide * (0.5 - 0.05 * place), 14), 7, 7)
            painter.drawRoundedRect(QRectF(SPACE + 38, top + 26, wide - 2 * SPACE - 38, 6), 3, 3)
        painter.end()


class WaitingView(QWidget):
    """Says what is being done."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(CLOSE)
        self._words = label(text("identify.looking"), "heading")
        column.addWidget(self._words)
        column.addWidget(_Outline(), 1)

    def say(self, words: str) -> None:
        """Tell what is being waited for."""
        self._words.setText(words)
        self.setAccessibleName(words)


class ProblemView(QWidget):
    """Names the files of a find that could not be read, and why."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        card = Card(spacing=TIGHT)
        card.column.addWidget(label(text("identify.unreadable"), "title"))
        self._sentences = QVBoxLayout()
        self._sentences.setSpacing(TIGHT)
        card.column.addLayout(self._sentences)
        column.addWidget(card)
        column.addStretch(1)

    def say(self, sentences: Sequence[str]) -> None:
        """A sentence per file."""
        clear(self._sentences)
        for sentence in sentences:
            self._sentences.addWidget(selectable(label(sentence)))
