"""Surfaces to put things on: cards, and a page that scrolls upwards and downwards only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import delete

from fieldguide.ui.kit.metrics import CLOSE, SPACE


class Card(QFrame):
    """A raised surface with a column of widgets; add to `column`."""

    def __init__(self, parent: QWidget | None = None, *, margin: int = SPACE, spacing: int = CLOSE) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(spacing)


class ScrollColumn(QScrollArea):
    """A column that scrolls vertically and is always as wide as what is seen; add to `column`."""

    def __init__(self, parent: QWidget | None = None, *, margin: int = SPACE, spacing: int = SPACE) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view, sheet = QWidget(), QWidget()
        self.setViewport(view)  # Python's own: to wrap Qt's, PySide makes a class of every widget there is (40 ms)
        view.setAutoFillBackground(False)
        sheet.setObjectName("sheet")
        self.column = QVBoxLayout(sheet)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(spacing)
        self.setWidget(sheet)
        self.covered = 0  # pixels at the top edge that something may lie over
        sheet.setAutoFillBackground(False)

    def centred_sheet(self, widest: int) -> QVBoxLayout:
        """A column in the middle that grows to `widest` pixels, with what is left of the height below it."""
        middle = QWidget()
        middle.setMaximumWidth(widest)
        sheet = QVBoxLayout(middle)
        sheet.setContentsMargins(0, 0, 0, 0)
        sheet.setSpacing(SPACE)
        holder = QHBoxLayout()
        holder.addStretch(1)
        holder.addWidget(middle, 100)
        holder.addStretch(1)
        self.column.addLayout(holder)
        self.column.addStretch(1)
        return sheet


def row(*items: QWidget | QLayout | int | None, spacing: int = CLOSE) -> QHBoxLayout:
    """A row of widgets and layouts; an int is a fixed gap, None takes what is left."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for item in items:
        if item is None:
            made.addStretch(1)
        elif isinstance(item, int):
            made.addSpacing(item)
        elif isinstance(item, QLayout):
            made.addLayout(item)
        else:
            made.addWidget(item)
    return made


def take_out(layout: QLayout, widget: QWidget) -> None:
    """Take a widget out of a layout, where it is in it, before another layout gets it or it is deleted.

    Qt would do so by itself, but deletes the item behind Python's back: of items in a nested layout Python holds
    wrappers, and takes the next object at that address (a style, say) for the dead item. Python alone would let it
    live: then the widget tells it, and not the item of its next layout, that it wants another size.
    """
    if (place := layout.indexOf(widget)) >= 0 and (item := layout.takeAt(place)) is not None:
        delete(item)


def drop(layout: QLayout, widget: QWidget) -> None:
    """Take a widget out of a layout for good; it goes when Qt comes round to it."""
    take_out(layout, widget)
    widget.hide()
    widget.deleteLater()


def clear(layout: QLayout) -> None:
    """Remove everything in a layout; the widgets go when Qt comes round to it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
