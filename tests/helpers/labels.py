"""What a person reads on a widget."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from tests.helpers.turns import all_there


def words_in(widget: QWidget) -> str:
    """The words of every label that is not hidden, a line each."""
    all_there(widget)
    QApplication.processEvents()  # what was just put into a layout is shown now
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if not each.isHidden())


def words_on(widget: QWidget) -> str:
    """The words of every label that is seen, a line each."""
    all_there(widget)
    QApplication.processEvents()
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisible())


def pressed(widget: QWidget, words: str) -> QAbstractButton:
    """The button with these words, to be clicked."""
    return next(each for each in all_there(widget).findChildren(QAbstractButton) if each.text() == words)
