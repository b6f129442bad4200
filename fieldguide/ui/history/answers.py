"""What models said of a find, as it was said: the shown answer with its candidates, earlier ones below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from fieldguide.core.guide import Guide
from fieldguide.core.records import Identification
from fieldguide.core.text import text
from fieldguide.ui.history.wording import made_words, said_words
from fieldguide.ui.kit.bar import percent
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.candidate_row import CandidateRow
from fieldguide.ui.kit.danger import DangerChip, danger_word
from fieldguide.ui.kit.labels import label, rule, selectable
from fieldguide.ui.kit.metrics import HAIR, TIGHT
from fieldguide.ui.kit.naming import name_of, ranked_name
from fieldguide.ui.kit.surfaces import Card, clear, row
from fieldguide.ui.kit.wording import reason_words, set_words, spoken_candidate


class AnswersCard(Card):
    """`guide_wanted` carries the scientific name of a candidate that was pressed."""

    guide_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(spacing=TIGHT)
        self.column.addWidget(label(text("history.answer"), "overline"))
        self._body = QVBoxLayout()
        self._body.setSpacing(HAIR)
        self.column.addLayout(self._body)
        self._opener = button(text("history.earlier"), "quiet")
        self._opener.setCheckable(True)
        self._earlier = Card(margin=0)
        self._earlier.setProperty("look", "")
        self._opener.toggled.connect(self._earlier.setVisible)
        self.column.addWidget(self._opener, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self._earlier)
        self.show_earlier((), None)

    def show_answer(self, said: Identification | None, guide: Guide) -> None:
        """Show the answer that counts; None: nothing was said of it."""
        clear(self._body)
        if said is None:
            self._body.addWidget(label(text("history.no_answer"), "muted"))
            return
        self._body.addWidget(selectable(label(said_words(said, guide), "heading")))
        self._body.addWidget(selectable(label(reason_words(said, guide), "muted")))
        for place, candidate in enumerate(said.candidates, start=1):
            name = name_of(candidate.taxon, guide)
            first = name.common or ranked_name(candidate.taxon)
            second = ranked_name(candidate.taxon) if name.common else ""
            level = guide.danger(candidate.taxon)
            line = CandidateRow(place, first, second, candidate.probability, level)
            line.setCheckable(False)
            line.setAccessibleName(spoken_candidate(place, candidate, guide, danger_word(level)))
            line.clicked.connect(lambda _checked=False, wanted=candidate.taxon.name: self.guide_wanted.emit(wanted))
            self._body.addWidget(line)
        words = set_words(said)
        if words:
            self._body.addWidget(label(words, "small"))
        if said.weighed:
            self._body.addWidget(label(text("danger.season_weighed"), "small"))
        self._body.addWidget(selectable(label(made_words(said), "small")))

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
