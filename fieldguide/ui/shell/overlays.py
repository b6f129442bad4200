"""What lies over the whole window for a moment: the invitation to drop, and the list of keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, ROUNDER, SPACE, WIDE
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row
from fieldguide.ui.shell.pages import KeyGroup

_CARD_WIDTH = 820
_SIGN = 64
_AROUND = 190  # pixels of an overlay that its keys cannot have


class Overlay(QWidget):
    """Covers its parent, follows its size, and starts hidden."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        parent.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() is QEvent.Type.Resize and watched is self._covered:
            self.setGeometry(self._covered.rect())
        return super().eventFilter(watched, event)

    def lift(self) -> None:
        """Show above everything."""
        self.setGeometry(self._covered.rect())
        self.show()
        self.raise_()


class DropOverlay(Overlay):
    """Says, while something is dragged over the window, that it may be dropped anywhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a dashed frame and one sentence."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colours.window)
        veil.setAlphaF(0.93)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(WIDE, WIDE, -WIDE, -WIDE)
        painter.setBrush(QColor(colours.accent_soft))
        painter.setPen(QPen(QColor(colours.accent), 2.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, ROUNDER, ROUNDER)
        sign = QRectF(0, 0, _SIGN, _SIGN)
        sign.moveCenter(frame.center())
        sign.translate(0, -_SIGN * 0.6)
        paint_icon(painter, sign, "drop", colours.accent)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        words = QRectF(frame.left(), sign.bottom() + SPACE, frame.width(), 60)
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text("shell.drop_anywhere"))
        painter.end()


def _key_column() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(CLOSE)
    grid.setVerticalSpacing(HAIR)
    grid.setColumnStretch(1, 1)
    return grid


class KeysOverlay(Overlay):
    """Lists the keys of the window and of the page in front, in two columns. Any key or click closes it (`closed`)."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        card = Card(margin=WIDE)
        card.setMaximumWidth(_CARD_WIDTH)
        card.column.addWidget(label(text("shell.keys"), "title"))
        self._keys = ScrollColumn(margin=0)
        card.column.addWidget(self._keys)
        close = button(text("ui.close"), "plain")
        close.clicked.connect(self.hide)
        card.column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        outer.addStretch(1)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)
        card.setMinimumWidth(_CARD_WIDTH)

    def list_keys(self, groups: Sequence[KeyGroup]) -> None:
        """Show groups of keys, each under its title, in two columns of about the same height."""
        clear(self._keys.column)
        columns, lines = [_key_column(), _key_column()], [0, 0]
        for group in sorted(groups, key=lambda each: -len(each.keys)):
            side = int(lines[1] < lines[0])
            grid, line = columns[side], lines[side]
            head = label(group.title, "overline", wrap=False)
            head.setContentsMargins(0, CLOSE if line else 0, 0, HAIR)
            grid.addWidget(head, line, 0, 1, 2)
            for below, (keys, does) in enumerate(group.keys, start=line + 1):
                grid.addWidget(label(keys, "key", wrap=False), below, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(does), below, 1)
            lines[side] += 1 + len(group.keys)
        for grid, line in zip(columns, lines, strict=True):
            grid.setRowStretch(line, 1)
        self._keys.column.addLayout(row(*columns, spacing=WIDE))
        self.lift()
        self._fit()
        self.setFocus()

    def _fit(self) -> None:
        """As tall as the keys need, or as there is room; then they scroll."""
        needed = self._keys.column.heightForWidth(_CARD_WIDTH - 2 * WIDE - SPACE)
        self._keys.setFixedHeight(max(120, min(needed, self.height() - _AROUND)))

    def event(self, event: QEvent) -> bool:
        """Every key is its own while it lies over the window: no shortcut behind it fires."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key closes it."""
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card closes it."""
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """The keyboard is free again; Qt would give it to whatever comes next."""
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil over the window."""
        painter = QPainter(self)
        veil = QColor("#000000")
        veil.setAlphaF(0.5)
        painter.fillRect(self.rect(), veil)
        painter.end()
