"""The first and the last day of a search, chosen from two calendars. Stores nothing."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QCalendarWidget, QDialog, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


class DaysDialog(QDialog):
    """`agreed` carries both days, the earlier one first, both included."""

    agreed = Signal(object, object)

    def __init__(self, first: date, last: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("history.days_title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("history.days_title"), "title"))
        self.first, self.last = QCalendarWidget(), QCalendarWidget()
        sides = row(spacing=SPACE)
        for calendar, day, name in ((self.first, first, "days_first"), (self.last, last, "days_last")):
            calendar.setSelectedDate(QDate(day.year, day.month, day.day))
            calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
            calendar.setAccessibleName(text(f"history.{name}"))
            side = QVBoxLayout()
            side.addWidget(label(text(f"history.{name}"), "strong", wrap=False))
            side.addWidget(calendar)
            sides.addLayout(side)
        column.addLayout(sides)
        leave, keep = button(text("ui.close")), button(text("history.days_keep"), "primary")
        keep.setDefault(True)
        leave.clicked.connect(self.reject)
        keep.clicked.connect(self.keep)
        column.addLayout(row(None, leave, keep))

    def keep(self) -> None:
        """Agree to the chosen days."""
        chosen = [calendar.selectedDate() for calendar in (self.first, self.last)]
        days = sorted(date(day.year(), day.month(), day.day()) for day in chosen)
        self.agreed.emit(*days)
        self.accept()
