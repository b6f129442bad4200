"""Ask the hand: one question with its small drawings, what each answer did to the names, and what stays possible.

Shows a find and asks about it; storing the answers is somebody else's. The question (`question_box`) stands above the
earlier answers, and comes into view by itself.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QStyle, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.hands import HandOpinion, NextQuestion, Seen, effort_of, hear_find
from fieldguide.core.hands.opinion import NO_PHOTO
from fieldguide.core.hands.wording import (
    answer_words,
    danger_words,
    effect_words,
    notes,
    waiting_words,
)
from fieldguide.core.records import Candidate, ModelReference, Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import percent, text
from fieldguide.ui.kit.bar import ProbabilityBar
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.drawings import KindDrawing
from fieldguide.ui.kit.labels import label, rule
from fieldguide.ui.kit.metrics import TIGHT
from fieldguide.ui.kit.naming import name_of, when_words
from fieldguide.ui.kit.question_box import OtherQuestions, QuestionBox
from fieldguide.ui.kit.surfaces import Card, ScrollColumn, clear, row

_DRAWING = 52


class HandCard(Card):
    """Shows a find and asks about it.

    Signals:
        answered: the find's answers as they are to be from now on, a tuple of Seen.
        guide_wanted: scientific name of a kind to read about.
    """

    answered = Signal(tuple)
    guide_wanted = Signal(str)

    def __init__(self, guide: Guide) -> None:
        super().__init__(spacing=TIGHT)
        self._guide = guide
        self._find: Observation | None = None
        self._labels: tuple[Taxon, ...] = ()
        self._model: ModelReference | None = None
        self._labels_of_model: tuple[Taxon, ...] = ()
        self._home = ""
        self._again = ""  # a character to be asked once more
        self._opened = False
        self._shares: dict[str, float] = {}
        self._question: QuestionBox | None = None  # that is asked now
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(text("hands.title"))
        self._body = QVBoxLayout()
        self._body.setSpacing(TIGHT)
        self.column.addWidget(label(text("hands.title"), "heading"))
        self._words = label(text("hands.words"), "small")
        self.column.addWidget(self._words)
        self.column.addLayout(self._body)

    @property
    def asked(self) -> str:
        """The character that is asked now; empty when none is."""
        return self._question.character if self._question is not None else ""

    @property
    def choices(self) -> dict[str, QPushButton]:
        """The answers that are offered now, by their value."""
        return self._question.choices if self._question is not None else {}

    def show_find(self, find: Observation, guide: Guide, labels: Sequence[Taxon] = ()) -> None:
        """Show what is known of a find; `labels` is what its model knows (empty: not known)."""
        if self._find is None or self._find.id != find.id:
            self._opened, self._again, self._shares = False, "", {}
        shown = (self._find, self._guide, self._labels)
        self._find, self._guide, self._labels = find, guide, tuple(labels)
        if (find, guide, self._labels) != shown:  # else bars on their way would jump
            self._show()

    def use_home(self, home: str) -> None:
        """The user's own region, or empty: it weighs the kinds that nobody named where a find tells no place."""
        if home != self._home:
            self._home = home
            self._show()

    def know_model(self, model: ModelReference, labels: Sequence[Taxon]) -> None:
        """What the model that is loaded knows: told of finds which it named, where `show_find` tells no labels."""
        if (model, tuple(labels)) != (self._model, self._labels_of_model):
            self._model, self._labels_of_model = model, tuple(labels)
            self._show()

    def _known(self, find: Observation) -> tuple[Taxon, ...]:
        named_by = find.identification.model if find.identification is not None else None
        return self._labels or (self._labels_of_model if named_by == self._model else ())

    def open(self) -> None:
        """Ask the first question, with the keyboard."""
        self._opened = True
        self._show()
        self._come_forward()

    def answer(self, values: Sequence[str], waits: bool = False, dug_out: bool = False) -> None:
        """Answer the question that is asked: no value means that nobody can tell, or that the answer waits."""
        assert self._find is not None, "a find is shown"
        now = datetime.now().replace(microsecond=0)
        given = Seen(self.asked, tuple(values), dug_out, waits, now, getpass.getuser(), self._guide.version)
        self._again = ""
        self._tell((*(each for each in self._find.seen if each.character != given.character), given))

    def ask_again(self, character: str) -> None:
        """Ask for one character once more; its answer stays until there is another."""
        self._again, self._opened = character, True
        self._show()
        self._come_forward()

    def event(self, event: QEvent) -> bool:
        """While the card has the keyboard its digits answer; elsewhere they choose a candidate."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event.key()):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits answer, Enter ends."""
        if self._question is not None and self._takes(event.key()):
            self._question.press(event.key())
        else:
            super().keyPressEvent(event)

    def _takes(self, key: int) -> bool:
        return self._question is not None and self._question.takes(key)

    def _tell(self, seen: tuple[Seen, ...]) -> None:
        assert self._find is not None
        self._find = replace(self._find, seen=seen)
        self._show()
        self._come_forward()
        self.answered.emit(seen)

    def _come_forward(self) -> None:
        """Take the keyboard, and scroll up to the names and the question, once they have their place."""
        self.setFocus()
        QTimer.singleShot(0, self, self._scroll)

    def _scroll(self) -> None:
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, ScrollColumn):
            area = area.parentWidget()
        if area is not None and (sheet := area.widget()) is not None:
            area.verticalScrollBar().setValue(self.mapTo(sheet, QPoint()).y() - TIGHT - area.covered)

    def _show(self) -> None:
        clear(self._body)
        self._question = None
        find = self._find
        self._words.setVisible(find is None or not find.seen)
        if find is None:
            return
        if not self._guide.questions:
            self._body.addWidget(label(text("hands.no_questions"), "muted"))
            return
        if not self._opened and not find.seen:
            start = button(text("hands.start"), "plain")
            start.clicked.connect(self.open)
            self._body.addWidget(start, 0, Qt.AlignmentFlag.AlignLeft)
            return
        opinion = hear_find(find, self._guide, labels=self._known(find), home=self._home)
        if find.seen:
            self._show_names(opinion)
        self._ask(opinion)
        if find.seen:
            self._show_answers(find, opinion)

    def _show_names(self, opinion: HandOpinion) -> None:
        """The names after the answers; bars move from where they were, unless the desktop wants no motion."""
        self._body.addWidget(label(text("hands.after"), "overline"))
        if self._find is not None and self._find.identification is None:
            self._body.addWidget(label(text("hands.no_photo"), "small"))
        photo = self._find.identification.alarm if self._find and self._find.identification else NO_PHOTO
        if opinion.alarm.level.severity > photo.level.severity:
            self._body.addWidget(label(text("hands.alarm_grew"), "strong"))
        for words in danger_words(opinion, self._call):  # danger first: a mild name may lead the list
            self._body.addWidget(label(words, "body"))
        before = self._shares or {each.taxon.name: each.probability for each in opinion.before}
        for each in opinion.names:
            self._add_name(each, before.get(each.taxon.name, 0.0))
        self._shares = {each.taxon.name: each.probability for each in opinion.names}
        for words in notes(opinion, self._call):
            self._body.addWidget(label(words, "body"))
        for character in opinion.waiting:
            self._body.addLayout(self._told(waiting_words(character), "hands.answer_now", character))

    def _add_name(self, each: Candidate, before: float) -> None:
        bar, share = ProbabilityBar(before), label(percent(each.probability), "small", wrap=False)
        opener = button(self._call(each.taxon), "link")
        opener.clicked.connect(lambda: self.guide_wanted.emit(each.taxon.name))
        head = row(opener, None, spacing=TIGHT)
        head.addWidget(DangerChip(each.danger), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addLayout(head)
        words.addLayout(row(bar, share, spacing=TIGHT))
        line = row(KindDrawing(each.taxon.name, self._guide, _DRAWING), spacing=TIGHT)
        line.addLayout(words, 1)
        self._body.addLayout(line)
        lasting = QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
        if not lasting or before == each.probability:
            bar.set_probability(each.probability)
            return
        moving = QVariantAnimation(bar)
        moving.setStartValue(before)
        moving.setEndValue(each.probability)
        moving.setDuration(3 * lasting)
        moving.valueChanged.connect(bar.set_probability)
        moving.start()

    def _show_answers(self, find: Observation, opinion: HandOpinion) -> None:
        self._body.addWidget(rule())
        self._body.addWidget(label(text("hands.answers"), "overline"))
        done = {effect.seen.character: effect for effect in opinion.effects}
        for each in find.seen:
            effect = done.get(each.character)
            words = effect_words(effect, self._call) if effect else answer_words(each)
            self._body.addLayout(self._told(words, "hands.change", each.character))
            if each.answered_at is not None:
                by = text("hands.told_by", when=when_words(each.answered_at), by=each.by)
                self._body.addWidget(label(by, "small"))
            if each.guide_version not in ("", self._guide.version):
                self._body.addWidget(label(text("hands.other_guide"), "small"))
        self._body.addWidget(label(text("hands.judged"), "small"))

    def _told(self, words: str, key: str, character: str) -> QHBoxLayout:
        """A sentence, and beside it what asks for the character once more."""
        line = row(spacing=TIGHT)
        line.addWidget(label(words, "body"), 1)
        again = button(text(key), "link")
        again.clicked.connect(lambda: self.ask_again(character))
        line.addWidget(again, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _ask(self, opinion: HandOpinion) -> None:
        following = opinion.next
        question = self._guide.questions.get(self._again or self._of_other_guide())
        if question is not None:
            following = NextQuestion(question, effort_of(question), 0.0)
        asked = following.question.character if following is not None else ""
        others = OtherQuestions(each for each in self._guide.questions if each != asked)
        others.chosen.connect(self.ask_again)
        self._body.addWidget(rule())
        if following is None:
            self._body.addWidget(label(text("hands.no_more"), "muted"))
            self._body.addWidget(others, 0, Qt.AlignmentFlag.AlignLeft)
            return
        self._question = QuestionBox(following, others)
        self._question.answered.connect(self.answer)
        self._body.addWidget(self._question)

    def _of_other_guide(self) -> str:
        """The first character that another guide asked about: this one asks again; empty when there is none."""
        seen = self._find.seen if self._find is not None else ()
        today = ("", self._guide.version)
        return next((each.character for each in seen if each.guide_version not in today and not each.waits), "")

    def _call(self, taxon: Taxon) -> str:
        return name_of(taxon, self._guide).first
