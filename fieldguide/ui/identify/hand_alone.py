"""No photo at hand: the questions alone, over every kind of the guide. Nothing is stored: the book keeps photos."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation, Seen
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.hand_card import HandCard
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import TIGHT, WIDE
from fieldguide.ui.kit.surfaces import ScrollColumn, row

_WIDEST = 720


class HandAlone(ScrollColumn):
    """Asks about something that was never photographed.

    Signals:
        left: back to the empty page. help_wanted: Observation, without photos, of which somebody asks "Eaten it?".
        guide_wanted: scientific name of a kind to read about.
    """

    left = Signal()
    help_wanted = Signal(Observation)
    guide_wanted = Signal(str)

    def __init__(self, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=WIDE)
        self._guide = guide
        self._find = Observation(())
        sheet = self.centred_sheet(_WIDEST)
        back = button(text("hands.alone_back"), "quiet", "chevron_left")
        back.clicked.connect(self.left)
        eaten = button(text("guide.eaten"), "plain", "phone")
        eaten.clicked.connect(lambda: self.help_wanted.emit(self._find))
        sheet.addLayout(row(back, None, eaten, spacing=TIGHT))
        sheet.addWidget(label(text("hands.alone_title"), "title"))
        sheet.addWidget(label(text("hands.alone_words"), "muted"))
        self.hand = HandCard(guide)
        self.hand.answered.connect(self._take)
        self.hand.guide_wanted.connect(self.guide_wanted)
        sheet.addWidget(self.hand)

    def begin(self) -> None:
        """Ask about another one, found now."""
        self._find = Observation((), observed_at=datetime.now().replace(microsecond=0))
        self.hand.show_find(self._find, self._guide)
        self.hand.open()

    def use_guide(self, guide: Guide) -> None:
        """Ask by another guide from now on."""
        self._guide = guide
        self.hand.show_find(self._find, guide)

    def _take(self, seen: tuple[Seen, ...]) -> None:
        self._find = Observation((), observed_at=self._find.observed_at, seen=seen)
