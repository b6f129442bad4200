"""What is done with the unexpected: into the log, and before a person as one honest dialog; never the expected."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import explain, text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.care import Care, CareRow
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import SPACE, WIDE
from fieldguide.ui.kit.surfaces import row

log = logging.getLogger("fieldguide")


class CrashDialog(QDialog):
    """Says that something went wrong that should not have, what is kept, and gives the report to copy."""

    def __init__(
        self, report: str, log_file: Path | None, parent: QWidget | None = None, care: Care | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("shell.crash_title"))
        self.setMinimumSize(620, 420)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(SPACE)
        column.addWidget(label(text("shell.crash_title"), "title"))
        column.addWidget(label(text("shell.crash_words")))
        box = QPlainTextEdit(report)
        box.setReadOnly(True)
        box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        box.setAccessibleName(text("ui.details"))
        column.addWidget(box, 1)
        if log_file is not None:
            column.addWidget(label(text("shell.crash_log", file=str(log_file)), "small"))
        if care is not None:
            column.addWidget(CareRow(care))
        copy, close = button(text("shell.crash_copy"), "plain", "paste"), button(text("shell.crash_go_on"), "primary")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        close.clicked.connect(self.accept)
        column.addLayout(row(None, copy, close))


class ProblemDialog(QDialog):
    """Says why the window cannot open: an expected failure at the start, with what to do about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.setWindowTitle(text("shell.title"))
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(SPACE)
        column.addWidget(label(text("shell.cannot_start"), "title"))
        column.addWidget(label(sentence))
        close = button(text("ui.close"), "primary")
        close.clicked.connect(self.accept)
        column.addLayout(row(None, close))


def catch_everything(
    report_problem: Callable[[str], None], parent: QWidget, log_file: Path | None, care: Care | None = None
) -> Callable[[], None]:
    """From now on the expected goes to `report_problem` and the unexpected to the log and a dialog.

    Returns what puts back the hook that stood before. Only one dialog at a time: a faulty timer would bury the
    screen.
    """
    before = sys.excepthook
    showing = False

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        nonlocal showing
        if isinstance(error, FieldGuideError):
            log.warning("expected: %s", error)
            report_problem(explain(error))
            return
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
            return
        report = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected\n%s", report)
        if not showing:
            showing = True
            CrashDialog(report, log_file, parent, care).exec()
            showing = False

    sys.excepthook = hook

    def put_back() -> None:
        sys.excepthook = before

    return put_back
