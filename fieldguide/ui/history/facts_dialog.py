"""When and where a find was made, told by a person: for photos that do not say, or say it wrongly. Stores nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.storage.change import Change
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row

_SLACK = timedelta(days=1)  # clocks and time zones differ


class FactsDialog(QDialog):
    """Asks for both. `agreed` carries the `Change`; what cannot be meant is said here, and nothing is changed."""

    agreed = Signal(object)

    def __init__(self, find: Observation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("history.facts_title"))
        self.setMinimumWidth(480)
        placed = find.latitude is not None and find.longitude is not None
        self.date = _field("when", f"{find.observed_at:%Y-%m-%d %H:%M}" if find.observed_at else "", "facts_date_hint")
        self.place = _field("where", f"{find.latitude}, {find.longitude}" if placed else "", "facts_place_hint")
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
            change = Change(observed_at=read_date(self.date.text()), place=read_position(self.place.text()))
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


def read_position(words: str) -> tuple[float, float] | None:
    """Latitude and longitude in decimal degrees (WGS 84); None when nothing was written.

    Raises:
        ValueError: key of the sentence that says what is wrong.
    """
    if not words.strip():
        return None
    try:
        latitude, longitude = (float(part) for part in words.replace(";", ",").split(","))
    except ValueError as wrong:
        raise ValueError("facts_bad_place") from wrong
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("facts_bad_place")
    return latitude, longitude


def _field(heading: str, words: str, hint: str) -> QLineEdit:
    field = QLineEdit(words)
    field.setPlaceholderText(text(f"history.{hint}"))
    field.setAccessibleName(text(f"history.{heading}"))
    return field
