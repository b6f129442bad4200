"""An empty state: what would stand here, and the one thing to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.drawings import FormDrawings
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.medallion import Medallion
from fieldguide.ui.kit.metrics import BROAD, CLOSE, TIGHT
from fieldguide.ui.kit.surfaces import row

_WIDTH = 420
_DRAWING = 112


class EmptyState(QWidget):
    """Icon (or, with `drawn`, these shapes of mushrooms), title, sentence and, when `action` has words, a button that
    fires `acted`."""

    acted = Signal()

    def __init__(self, icon_name: str, title: str, sentence: str, action: str = "", drawn: Sequence[str] = ()) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(BROAD, BROAD, BROAD, BROAD)
        column.setSpacing(TIGHT)
        column.addStretch(2)
        sign = FormDrawings(drawn, _DRAWING) if drawn else Medallion(icon_name)
        column.addWidget(sign, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(CLOSE)
        for words, role in ((title, "title"), (sentence, "muted")):
            line = label(words, role)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            line.setFixedWidth(_WIDTH)
            policy = line.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Fixed)  # Ignored is given no room between two stretches
            line.setSizePolicy(policy)
            column.addLayout(row(None, line, None))  # an alignment in the column would cut the height to one line
        if action:
            column.addSpacing(CLOSE)
            act = button(action, "primary")
            act.clicked.connect(self.acted)
            column.addWidget(act, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
