"""The five candidates as one card, with the sentence of the prediction set below them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate, Identification, Observation, Photo
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.candidate_row import CandidateRow
from fieldguide.ui.kit.danger import danger_word
from fieldguide.ui.kit.labels import label, rule
from fieldguide.ui.kit.metrics import CLOSE, HAIR, TIGHT
from fieldguide.ui.kit.naming import name_of, ranked_name
from fieldguide.ui.kit.surfaces import Card, clear, row
from fieldguide.ui.kit.wording import set_words, spoken_candidate

_MOST_NAMES = 40


class CandidatesCard(Card):
    """Rows 1 to 5; `chosen` carries the place (from 0) of the one that was pressed or reached by keys."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(margin=TIGHT, spacing=HAIR)
        head = label(text("identify.candidates"), "overline")
        head.setContentsMargins(TIGHT, HAIR, 0, HAIR)
        self.column.addWidget(head)
        self._rows_box = QVBoxLayout()
        self._rows_box.setSpacing(2)
        self.column.addLayout(self._rows_box)
        self._rule = rule()
        self.column.addWidget(self._rule)
        self._set = label("", "muted")
        self._set.setContentsMargins(TIGHT, HAIR, TIGHT, 0)
        self.column.addWidget(self._set)
        self._opener = button(text("identify.set_show"), "link")
        self._opener.setCheckable(True)
        line = row(self._opener, None)
        line.setContentsMargins(TIGHT, 0, 0, 0)
        self.column.addLayout(line)
        self._names = label("", "small")
        self._names.setContentsMargins(TIGHT, 0, TIGHT, CLOSE)
        self._names.hide()
        self._opener.toggled.connect(self._names.setVisible)
        self.column.addWidget(self._names)
        self.rows: list[CandidateRow] = []
        self._shown: tuple[int, tuple[Photo, ...], Identification] | None = None

    def forget(self) -> None:
        """Names or dangers are others by now: make the rows anew the next time."""
        self._shown = None

    @property
    def chosen_place(self) -> int:
        """Place from 0 of the chosen candidate; -1 when none is."""
        return next((place for place, each in enumerate(self.rows) if each.isChecked()), -1)

    def show_candidates(self, find: Observation, guide: Guide, *, chosen: bool) -> None:
        """Show what was said; `chosen`: the first candidate is chosen, without a signal (else none is).

        The same find and answer again, named by now for example, keep their rows, and with them keyboard and choice.
        """
        said = find.identification
        assert said is not None, "only identified observations have candidates"
        if self._shown == (find.id, find.photos, said):
            return
        self._shown = (find.id, find.photos, said)
        clear(self._rows_box)
        self.rows = []
        for place, candidate in enumerate(said.candidates):
            row = self._row(place, candidate, guide)
            self.rows.append(row)
            self._rows_box.addWidget(row)
        if self.rows and chosen:
            self.rows[0].setChecked(True)
        words = set_words(said)
        for piece in (self._rule, self._set, self._opener):
            piece.setVisible(bool(words))
        self._opener.setVisible(bool(words) and len(said.plausible) > 1)
        self._opener.setChecked(False)
        self._set.setText(words)
        names = [name_of(one.taxon, guide).first for one in said.plausible[:_MOST_NAMES]]
        rest = len(said.plausible) - len(names)
        if rest:
            names.append(text("identify.alert_more", count=rest))
        self._names.setText(", ".join(names))

    def _row(self, place: int, candidate: Candidate, guide: Guide) -> CandidateRow:
        name, level = name_of(candidate.taxon, guide), guide.danger(candidate.taxon)
        first = name.common or ranked_name(candidate.taxon)
        second = ranked_name(candidate.taxon) if name.common else ""
        row = CandidateRow(place + 1, first, second, candidate.probability, level)
        row.setAccessibleName(spoken_candidate(place + 1, candidate, guide, danger_word(level)))
        row.toggled.connect(lambda on, place=place: self.chosen.emit(place) if on else None)
        return row

    def choose(self, place: int) -> None:
        """Choose a row by its place from 0; one that is not there is ignored."""
        if 0 <= place < len(self.rows):
            self.rows[place].setChecked(True)
