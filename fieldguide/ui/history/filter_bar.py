"""What narrows and orders the gallery: words, danger, verdict, name, days, places, tags, stars; kept if wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.records import VerdictKind
from fieldguide.core.text import text
from fieldguide.storage.saved_filters import FilterState
from fieldguide.storage.search import Filter, Sort
from fieldguide.ui.history.days_dialog import DaysDialog
from fieldguide.ui.history.saved_menu import SavedMenu
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
_EVEN = "even"  # newest first without headings
_MOST = 40  # tags, and places, that a menu offers


class FilterBar(QWidget):
    """`changed` fires when `wanted` (or `grouped`) is another."""

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
        self.tags = FilterButton(text("history.tag"), ())
        self.places = FilterButton(text("history.where"), (), several=False)
        orders = [(key, text(f"history.sort_{key}")) for key in (*Sort, _EVEN)]
        self.order = FilterButton(text("history.sort"), orders, several=False, usual=Sort.NEWEST.value)
        reaches = [(each, text("history.map_km", count=each)) for each in _REACHES]
        self.near = FilterButton(text("history.near"), reaches, several=False)
        self.saved = SavedMenu()
        self.saved.chosen.connect(self.take_state)
        self._place: tuple[float, float] | None = None
        self._days: tuple[date, date] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        column.addWidget(self.field)
        flow = FlowLayout(spacing=HAIR + 2)
        self._buttons = {
            "danger": self.dangers,
            "kind": self.kinds,
            "named": self.named,
            "span": self.span,
            "place": self.places,
            "tag": self.tags,
            "stars": self.stars,
            "near": self.near,
            "order": self.order,
        }
        for button in self._buttons.values():
            flow.addWidget(button)
            button.changed.connect(self._tell_now if button is not self.span else self._choose_span)
        flow.addWidget(self.saved)
        for button in (self.near, self.tags, self.places):
            button.hide()  # until there are some
        column.addLayout(flow)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._tell_now)
        self.field.textChanged.connect(lambda _: self._timer.start())
        self.field.returnPressed.connect(self._tell_now)

    def wanted(self) -> Filter:
        """What is asked for now."""
        named = next(iter(self.named.chosen), "")
        span = next(iter(self.span.chosen), "")
        first, last = self._days or (None, None)
        order = next(iter(self.order.chosen), _EVEN)
        return Filter(
            text=self.field.text(),
            dangers=frozenset(Danger(key) for key in self.dangers.chosen),
            kinds=frozenset(VerdictKind(key) for key in self.kinds.chosen),
            verified={"yes": True, "no": False}.get(named),
            tags=self.tags.chosen,
            stars=int(next(iter(self.stars.chosen), "0")),
            sort=Sort.NEWEST if order == _EVEN else Sort(order),
            since=date.today() - timedelta(days=_DAYS[span]) if span in _DAYS else first,
            until=last,
            place=next(iter(self.places.chosen), ""),
            near=self._near(),
        )

    @property
    def grouped(self) -> bool:
        """Whether the gallery has headings."""
        return _EVEN not in self.order.chosen

    @property
    def narrows(self) -> bool:
        """Whether anything but the order is chosen."""
        return bool({key: values for key, values in self.state().items() if values and key != "order"})

    def state(self) -> FilterState:
        """What is written and ticked, to be kept: see `take_state`."""
        state = {key: tuple(sorted(button.chosen)) for key, button in self._buttons.items()}
        state["words"] = (self.field.text().strip(),) if self.field.text().strip() else ()
        state["days"] = tuple(day.isoformat() for day in self._days or ())
        state["around"] = tuple(str(degrees) for degrees in self._place or ())
        return state

    def take_state(self, state: FilterState) -> None:
        """Search by what was kept; what makes no sense (any more) narrows by nothing."""
        self._timer.blockSignals(True)
        self.field.setText(" ".join(state.get("words", ())))
        self._timer.stop()
        self._timer.blockSignals(False)
        for key in ("tag", "place"):
            kept = [(value, value) for value in state.get(key, ()) if value]
            self._buttons[key].offer(kept)
        for key, button in self._buttons.items():
            button.choose(frozenset(state.get(key, ())))
        self._place = _degrees(state.get("around", ()))
        days = _two_days(state.get("days", ()))
        if days is None and _OWN in self.span.chosen:
            self.span.choose(frozenset())
        self._take_days(days)
        self._tell_now()

    def know(self, tags: Mapping[str, int], places: Mapping[str, int]) -> None:
        """Offer these tags and places, each with the number of its finds, the most used first."""
        for button, counted in ((self.tags, tags), (self.places, places)):
            shown = list(counted.items())[:_MOST]
            button.offer([(name, f"{name}\t{QLocale().toString(count)}") for name, count in shown])
            button.setVisible(bool(counted) or bool(button.chosen))

    def show_near(self, latitude: float, longitude: float, reach: str = "5") -> None:
        """Only finds around a place; `reach` is one of 1, 5, 20, 100 kilometres."""
        self._place = (latitude, longitude)
        self.near.choose(frozenset({reach}))
        self._tell_now()

    def take_days(self, first: date, last: date) -> None:
        """Only finds from the first to the last of these days."""
        self._take_days((first, last))
        self._tell_now()

    def _take_days(self, days: tuple[date, date] | None) -> None:
        self._days = days
        if days is not None:
            said = " – ".join(day_words(datetime.combine(day, time.min)) for day in dict.fromkeys(days))
            self.span.choose(frozenset({_OWN}), said)

    def _near(self) -> tuple[float, float, float] | None:
        reach = next(iter(self.near.chosen), "")
        return (*self._place, float(reach)) if self._place and reach else None

    def _choose_span(self) -> None:
        """A span of days, or two days from a calendar."""
        before, self._days = self._days, None
        if _OWN not in self.span.chosen:
            self._tell_now()
            return
        self.span.choose(frozenset())
        today = date.today()
        dialog = DaysDialog(*(before or (today - timedelta(days=_DAYS["month"]), today)), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.agreed.connect(self.take_days)
        dialog.rejected.connect(self._tell_now)
        dialog.open()

    def clear(self) -> None:
        """Any find again, in the order that was chosen."""
        self.take_state({"order": tuple(self.order.chosen)})

    def _tell_now(self) -> None:
        self._timer.stop()
        self.near.setVisible(bool(self.near.chosen))
        self.saved.know_state(self.state() if self.narrows else {})
        self.changed.emit()


def _degrees(kept: tuple[str, ...]) -> tuple[float, float] | None:
    try:
        latitude, longitude = map(float, kept)
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _two_days(kept: tuple[str, ...]) -> tuple[date, date] | None:
    try:
        first, last = (date.fromisoformat(day) for day in kept)
    except ValueError:
        return None
    return (min(first, last), max(first, last))
