"""What always stands below a result: no permission to eat, and which model guessed.

No share of missed dangers: beside every result it would be read as "so few". It stands on the page Models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT
from fieldguide.ui.kit.tips import set_plain_tip

if TYPE_CHECKING:
    from fieldguide.core.bundle.manifest import Manifest


class _Mark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(20, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, QRectF(self.rect()), "hand", colours_now().text)
        painter.end()


class Footer(QFrame):
    """One line along the bottom of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "foot")
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE, TIGHT, SPACE, TIGHT)
        line.setSpacing(CLOSE)
        line.addWidget(_Mark())
        words = label(text("identify.no_permission"), "strong")
        line.addWidget(words, 3)
        self._model = label(text("identify.model_loading"), "small")
        self._model.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._model, 2)

    def show_model(self, manifest: Manifest | None, note: str = "") -> None:
        """Which model answers (None: none could be loaded); `note` tells for example of a GPU that was not used."""
        if manifest is None:
            self._model.setText(note or text("identify.model_none"))
            return
        self._model.setText(text("identify.model", name=manifest.name, version=manifest.version))
        set_plain_tip(self._model, note)
