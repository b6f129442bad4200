"""The season: finds by week and kind beside the guide's months, first and last days, the years one over the other.

Painted as one sheet, so that what is seen can be saved as a picture. Asks nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.guide.search import in_season
from fieldguide.core.text import text
from fieldguide.storage.season import WEEKS, KindSeason
from fieldguide.ui.kit.colours import Colours, colours_now
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE
from fieldguide.ui.kit.naming import day_words, month_name, name_of
from fieldguide.ui.kit.painting import paint_line, styled

MOST = 60  # kinds on the sheet: the most found
_NAME, _DAYS = 210, 190
_DAYS_OF_MONTHS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class SeasonSheet(QWidget):
    """The sheet. `kind_wanted`: scientific name of a kind that was clicked."""

    kind_wanted = Signal(str)

    def __init__(self, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide = guide
        self._kinds: tuple[KindSeason, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text("history.season"))

    @property
    def lines(self) -> list[str]:
        """Every line as a screen reader says it."""
        return [self.line_of(kind) for kind in self._kinds]

    def show_kinds(self, kinds: Sequence[KindSeason], guide: Guide) -> None:
        """Show these, the most found first."""
        self._guide = guide
        self._kinds = tuple(kinds[:MOST])
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleDescription("\n".join(self.lines))
        self.update()

    def name_of(self, kind: KindSeason) -> str:
        """What a kind is called."""
        record = self._guide.record(kind.called.capitalize())
        return name_of(record.taxon, self._guide).first if record else kind.called.capitalize()

    def line_of(self, kind: KindSeason) -> str:
        """One kind in words: its name, how many, from the first to the last day of the year."""
        facts = {"count": kind.count, "first": _day(kind.first), "last": _day(kind.last)}
        return text("history.season_line", name=self.name_of(kind), **facts)

    def sizeHint(self) -> QSize:
        """A line per kind under a head of months."""
        return QSize(760, round((len(self._kinds) + 1.5) * self._line()))

    def picture(self) -> QPixmap:
        """The whole sheet, on paper."""
        made = QPixmap(self.size() * 2)
        made.setDevicePixelRatio(2)
        made.fill(QColor(colours_now().panel))
        self.render(made)
        return made

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a line wants its finds."""
        row = int(event.position().y() / self._line() - 1)
        if 0 <= row < len(self._kinds):
            self.kind_wanted.emit(self._kinds[row].called)

    def _line(self) -> float:
        return max(34.0, QFontMetricsF(self.font()).height() * 2.1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Months above; a line per kind: name, weeks over the guide's months, days."""
        colours, painter = colours_now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        weeks = QRectF(_NAME, 0, max(120, self.width() - _NAME - _DAYS), self._line())
        self._paint_months(painter, weeks, colours)
        for place, kind in enumerate(self._kinds, start=1):
            self._paint_kind(painter, kind, weeks.translated(0, place * self._line()), colours)
        painter.end()

    def _paint_months(self, painter: QPainter, weeks: QRectF, colours: Colours) -> None:
        small = styled(self.font(), factor=0.8)
        left = weeks.left()
        for month, days in enumerate(_DAYS_OF_MONTHS, start=1):
            wide = weeks.width() * days / 365.25
            cell = QRectF(left, weeks.top(), wide, weeks.height())
            paint_line(painter, cell.adjusted(2, 0, 0, 0), month_name(month)[:3], small, colours.muted)
            painter.fillRect(QRectF(left, weeks.bottom() - HAIR, 1, self.height()), QColor(colours.line))
            left += wide

    def _paint_kind(self, painter: QPainter, kind: KindSeason, weeks: QRectF, colours: Colours) -> None:
        record = self._guide.record(kind.called.capitalize())
        name = QRectF(0, weeks.top(), _NAME - CLOSE, weeks.height())
        paint_line(painter, name, self.name_of(kind), styled(self.font(), bold=True), colours.text)
        painter.setPen(Qt.PenStyle.NoPen)
        left = weeks.left()
        for month, days in enumerate(_DAYS_OF_MONTHS, start=1):  # what the guide says, behind the finds
            wide = weeks.width() * days / 365.25
            if record is not None and record.months and in_season(record, month):
                painter.fillRect(QRectF(left, weeks.bottom() - 7, wide, 4), QColor(colours.strong_line))
            left += wide
        years = list(kind.weeks)
        most = max(max(counts) for counts in kind.weeks.values())
        lane = (weeks.height() - 12) / len(years)
        for place, year in enumerate(years):  # the newest year above, in the accent; those before it are paler
            strength = 1.0 if year == years[-1] else 0.45
            top = weeks.top() + 2 + (len(years) - 1 - place) * lane
            for week, count in enumerate(kind.weeks[year]):
                if count:
                    colour = QColor(colours.accent)
                    colour.setAlphaF(strength * (0.35 + 0.65 * count / most))
                    cell = QRectF(weeks.left() + week * weeks.width() / WEEKS, top, weeks.width() / WEEKS - 1, lane - 1)
                    painter.setBrush(colour)
                    painter.drawRoundedRect(cell, 2, 2)
        days_ = QRectF(weeks.right() + SPACE, weeks.top(), _DAYS - SPACE, weeks.height())
        words = text("history.season_days", count=kind.count, first=_day(kind.first), last=_day(kind.last))
        paint_line(painter, days_, words, styled(self.font(), factor=0.88), colours.muted)


class SeasonView(QScrollArea):
    """The sheet, scrolling downwards."""

    def __init__(self, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = SeasonSheet(guide)
        holder = QWidget()
        holder.setAutoFillBackground(False)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, SPACE, SPACE)
        column.addWidget(label(text("history.season_key"), "small"))
        column.addWidget(self.sheet)
        column.addStretch(1)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.sheet.setAutoFillBackground(False)


def _day(day: date) -> str:
    return day_words(day, year=False)
