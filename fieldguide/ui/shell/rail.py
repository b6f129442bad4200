"""The sidebar: the application's sign, the pages, and at its foot the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import icon_button, rail_button
from fieldguide.ui.kit.icons import application_icon
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT
from fieldguide.ui.shell.pages import Place

_SIGN = 44
_NARROW = 1000  # pixels of the window; below it an alarm beside a batch would be cut


class _Sign(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_SIGN, _SIGN)
        self._icon = application_icon()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, QRectF(self.rect()).toRect())
        painter.end()


class Rail(QFrame):
    """Buttons for the pages, the chosen one lit.

    `chosen` carries a page's key; `keys_wanted` asks for the overlay of keys, `help_wanted` for the guide for foragers.
    """

    chosen = Signal(str)
    keys_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self.setProperty("look", "rail")
        self.setAccessibleName(text("shell.sidebar"))
        column = QVBoxLayout(self)
        column.setContentsMargins(TIGHT, SPACE, TIGHT, CLOSE)
        column.setSpacing(HAIR)
        self._sign, self._tall = _Sign(), 0
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        for number, place in enumerate(places, start=1):
            made = rail_button(place.title, place.icon)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setToolTip(f"{place.title}  (Alt+{number})")
            made.clicked.connect(lambda _checked, key=place.key: self.chosen.emit(key))
            self._group.addButton(made)
            self._buttons[place.key] = made
            column.addWidget(made)
        column.addStretch(1)
        help_ = icon_button(text("shell.help"), "question", key="F1")
        help_.clicked.connect(self.help_wanted)
        column.addWidget(help_, 0, Qt.AlignmentFlag.AlignHCenter)
        keys = icon_button(text("shell.keys"), "keys", key="?")
        keys.clicked.connect(self.keys_wanted)
        column.addWidget(keys, 0, Qt.AlignmentFlag.AlignHCenter)

    def fit(self, window: QSize) -> None:
        """Where the window is too low or too narrow for the names, the icons stand alone: the find needs the room."""
        self._tall = self._tall or self.sizeHint().height()
        small = window.height() < self._tall or window.width() < _NARROW
        self._sign.setHidden(small)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if small else Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        for made in self._buttons.values():
            made.setToolButtonStyle(style)

    def show_chosen(self, key: str) -> None:
        """Light the button of a page, without a signal."""
        self._buttons[key].setChecked(True)
