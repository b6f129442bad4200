"""When something does not work: a check of the program, and a report to send. After a crash, and in the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import TIGHT
from fieldguide.ui.kit.surfaces import row


class Care(Protocol):
    """Who does the work; `tell` gets sentences on the GUI thread."""

    def write_report(self, target: Path, tell: Callable[[str], None]) -> None:
        """Write the report as a zip."""
        ...

    def check(self, tell: Callable[[str], None]) -> None:
        """Run the program's check of itself."""
        ...


class CareRow(QWidget):
    """Two buttons, and below them what became of it."""

    def __init__(self, care: Care) -> None:
        super().__init__()
        self._care = care
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        self.check = button(text("ui.care_check"), "quiet", "eye", hint=text("ui.care_check_words"))
        self.report = button(text("ui.care_report"), "quiet", "export", hint=text("ui.care_report_words"))
        self.outcome = selectable(label("", "small"))
        self.outcome.hide()
        self.check.clicked.connect(self._check)
        self.report.clicked.connect(self._choose)
        column.addLayout(row(self.check, self.report, None))
        column.addWidget(self.outcome)

    def tell(self, words: str) -> None:
        """Say what became of it."""
        self.outcome.setText(words)
        self.outcome.show()

    def _check(self) -> None:
        self.tell(text("ui.care_checking"))
        self._care.check(self.tell)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, text("ui.care_report"), "fieldguide-report.zip", "*.zip")
        if chosen:
            self.tell(text("ui.care_writing"))
            self._care.write_report(Path(chosen), self.tell)
