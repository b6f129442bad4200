"""F1: the guide for foragers, read from the program's own files. Nothing in it leads out of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from fieldguide.core.resources import resource
from fieldguide.core.text import language, text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.metrics import CLOSE, SPACE, WIDE
from fieldguide.ui.kit.surfaces import row


def help_file(code: str) -> Path:
    """The guide in a language."""
    return resource("help", f"foragers.{code}.md")


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
        self.shown = QTextBrowser()
        self.shown.setOpenLinks(False)
        self.shown.setAccessibleName(text("shell.help"))
        self.shown.setMarkdown(help_file(language()).read_text(encoding="utf-8"))
        self.shown.moveCursor(QTextCursor.MoveOperation.Start)
        column.addWidget(self.shown, 1)
        close = button(text("ui.close"), "primary")
        close.clicked.connect(self.accept)
        column.addLayout(row(None, close))
