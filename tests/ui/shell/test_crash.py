"""The expected is told in the notice bar, the unexpected in a dialog and the log."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain, text
from fieldguide.ui.shell.crash import CrashDialog, catch_everything


@pytest.fixture
def parent(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def raised(error: BaseException) -> tuple:
    try:
        raise error
    except BaseException:
        return sys.exc_info()


def test_the_expected_becomes_a_sentence(parent: QWidget) -> None:
    told: list[str] = []
    before = sys.excepthook
    put_back = catch_everything(told.append, parent, None)
    error = FieldGuideError(ErrorCode.PHOTO_MISSING, file="a.jpg")
    sys.excepthook(*raised(error))
    put_back()
    assert told == [explain(error)]
    assert sys.excepthook is before


def test_the_unexpected_opens_one_dialog_and_is_logged(parent: QWidget, monkeypatch, caplog) -> None:
    opened: list[CrashDialog] = []

    def open_it(dialog: CrashDialog) -> None:
        opened.append(dialog)
        sys.excepthook(*raised(ValueError("again, meanwhile")))

    monkeypatch.setattr(CrashDialog, "exec", open_it)
    put_back = catch_everything(lambda sentence: None, parent, Path("/tmp/log"))
    with caplog.at_level(logging.ERROR, logger="fieldguide"):
        sys.excepthook(*raised(ValueError("a screw is loose")))
    put_back()
    assert len(opened) == 1
    assert "a screw is loose" in caplog.text
    assert "again, meanwhile" in caplog.text


def test_a_break_from_the_keyboard_is_left_alone(parent: QWidget, monkeypatch) -> None:
    passed: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: passed.append(kind))
    put_back = catch_everything(lambda sentence: None, parent, None)
    sys.excepthook(*raised(KeyboardInterrupt()))
    put_back()
    assert passed == [KeyboardInterrupt]


def test_the_dialog_shows_the_report_and_copies_it(qtbot, tmp_path: Path) -> None:
    dialog = CrashDialog("Traceback: a screw is loose", tmp_path / "fieldguide.log")
    qtbot.addWidget(dialog)
    assert "screw" in dialog.findChild(QPlainTextEdit).toPlainText()
    assert any("fieldguide.log" in made.text() for made in dialog.findChildren(QLabel))
    next(made for made in dialog.findChildren(QPushButton) if made.text() == text("shell.crash_copy")).click()
    assert "screw" in QGuiApplication.clipboard().text()
