"""What models said of a find, as it was said: the shown answer with its candidates, earlier ones below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from fieldguide.core.decision.standing import machine_danger
from fieldguide.core.guide import Guide
from fieldguide.core.records import Identification, Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import percent, text
from fieldguide.ui.history.wording import made_words, said_words
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.candidates_card import CandidatesCard
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.labels import label, rule, selectable
from fieldguide.ui.kit.metrics import HAIR, TIGHT
from fieldguide.ui.kit.naming import name_of
from fieldguide.ui.kit.surfaces import Card, clear, row
from fieldguide.ui.kit.wording import reason_words


class AnswersCard(Card):
    """`guide_wanted` carries the scientific name of the chosen candidate."""

    guide_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(spacing=TIGHT)
        self.column.addWidget(label(text("history.answer"), "overline"))
        self._body = QVBoxLayout()
        self._body.setSpacing(HAIR)
        self.column.addLayout(self._body)
        self.candidates = CandidatesCard()
        self.column.addWidget(self.candidates)
        self._open_guide = button(text("identify.open_guide"), "link", "guide")
        self.candidates.chosen.connect(lambda _: self._open_guide.show())
        self._open_guide.clicked.connect(self._ask_guide)
        self.column.addWidget(self._open_guide, 0, Qt.AlignmentFlag.AlignLeft)
        self._made = QVBoxLayout()
        self._made.setSpacing(HAIR)
        self.column.addLayout(self._made)
        self._find: Observation | None = None
        self._opener = button(text("history.earlier"), "quiet")
        self._opener.setCheckable(True)
        self._earlier = Card(margin=0)
        self._earlier.setProperty("look", "")
        self._opener.toggled.connect(self._earlier.setVisible)
        self.column.addWidget(self._opener, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self._earlier)
        self.show_earlier((), None)

    def show_answer(self, find: Observation, guide: Guide) -> None:
        """Show the answer that counts, if anything was said. Nothing is chosen by itself where the machine warns."""
        said, self._find = find.identification, find
        clear(self._body)
        clear(self._made)
        self.candidates.setVisible(said is not None)
        if said is not None:
            self.candidates.show_candidates(find, guide, chosen=not machine_danger(said, guide).harmful)
        self._open_guide.setVisible(self.chosen is not None)
        if said is None:
            self._body.addWidget(label(text("history.no_answer"), "muted"))
            return
        self._body.addWidget(selectable(label(said_words(said, guide), "heading")))
        self._body.addWidget(selectable(label(reason_words(said, guide), "muted")))
        if said.weighed:
            self._made.addWidget(label(text("danger.season_weighed"), "small"))
        self._made.addWidget(selectable(label(made_words(said), "small")))

    @property
    def chosen(self) -> Taxon | None:
        """The chosen candidate of the find."""
        said, place = self._find.identification if self._find else None, self.candidates.chosen_place
        return said.candidates[place].taxon if said is not None and place >= 0 else None

    def choose(self, place: int) -> None:
        """Keys 1 to 5; `place` counts from 0."""
        if not self.candidates.isHidden():
            self.candidates.choose(place)

    def step(self, by: int) -> None:
        """The candidate above or below the chosen one."""
        self.choose(max(0, self.candidates.chosen_place + by))

    def _ask_guide(self) -> None:
        if self.chosen is not None:
            self.guide_wanted.emit(self.chosen.name)

    def show_earlier(self, earlier: Sequence[Identification], guide: Guide | None) -> None:
        """List earlier answers, the newest first; none hides the list."""
        clear(self._earlier.column)
        self._opener.setVisible(bool(earlier))
        self._opener.setChecked(False)
        self._earlier.hide()
        self._opener.setText(text("history.earlier", count=len(earlier)))
        for said in reversed(earlier):
            assert guide is not None, "answers come with the guide that names them"
            self._earlier.column.addWidget(rule())
            head = row(spacing=TIGHT)
            head.addWidget(selectable(label(said_words(said, guide), "strong")), 1)
            head.addWidget(DangerChip(said.alarm.level), 0, Qt.AlignmentFlag.AlignTop)
            self._earlier.column.addLayout(head)
            named = [f"{name_of(one.taxon, guide).first} {percent(one.probability)}" for one in said.candidates]
            self._earlier.column.addWidget(selectable(label(", ".join(named), "muted")))
            self._earlier.column.addWidget(label(made_words(said), "small"))
