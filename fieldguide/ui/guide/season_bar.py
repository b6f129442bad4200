"""Twelve months as twelve cells; those in which a taxon is found are filled, and said in words to who cannot see it."""

from __future__ import annotations

from PySide6.QtCore import QDate, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldguide.core.guide import TaxonRecord
from fieldguide.core.guide.search import in_season
from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.metrics import HAIR
from fieldguide.ui.kit.naming import month_name, season_words
from fieldguide.ui.kit.painting import styled

_CELL = 22
_GAP = 3


class SeasonBar(QWidget):
    """The season of one record on the northern half; the month of today has a frame."""

    def __init__(self, record: TaxonRecord, today: QDate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._months = {month for month in range(1, 13) if record.months and in_season(record, month)}
        self._today = today.month()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(season_words(record.months) or text("guide.season_untold"))

    def sizeHint(self) -> QSize:
        """A row of cells and their letters."""
        return QSize(280, round(_CELL + HAIR + QFontMetricsF(styled(self.font(), factor=0.85)).height() + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = styled(self.font(), factor=0.85)
        wide = (min(self.width(), 560) - 11 * _GAP) / 12
        for month in range(1, 13):
            cell = QRectF((month - 1) * (wide + _GAP) + 1, 1, wide - 2, _CELL - 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent if month in self._months else colours.track))
            if month == self._today:
                painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRoundedRect(cell, 5, 5)
            painter.setFont(styled(self.font(), factor=0.85, bold=month in self._months))
            painter.setPen(QColor(colours.text if month in self._months else colours.muted))
            below = QRectF(cell.left() - 4, _CELL + HAIR, cell.width() + 8, QFontMetricsF(font).height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, month_name(month)[:3])
        painter.end()
