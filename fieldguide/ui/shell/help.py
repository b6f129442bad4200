"""F1: the guide for foragers, read from the program's own files. Nothing in it leads out of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from fieldguide.core.resources import resource
from fieldguide.core.text import FALLBACK, language, text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


def help_file(code: str) -> Path:
    """The guide in a language; English where there is none."""
    file = resource("help", f"foragers.{code}.md")
    return file if file.is_file() else resource("help", f"foragers.{FALLBACK}.md")


class HelpDialog(QDialog):
    """The text, and a way back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("shell.help"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 640)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, SPACE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        file = help_file(language())
        if language() not in (FALLBACK, file.suffixes[0].lstrip(".")):
            column.addWidget(label(text("shell.help_english"), "small"))
        self.shown = QTextBrowser()
        self.shown.setOpenLinks(False)
        self.shown.setAccessibleName(text("shell.help"))
        self.shown.setMarkdown(file.read_text(encoding="utf-8"))
        self.shown.moveCursor(QTextCursor.MoveOperation.Start)
        column.addWidget(self.shown, 1)
        close = button(text("ui.close"), "primary")
        close.clicked.connect(self.accept)
        column.addLayout(row(None, close))
