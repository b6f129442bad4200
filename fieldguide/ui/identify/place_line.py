"""Whether place and season took part in the order of the candidates, and a click that changes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from fieldguide.core.records import Identification
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import HAIR, TIGHT
from fieldguide.ui.kit.surfaces import row


class PlaceLine(QWidget):
    """`wanted` carries whether place and season shall take part from now on."""

    wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._weighed = False
        self._words = label("", "small")
        self._switch = button("", "quiet", "place")
        self._switch.clicked.connect(lambda: self.wanted.emit(not self._weighed))
        line = row(spacing=TIGHT)
        line.setContentsMargins(HAIR, 0, 0, 0)
        line.addWidget(self._words, 1)
        line.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def show_identification(self, said: Identification) -> None:
        """Say what holds for this answer."""
        self._weighed = said.weighed
        key = "in" if said.weighed else "out"
        self._words.setText(text(f"identify.place_{key}"))
        self._switch.setText(text(f"identify.place_{key}_switch"))
