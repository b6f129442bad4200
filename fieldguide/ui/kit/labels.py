"""Labels by what they say: titles, running text, small print, scientific names. Plain text, never rich by accident."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget


def label(words: str, role: str = "body", *, wrap: bool = True, parent: QWidget | None = None) -> QLabel:
    """A label in one of the roles of the style sheet: display, title, alarm, heading, body, strong,
    muted, small, overline, scientific, key. Wrapping labels take the width they are given."""
    made = QLabel(words, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
        made.setMinimumWidth(40)
    return made


def selectable(made: QLabel) -> QLabel:
    """The same label, with text that the mouse can select and copy."""
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def rule() -> QFrame:
    """A hairline between two groups."""
    line = QFrame()
    line.setProperty("look", "line")
    return line
