"""The empty page: a large quiet place to drop photos on, three steps, and the finds of the last days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QSizePolicy, QVBoxLayout, QWidget

from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.medallion import Medallion
from fieldguide.ui.kit.metrics import BROAD, CLOSE, HAIR, ROUNDER, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.surfaces import row

if TYPE_CHECKING:
    from fieldguide.core.guide import Guide
    from fieldguide.ui.identify.finds import FindModel
    from fieldguide.ui.kit.thumbnails import Thumbnails

STEPS = (("view_underside", "views"), ("drop", "drop"), ("warning", "read"))
_ROOM_FOR_SIGN = 320


class DropArea(QFrame):
    """Invites. A click anywhere in it opens the dialog of files."""

    photos_wanted = Signal()
    folder_wanted = Signal()
    paste_wanted = Signal()
    hand_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(TIGHT)
        column.addStretch(1)
        self._sign = Medallion("identify", 96)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        for words, role in ((text("identify.start_title"), "display"), (text("identify.start_words"), "muted")):
            line = label(words, role)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(line)
        column.addSpacing(SPACE)
        choose = button(text("identify.choose_photos"), "primary", "photo", hint="Ctrl+O")
        folder = button(text("identify.choose_folder"), "plain", "folder", hint="Ctrl+Shift+O")
        paste = button(text("identify.paste"), "plain", "paste", hint="Ctrl+V")
        choose.clicked.connect(self.photos_wanted)
        folder.clicked.connect(self.folder_wanted)
        paste.clicked.connect(self.paste_wanted)
        column.addLayout(row(None, choose, folder, paste, None, spacing=CLOSE))
        alone = button(text("hands.alone"), "link", "hand")
        alone.clicked.connect(self.hand_wanted)
        column.addWidget(alone, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """What it needs without its sign."""
        return QSize(420, super().minimumSizeHint().height() - (0 if self._sign.isHidden() else self._sign.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sign goes where there is no room for it."""
        room = self.height() >= _ROOM_FOR_SIGN
        if self._sign.isHidden() == room:
            self._sign.setVisible(room)
        super().resizeEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click beside the buttons counts as the first of them."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.photos_wanted.emit()

    def enterEvent(self, event: QEvent) -> None:
        """Light up."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go quiet again."""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A panel with a dashed edge."""
        colours = colours_now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse()
        painter.setBrush(QColor(colours.panel))
        pen = QPen(QColor(colours.accent if lit else colours.strong_line), 1.6, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), ROUNDER + 4, ROUNDER + 4)
        painter.end()


class StartView(QWidget):
    """The empty page. `find_wanted` carries a stored observation that was clicked.

    It stands before the guide is read: the strip of finds comes with it (`know`).
    """

    find_wanted = Signal(Observation)

    def __init__(self) -> None:
        super().__init__()
        self._recent: FindModel | None = None
        self._strip: QWidget | None = None
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(WIDE)
        self.area = DropArea()
        column.addWidget(self.area, 1)
        column.addLayout(_steps())

    @property
    def recent(self) -> FindModel:
        """The finds of the last days."""
        assert self._recent is not None, "finds are shown with a guide"
        return self._recent

    def know(self, guide: Guide, thumbnails: Thumbnails) -> None:
        """Join this guide from now on."""
        if self._recent is not None:
            self._recent.use_guide(guide)
            return
        from fieldguide.ui.identify.finds import FindModel

        self._recent = FindModel(guide, thumbnails, self)

    def show_recent(self, observations: Sequence[Observation]) -> None:
        """Show the newest finds; without any the strip is not there."""
        self.recent.show_stored(observations)
        if self._strip is None and observations:
            self._strip = self._make_strip()
        if self._strip is not None:
            self._strip.setVisible(bool(observations))

    def _make_strip(self) -> QWidget:
        made = QWidget()
        strip = QVBoxLayout(made)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.setSpacing(HAIR)
        strip.addWidget(label(text("identify.recent"), "overline"))
        strip.addWidget(self._list())
        self._column.addWidget(made)
        return made

    def _list(self) -> QListView:
        from fieldguide.ui.identify.find_delegates import FindTile

        view = QListView()
        view.setModel(self.recent)
        delegate = FindTile(view)
        view.setItemDelegate(delegate)
        view.setFlow(QListView.Flow.LeftToRight)
        view.setWrapping(False)
        view.setMouseTracking(True)
        view.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setAccessibleName(text("identify.recent"))
        view.setFixedHeight(BROAD * 4 + 12)
        view.setIconSize(QSize(96, 96))
        view.activated.connect(self._open)
        view.clicked.connect(self._open)
        return view

    def _open(self, index: QModelIndex) -> None:
        observation = self.recent.entries[index.row()].observation
        if observation is not None:
            self.find_wanted.emit(observation)


def _steps() -> QHBoxLayout:
    steps = row(spacing=WIDE)
    for number, (icon_name, key) in enumerate(STEPS, start=1):
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(text("identify.step", number=number, title=text(f"identify.step_{key}")), "heading"))
        words.addWidget(label(text(f"identify.step_{key}_words"), "muted"))
        words.addStretch(1)
        step = row(spacing=CLOSE)
        step.addWidget(Medallion(icon_name, 44), 0, Qt.AlignmentFlag.AlignTop)
        step.addLayout(words, 1)
        steps.addLayout(step, 1)
    return steps
