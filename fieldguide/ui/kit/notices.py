"""The notice bar: expected failures and small news, in sentences, with one thing to do. Never a modal box.

One notice shows at a time, so that they never pile up over the work; the others are counted and open on demand. None of
them takes the keyboard: keys of the page go on working, `act` and `clear` belong to keys of the window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button, icon_button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, ICON, ROUND, TIGHT
from fieldguide.ui.kit.surfaces import drop, row

MOST = 5  # notices that are kept; the oldest leaves first
NEWS_MS = 9_000
_DETAIL_LINES = 6


class NoticeKind(StrEnum):
    """News leave by themselves; problems stay until somebody closes them."""

    NEWS = "news"
    PROBLEM = "problem"


class _Mark(QWidget):
    def __init__(self, kind: NoticeKind) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(ICON + 2, ICON + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_now()
        name, colour = ("warning", colours.text) if self._kind is NoticeKind.PROBLEM else ("info", colours.accent)
        painter = QPainter(self)
        paint_icon(painter, QRectF(self.rect()), name, colour)
        painter.end()


class Notice(QFrame):
    """One notice: a sentence, at most one action, and details that open on demand (a line each)."""

    closed = Signal()
    unfolded = Signal(bool)

    def __init__(
        self,
        words: str,
        kind: NoticeKind,
        action: tuple[str, Callable[[], object]] | None = None,
        details: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.words, self.action = words, action
        self.setAccessibleName(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(CLOSE, TIGHT, TIGHT, TIGHT)
        column.setSpacing(TIGHT)
        line = row(_Mark(kind), spacing=CLOSE)
        line.addWidget(label(words), 1)
        column.addLayout(line)
        if details:
            line.addWidget(self._details_button(column, details))
        if action:
            act = button(action[0], "quiet")
            act.clicked.connect(action[1])
            act.clicked.connect(self.closed)
            line.addWidget(act)
        close = icon_button(text("ui.close"), "close")
        close.clicked.connect(self.closed)
        self._more = button("", "quiet")
        self._more.setCheckable(True)
        self._more.toggled.connect(self.unfolded)
        self._more.hide()
        line.addWidget(self._more)
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        for piece in self.findChildren(QWidget):
            piece.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if kind is NoticeKind.NEWS:
            QTimer.singleShot(NEWS_MS, self, self.closed.emit)

    def count_others(self, count: int, *, opened: bool) -> None:
        """How many older notices stand behind this one."""
        self._more.setText(text("ui.more_notices", count=count))
        self._more.setChecked(opened)
        self._more.setVisible(count > 0)

    def _details_button(self, column: QVBoxLayout, details: Sequence[str]) -> QWidget:
        box = QPlainTextEdit("\n".join(details))
        box.setReadOnly(True)
        box.setAccessibleName(text("ui.details"))
        lines = min(_DETAIL_LINES, len(details))
        box.setFixedHeight(lines * box.fontMetrics().lineSpacing() + 26)
        box.hide()
        column.addWidget(box)
        opener = button(text("ui.details"), "quiet")
        opener.setCheckable(True)
        opener.toggled.connect(box.setVisible)
        return opener

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised strip with an edge in the accent."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.line))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), ROUND, ROUND)
        painter.end()


class NoticeBar(QWidget):
    """A short stack of notices, newest first. Empty, it takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(CLOSE, HAIR, CLOSE, HAIR)
        self._column.setSpacing(HAIR + 2)
        self._notices: list[Notice] = []
        self._open = False
        self.hide()

    @property
    def sentences(self) -> list[str]:
        """What stands there now, newest first."""
        return [notice.words for notice in self._notices]

    def tell(
        self,
        words: str,
        kind: NoticeKind = NoticeKind.NEWS,
        *,
        action: tuple[str, Callable[[], object]] | None = None,
        details: Sequence[str] = (),
    ) -> Notice:
        """Add a notice; the same sentence again replaces the earlier one. `action` is the words and what they do."""
        for earlier in [notice for notice in self._notices if notice.words == words]:
            self._drop(earlier)
        notice = Notice(words, kind, action, details)
        notice.closed.connect(lambda: self._drop(notice))
        notice.unfolded.connect(self._unfold)
        self._notices.insert(0, notice)
        self._column.insertWidget(0, notice)
        for oldest in self._notices[MOST:]:
            self._drop(oldest)
        self._arrange()
        return notice

    def act(self) -> None:
        """Do what the newest notice offers, by key."""
        newest = self._notices[0] if self._notices else None
        if newest is not None and newest.action is not None:
            newest.action[1]()
            self._drop(newest)

    def retract(self, notice: Notice) -> None:
        """Take a notice away that is true no more; nothing when it is gone already."""
        self._drop(notice)

    def clear(self) -> None:
        """Take all notices away."""
        for notice in list(self._notices):
            self._drop(notice)

    def _drop(self, notice: Notice) -> None:
        if notice in self._notices:
            self._notices.remove(notice)
            drop(self._column, notice)
        self._arrange()

    def _unfold(self, on: bool) -> None:
        self._open = on
        self._arrange()

    def _arrange(self) -> None:
        """The newest in sight, the others behind it unless somebody opened them."""
        self._open = self._open and len(self._notices) > 1
        for place, notice in enumerate(self._notices):
            notice.count_others(len(self._notices) - 1 if place == 0 else 0, opened=self._open)
            notice.setVisible(place == 0 or self._open)
        self.setVisible(bool(self._notices))

    def event(self, event: QEvent) -> bool:
        """Sizes follow the notices."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """Never forces the window wider."""
        return QSize(0, super().minimumSizeHint().height())
