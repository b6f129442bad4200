"""What narrows the gallery: words, danger, what the model dared to say, who named it, and when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.records import VerdictKind
from fieldguide.core.text import text
from fieldguide.storage.search import Filter, Sort
from fieldguide.ui.history.days_dialog import DaysDialog
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.filters import FilterButton
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.icons import icon
from fieldguide.ui.kit.metrics import HAIR, TIGHT
from fieldguide.ui.kit.naming import day_words

_PAUSE_MS = 180  # after the last key, before the search begins
_DAYS = {"week": 7, "month": 31, "season": 92, "year": 366}
_OWN = "own"  # days chosen from a calendar
_REACHES = ("1", "5", "20", "100")  # kilometres


class FilterBar(QWidget):
    """`changed` fires when `wanted` is another."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText(text("history.search"))
        self.field.setAccessibleName(text("history.search"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        levels = [level for level in Danger if level is not Danger.EDIBLE]
        self.dangers = FilterButton(text("history.danger"), [(level.value, danger_word(level)) for level in levels])
        kinds = [(kind.value, text(f"history.kind_{kind.value}")) for kind in VerdictKind]
        self.kinds = FilterButton(text("history.kind"), kinds)
        names = [("yes", text("history.named")), ("no", text("history.unnamed"))]
        self.named = FilterButton(text("history.name"), names, several=False)
        spans = [(key, text(f"history.since_{key}")) for key in (*_DAYS, _OWN)]
        self.span = FilterButton(text("history.date"), spans, several=False)
        stars = [(str(count), "★" * count) for count in range(1, 6)]
        self.stars = FilterButton(text("history.stars"), stars, several=False)
        orders = [(sort.value, text(f"history.sort_{sort.value}")) for sort in Sort if sort is not Sort.PLACE]
        self.order = FilterButton(text("history.sort"), orders, several=False)
        reaches = [(each, text("history.map_km", count=each)) for each in _REACHES]
        self.near = FilterButton(text("history.near"), reaches, several=False)
        self._place: tuple[float, float] | None = None
        self._days: tuple[date, date] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        column.addWidget(self.field)
        flow = FlowLayout(spacing=HAIR + 2)
        self._buttons = (self.dangers, self.kinds, self.named, self.span, self.stars, self.near, self.order)
        for button in self._buttons:
            flow.addWidget(button)
            button.changed.connect(self._tell_now if button is not self.span else self._choose_span)
        self.near.hide()  # until a place is told
        column.addLayout(flow)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.changed)
        self.field.textChanged.connect(lambda _: self._timer.start())
        self.field.returnPressed.connect(self._tell_now)

    def wanted(self) -> Filter:
        """What is asked for now."""
        named = next(iter(self.named.chosen), "")
        span = next(iter(self.span.chosen), "")
        first, last = self._days or (None, None)
        return Filter(
            text=self.field.text(),
            dangers=frozenset(Danger(key) for key in self.dangers.chosen),
            kinds=frozenset(VerdictKind(key) for key in self.kinds.chosen),
            verified={"yes": True, "no": False}.get(named),
            stars=int(next(iter(self.stars.chosen), "0")),
            sort=Sort(next(iter(self.order.chosen), Sort.NEWEST.value)),
            since=date.today() - timedelta(days=_DAYS[span]) if span in _DAYS else first,
            until=last,
            near=self._near(),
        )

    def show_near(self, latitude: float, longitude: float, reach: str = "5") -> None:
        """Only finds around a place; `reach` is one of 1, 5, 20, 100 kilometres."""
        self._place = (latitude, longitude)
        self.near.choose(frozenset({reach}))
        self.near.show()
        self._tell_now()

    def take_days(self, first: date, last: date) -> None:
        """Only finds from the first to the last of these days."""
        self._days = (first, last)
        self.span.choose(frozenset({_OWN}))
        self.span.setToolTip(" - ".join(day_words(datetime.combine(day, time.min)) for day in self._days))
        self._tell_now()

    def _near(self) -> tuple[float, float, float] | None:
        reach = next(iter(self.near.chosen), "")
        return (*self._place, float(reach)) if self._place and reach else None

    def _choose_span(self) -> None:
        """A span of days, or two days from a calendar."""
        self._days = None
        self.span.setToolTip("")
        if _OWN not in self.span.chosen:
            self._tell_now()
            return
        self.span.choose(frozenset())
        today = date.today()
        dialog = DaysDialog(today - timedelta(days=_DAYS["month"]), today, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.agreed.connect(self.take_days)
        dialog.open()

    def clear(self) -> None:
        """Any find again."""
        self.field.clear()
        for button in self._buttons:
            button.choose(frozenset())
        self._place = self._days = None
        self.near.hide()
        self._tell_now()

    def _tell_now(self) -> None:
        self._timer.stop()
        self.near.setVisible(bool(self.near.chosen))
        self.changed.emit()
