"""Tool tips with words of a guide, a model or a file name: shown as they are written, never read as HTML.

Trap: Qt takes a tool tip that looks like HTML for HTML, and opens the files that it names.
"""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QWidget


def plain_tip(words: str) -> str:
    """The words as a tool tip that shows them letter by letter."""
    return f"<span>{escape(words)}</span>".replace("\n", "<br>") if Qt.mightBeRichText(words) else words


def set_plain_tip(widget: QWidget, words: str) -> None:
    """Give a widget this tool tip."""
    widget.setToolTip(plain_tip(words))
