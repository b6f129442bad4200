"""The right-hand column: danger first, then the verdict with its reason, the candidates, and what the guide says."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldguide.core.decision.standing import machine_danger
from fieldguide.core.guide import Guide
from fieldguide.core.hands import heard
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.ui.identify.lookalikes_card import LookalikesCard
from fieldguide.ui.identify.place_line import PlaceLine
from fieldguide.ui.kit.alarm_strip import AlarmStrip
from fieldguide.ui.kit.banner import DangerBanner
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.candidates_card import CandidatesCard
from fieldguide.ui.kit.danger import DangerChip, UnknownSign
from fieldguide.ui.kit.facts import facts_of
from fieldguide.ui.kit.hand_card import HandCard
from fieldguide.ui.kit.labels import label, selectable
from fieldguide.ui.kit.metrics import CLOSE, HAIR, SPACE, TIGHT
from fieldguide.ui.kit.naming import language_of_guide, name_of
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row, take_out
from fieldguide.ui.kit.turns import Turns
from fieldguide.ui.kit.wording import (
    alert_of,
    guess_words,
    has_no_subject,
    named_words,
    reason_words,
    verdict_words,
)


class FactsCard(Card):
    """What the guide says of the chosen candidate. `guide_wanted` asks for its page in the guide."""

    guide_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(spacing=HAIR)
        self._name = ""
        self._body = QVBoxLayout()
        self._body.setSpacing(HAIR)
        self.column.addLayout(self._body)
        more = button(text("identify.open_guide"), "link", "guide")
        more.clicked.connect(lambda: self.guide_wanted.emit(self._name))
        self.column.addSpacing(HAIR)
        self.column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_taxon(self, taxon: Taxon, guide: Guide) -> None:
        """Show another taxon."""
        self._name = taxon.name
        clear(self._body)
        head = label(name_of(taxon, guide).first, "heading")
        line = row(spacing=TIGHT)
        line.addWidget(head, 1)
        line.addWidget(DangerChip(guide.danger(taxon)), 0, Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(line)
        for heading, words in facts_of(taxon, guide):
            title = label(heading, "overline")
            title.setContentsMargins(0, TIGHT, 0, 0)
            self._body.addWidget(title)
            self._body.addWidget(selectable(label(words)))
        if language_of_guide():
            self._body.addWidget(label(language_of_guide(), "small"))


class VerdictPanel(ScrollColumn):
    """Shows one identified observation.

    Signals:
        help_wanted: somebody asks "Eaten it?".
        candidate_chosen: place from 0 of the candidate that the facts and the heat map are about.
        guide_wanted: scientific name of a taxon whose page is asked for.
        answered: the find's answers as they are to be from now on, a tuple of Seen.
        place_wanted: whether place and season shall take part from now on.
    """

    help_wanted = Signal()
    candidate_chosen = Signal(int)
    guide_wanted = Signal(str)
    place_wanted = Signal(bool)
    answered = Signal(tuple)

    def __init__(self, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=SPACE, spacing=CLOSE)
        self._guide = guide
        self._observation: Observation | None = None
        self.banner = DangerBanner()
        self.banner.help_wanted.connect(self.help_wanted)
        AlarmStrip(self.banner, self)
        self._verdict = selectable(label("", "title"))
        self._reason = selectable(label("", "muted"))
        self._verified = label("", "heading")
        self._guess = selectable(label("", "body"))
        self.candidates = CandidatesCard()
        self.candidates.chosen.connect(self._choose)
        self._facts = FactsCard()
        self._facts.guide_wanted.connect(self.guide_wanted)
        self.place = PlaceLine()
        self.place.wanted.connect(self.place_wanted)
        self._lookalikes = LookalikesCard()
        self._lookalikes.guide_wanted.connect(self.guide_wanted)
        self._labels: tuple[Taxon, ...] = ()
        self._turns = Turns(self)
        words = QVBoxLayout()
        words.setSpacing(HAIR)
        words.setContentsMargins(HAIR, HAIR, HAIR, 0)
        self._sign = UnknownSign()
        headline = row(spacing=TIGHT)
        headline.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        headline.addWidget(self._verdict, 1)
        words.addWidget(self._verified)
        words.addLayout(headline)
        words.addWidget(self._guess)
        words.addWidget(self._reason)
        self.column.addWidget(self.banner)
        self.column.addLayout(words)
        self.column.addWidget(self.candidates)
        self.column.addWidget(self.place)
        self.hand = HandCard(guide)
        self.hand.answered.connect(self.answered)
        self.hand.guide_wanted.connect(self.guide_wanted)
        self.column.addWidget(self.hand)
        self.column.addWidget(self._lookalikes)
        self.column.addWidget(self._facts)
        self.column.addStretch(1)

    def use_guide(self, guide: Guide) -> None:
        """Join another guide from now on, what is shown included."""
        self._guide = guide
        self.candidates.forget()
        if self._observation is not None:
            self.show_observation(self._observation)

    def show_observation(self, observation: Observation) -> None:
        """Show what was said of it; the observation must have an identification."""
        said = observation.identification
        assert said is not None, "only identified observations have a verdict"
        again = self._observation is not None and self._observation.id == observation.id != 0
        self._observation = observation
        self.banner.tell(alert_of(heard(observation, self._guide), self._guide))
        self._verdict.setText(verdict_words(said.verdict, self._guide))
        self._sign.setVisible(said.verdict.taxon is None)
        self._reason.setText(reason_words(said, self._guide))
        self._guess.setText(guess_words(observation, self._guide))
        self._guess.setVisible(bool(self._guess.text()))
        self._verified.setText(named_words(observation, self._guide))
        self._verified.setVisible(bool(self._verified.text()))
        subject = not has_no_subject(observation)
        self.candidates.show_candidates(observation, self._guide, chosen=not machine_danger(said, self._guide).harmful)
        self.candidates.setVisible(subject)
        self.place.show_observation(observation, said)
        self.place.setVisible(subject)
        self.hand.show_find(observation, self._guide, self._labels)
        self._turns.drop()
        if self._lookalikes.stands_on_top(observation, self._guide):
            self._show_lookalikes()
        else:
            self._lookalikes.setVisible(again and self._lookalikes.isVisibleTo(self))
            self._turns.do(self._show_lookalikes)
        self._show_facts()
        if not again:
            self.verticalScrollBar().setValue(0)

    def _show_lookalikes(self) -> None:
        """A deadly one of a mild name above everything, at once; others further down, in a turn of their own."""
        assert self._observation is not None, "something is shown"
        on_top = self._lookalikes.show_lookalikes(self._observation, self._guide, self._labels)
        take_out(self.column, self._lookalikes)
        self.column.insertWidget(1 if on_top else self.column.indexOf(self._facts), self._lookalikes)

    def know_labels(self, labels: Sequence[Taxon]) -> None:
        """What the model knows: look-alikes beyond it say so."""
        self._labels = tuple(labels)

    def _choose(self, place: int) -> None:
        if self._observation is None or self._observation.identification is None:
            return
        self._show_facts()
        self.candidate_chosen.emit(place)

    def _show_facts(self) -> None:
        """Of the chosen candidate; without a choice, of nothing."""
        said = self._observation.identification if self._observation is not None else None
        place = self.candidates.chosen_place
        self._facts.setVisible(place >= 0 and not self.candidates.isHidden())
        if said is not None and place >= 0:
            self._facts.show_taxon(said.candidates[place].taxon, self._guide)
