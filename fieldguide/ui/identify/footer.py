"""What always stands below a result: no permission to eat, which model guessed, and how often it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.text import text
from fieldguide.ui.kit.bar import percent
from fieldguide.ui.kit.colours import colours_now
from fieldguide.ui.kit.icons import paint_icon
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT


def error_rate(metrics: Mapping[str, Any]) -> float | None:
    """The share of dangerous test photos that passed without an alarm, 0 to 1; None when the bundle does not tell.

    Reads `metrics["danger"]["harmful"]["recall"]["value"]`, as `trainer.evaluation` writes it.
    """
    found: Any = metrics
    for key in ("danger", "harmful", "recall", "value"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return 1.0 - float(found) if isinstance(found, int | float) and 0 <= found <= 1 else None


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
        words = text("identify.model", name=manifest.name, version=manifest.version)
        rate = error_rate(manifest.metrics)
        if rate is not None:
            words += "  ·  " + text("identify.model_misses", percent=percent(rate))
        self._model.setText(words)
        self._model.setToolTip(note)
