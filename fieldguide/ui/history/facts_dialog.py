"""When and where a find was made, from a person: for photos that do not say, or say it wrongly. Stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.storage.change import Change
from fieldguide.storage.places import OwnPlace
from fieldguide.ui.history.place_field import PlaceField
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row

_SLACK = timedelta(days=1)  # clocks and time zones differ


class FactsDialog(QDialog):
    """Asks for both; `own`: places that can be named. `agreed` carries the `Change`; what cannot be meant is said here,
    and nothing is changed.
    """

    agreed = Signal(object)

    def __init__(self, find: Observation, own: Sequence[OwnPlace] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("history.facts_title"))
        self.setMinimumWidth(480)
        placed = find.latitude is not None and find.longitude is not None
        self.date = QLineEdit(f"{find.observed_at:%Y-%m-%d %H:%M}" if find.observed_at else "")
        self.date.setPlaceholderText(text("history.facts_date_hint"))
        self.date.setAccessibleName(text("history.when"))
        self.place = PlaceField(own, f"{find.latitude}, {find.longitude}" if placed else "")
        self._problem = label("", "strong")
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("history.facts_title"), "title"))
        column.addWidget(label(text("history.facts_words"), "muted"))
        for heading, field in (("when", self.date), ("where", self.place)):
            column.addWidget(label(text(f"history.{heading}"), "strong"))
            column.addWidget(field)
        column.addWidget(self._problem)
        column.addStretch(1)
        leave, keep = button(text("ui.close")), button(text("history.facts_keep"), "primary")
        keep.setDefault(True)
        leave.clicked.connect(self.reject)
        keep.clicked.connect(self.keep)
        column.addLayout(row(None, leave, keep))

    @property
    def problem(self) -> str:
        """What is wrong with what was written; empty when nothing is."""
        return self._problem.text()

    def keep(self) -> None:
        """Agree to what was written, or say what is wrong with it."""
        try:
            change = Change(observed_at=read_date(self.date.text()), place=self.place.position())
        except ValueError as wrong:
            self._problem.setText(text(f"history.{wrong}"))
            self._problem.show()
            return
        self.agreed.emit(change)
        self.accept()


def read_date(words: str) -> datetime | None:
    """A date in ISO 8601, with or without its time; None when nothing was written.

    Raises:
        ValueError: key of the sentence that says what is wrong.
    """
    if not words.strip():
        return None
    try:
        when = datetime.fromisoformat(words.strip()).replace(tzinfo=None)
    except ValueError as wrong:
        raise ValueError("facts_bad_date") from wrong
    if when > datetime.now() + _SLACK:
        raise ValueError("facts_future")
    return when
