"""What a person reads on a widget."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel, QWidget


def words_in(widget: QWidget) -> str:
    """The words of every label that is not hidden, a line each."""
    QApplication.processEvents()  # what was just put into a layout is shown now
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if not each.isHidden())
