"""Ask the hand: one question with its small drawings, what each answer did to the names, and what stays possible.

Shows a find and asks about it; storing the answers is somebody else's. Digits answer, 0 is "cannot tell", Enter ends
an answer of several values; the question stands above the earlier answers, and comes into view by itself.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from fieldguide.core.guide import Guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import Effort, HandOpinion, NextQuestion, Seen, effort_of, hear_find
from fieldguide.core.hands.opinion import NO_PHOTO
from fieldguide.core.hands.wording import (
    answer_words,
    character_name,
    danger_words,
    effect_words,
    notes,
    value_name,
    waiting_words,
)
from fieldguide.core.records import Candidate, ModelReference, Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import percent, text
from fieldguide.ui.kit.bar import ProbabilityBar
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.drawings import KindDrawing, answer_icon
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label, rule
from fieldguide.ui.kit.metrics import CLOSE, HAIR, TIGHT
from fieldguide.ui.kit.naming import name_of, when_words
from fieldguide.ui.kit.surfaces import Card, clear, row

SEVERAL = ("cap_colour", "gill_colour", "surface", "stem_pattern")  # more than one value may be true
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST_LINE = 24  # letters
_ICON = 44
_DRAWING = 52


def in_two_lines(words: str) -> str:
    """A long answer broken at the gap next to its middle: a button cannot wrap, and the column may be narrow."""
    gaps = [place for place, letter in enumerate(words) if letter == " "]
    if len(words) <= _LONGEST_LINE or not gaps:
        return words
    middle = min(gaps, key=lambda place: abs(2 * place - len(words)))
    return f"{words[:middle]}\n{words[middle + 1 :]}"


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
        self._asked = ""  # the character that is asked now
        self._again = ""  # a character to be asked once more
        self._opened = False
        self._shares: dict[str, float] = {}
        self._done: QPushButton | None = None  # ends an answer of several values
        self.choices: dict[str, QPushButton] = {}
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
        return self._asked

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

    def answer(self, values: Sequence[str], *, waits: bool = False, dug_out: bool = False) -> None:
        """Answer the question that is asked: no value means that nobody can tell, or that the answer waits."""
        assert self._find is not None, "a find is shown"
        now = datetime.now().replace(microsecond=0)
        given = Seen(self._asked, tuple(values), dug_out, waits, now, getpass.getuser(), self._guide.version)
        self._again = ""
        self._tell((*(each for each in self._find.seen if each.character != self._asked), given))

    def ask_again(self, character: str) -> None:
        """Ask for one character once more; its answer stays until there is another."""
        self._again, self._opened = character, True
        self._show()
        self._come_forward()

    def event(self, event: QEvent) -> bool:
        """While the card has the keyboard its digits answer; elsewhere they choose a candidate."""
        override = event.type() is QEvent.Type.ShortcutOverride and bool(self._asked)
        if isinstance(event, QKeyEvent) and override and self._answers_with(event.key()):
            event.accept()
            return True
        return super().event(event)

    def _answers_with(self, key: int) -> bool:
        return Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or (key in _ENTER and self._done is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits answer, Enter ends."""
        place = event.key() - Qt.Key.Key_0
        values = CHARACTERS.get(self._asked, ())
        if self._done is not None and event.key() in _ENTER:
            self._done.click()
        elif self._asked and place == 0:
            self.answer(())
        elif self._asked and 1 <= place <= len(values) and place <= 9:
            choice = self.choices[values[place - 1]]
            if choice.isEnabled():
                choice.click()
        else:
            super().keyPressEvent(event)

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
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None and (sheet := area.widget()) is not None:
            area.verticalScrollBar().setValue(self.mapTo(sheet, QPoint()).y() - TIGHT)

    def _show(self) -> None:
        clear(self._body)
        self.choices = {}
        self._asked, self._done = "", None
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
        self._body.addWidget(rule())
        if following is None:
            self._body.addWidget(label(text("hands.no_more"), "muted"))
            self._body.addWidget(self._something_else(), 0, Qt.AlignmentFlag.AlignLeft)
            return
        character = self._asked = following.question.character
        self._body.addWidget(label(text(f"hands.effort_{following.effort.value}"), "overline"))
        self._body.addWidget(label(text(f"characters.ask_{character}"), "strong"))
        self._body.addWidget(label(text(f"characters.how_{character}"), "small"))
        dug = QCheckBox(text("hands.dug"))
        several = character in SEVERAL
        flow = FlowLayout(spacing=HAIR)
        for value in CHARACTERS[character]:
            words = value_name(character, value)
            choice = button(in_two_lines(words), "plain")
            choice.setAccessibleName(words)
            choice.setIcon(answer_icon(character, value, _ICON))
            choice.setIconSize(QSize(_ICON, _ICON))
            choice.setCheckable(several)
            if not several:
                choice.clicked.connect(lambda _c=False, value=value: self.answer((value,), dug_out=dug.isChecked()))
            self.choices[value] = choice
            flow.addWidget(choice)
        if following.effort is Effort.DIG:
            self._body.addWidget(dug)
            for choice in self.choices.values():
                choice.setEnabled(False)
                dug.toggled.connect(choice.setEnabled)
        self._body.addLayout(flow)
        self._body.addLayout(self._ways_out(following, several))

    def _ask_from_menu(self, character: str, _checked: bool = False) -> None:
        self.ask_again(character)

    def _of_other_guide(self) -> str:
        """The first character that another guide asked about: this one asks again; empty when there is none."""
        seen = self._find.seen if self._find is not None else ()
        today = ("", self._guide.version)
        return next((each.character for each in seen if each.guide_version not in today and not each.waits), "")

    def _ways_out(self, following: NextQuestion, several: bool) -> FlowLayout:
        ways = FlowLayout(spacing=CLOSE)
        if several:
            self._done = button(text("hands.done"), "primary")
            self._done.clicked.connect(
                lambda: self.answer([v for v, choice in self.choices.items() if choice.isChecked()])
            )
            ways.addWidget(self._done)
        unknown = button(text("hands.cannot_tell"), "quiet")
        unknown.clicked.connect(lambda: self.answer(()))
        ways.addWidget(unknown)
        if following.effort is Effort.HOURS:
            later = button(text("hands.later"), "quiet")
            later.clicked.connect(lambda: self.answer((), waits=True))
            ways.addWidget(later)
        ways.addWidget(self._something_else())
        return ways

    def _something_else(self) -> QPushButton:
        """For what the forager has seen without being asked: every question, in the botanist's order."""
        opener = button(text("hands.something_else"), "quiet")
        menu = QMenu(opener)
        for character in self._guide.questions:
            if character != self._asked:
                menu.addAction(character_name(character)).triggered.connect(partial(self._ask_from_menu, character))
        opener.setMenu(menu)
        return opener

    def _answer_ticked(self) -> None:
        self.answer([value for value, choice in self.choices.items() if choice.isChecked()])

    def _call(self, taxon: Taxon) -> str:
        return name_of(taxon, self._guide).first
