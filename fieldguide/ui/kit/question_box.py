"""One question that the hand can answer: its words, its answers with small drawings, and the ways around it.

Knows no find and stores no answer. Digits answer, 0 is "cannot tell", Enter ends an answer of several values.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QMenu, QPushButton, QVBoxLayout, QWidget

from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import Effort, NextQuestion
from fieldguide.core.hands.wording import character_name, value_name
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.drawings import answer_icon
from fieldguide.ui.kit.flow import FlowLayout
from fieldguide.ui.kit.labels import label
from fieldguide.ui.kit.metrics import CLOSE, HAIR, TIGHT

SEVERAL = ("cap_colour", "gill_colour", "surface", "stem_pattern")  # more than one value may be true
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST_LINE = 24  # letters
_ICON = 44


def in_two_lines(words: str) -> str:
    """A long answer broken at the gap next to its middle: a button cannot wrap, and the column may be narrow."""
    gaps = [place for place, letter in enumerate(words) if letter == " "]
    if len(words) <= _LONGEST_LINE or not gaps:
        return words
    middle = min(gaps, key=lambda place: abs(2 * place - len(words)))
    return f"{words[:middle]}\n{words[middle + 1 :]}"


class OtherQuestions(QPushButton):
    """For what the forager has seen without being asked. `chosen` carries one of its characters."""

    chosen = Signal(str)

    def __init__(self, characters: Iterable[str]) -> None:
        super().__init__(text("hands.something_else"))
        self.setProperty("look", "quiet")
        self.setAutoDefault(False)
        menu = QMenu(self)
        for character in characters:
            menu.addAction(character_name(character)).triggered.connect(partial(self._choose, character))
        self.setMenu(menu)

    def _choose(self, character: str, _checked: bool = False) -> None:
        self.chosen.emit(character)


class QuestionBox(QWidget):
    """One question; `others` leads to the others.

    Signal `answered`: the values (none: nobody can tell, or the answer waits), whether it waits, whether the base was
    dug out.
    """

    answered = Signal(tuple, bool, bool)

    def __init__(self, asked: NextQuestion, others: OtherQuestions) -> None:
        super().__init__()
        self.character = asked.question.character
        self.several = self.character in SEVERAL
        self.choices = {value: self._choice(value) for value in CHARACTERS[self.character]}
        self._dug = QCheckBox(text("hands.dug"))
        self._done = button(text("hands.done"), "primary")
        self._done.clicked.connect(self._answer_ticked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        column.addWidget(label(text(f"hands.effort_{asked.effort.value}"), "overline"))
        column.addWidget(label(text(f"characters.ask_{self.character}"), "strong"))
        column.addWidget(label(text(f"characters.how_{self.character}"), "small"))
        flow = FlowLayout(spacing=HAIR)
        for choice in self.choices.values():
            flow.addWidget(choice)
        if asked.effort is Effort.DIG:
            column.addWidget(self._dug)
            for choice in self.choices.values():
                choice.setEnabled(False)
                self._dug.toggled.connect(choice.setEnabled)
        column.addLayout(flow)
        column.addLayout(self._ways_out(asked.effort, others))

    def takes(self, key: int) -> bool:
        """Whether a key answers."""
        return Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or (self.several and key in _ENTER)

    def press(self, key: int) -> None:
        """Answer by a key that it takes."""
        place = key - Qt.Key.Key_0
        if key in _ENTER:
            self._done.click()
        elif place == 0:
            self._tell()
        elif place <= len(self.choices):
            [*self.choices.values()][place - 1].click()  # one that is off does nothing

    def _choice(self, value: str) -> QPushButton:
        words = value_name(self.character, value)
        made = button(in_two_lines(words), "plain")
        made.setAccessibleName(words)
        made.setIcon(answer_icon(self.character, value, _ICON))
        made.setIconSize(QSize(_ICON, _ICON))
        made.setCheckable(self.several)
        if not self.several:
            made.clicked.connect(partial(self._tell, (value,)))
        return made

    def _ways_out(self, effort: Effort, others: OtherQuestions) -> FlowLayout:
        ways = FlowLayout(spacing=CLOSE)
        if self.several:
            ways.addWidget(self._done)
        unknown = button(text("hands.cannot_tell"), "quiet")
        unknown.clicked.connect(partial(self._tell, ()))
        ways.addWidget(unknown)
        if effort is Effort.HOURS:
            later = button(text("hands.later"), "quiet")
            later.clicked.connect(lambda: self.answered.emit((), True, False))
            ways.addWidget(later)
        ways.addWidget(others)
        return ways

    def _answer_ticked(self) -> None:
        self._tell(tuple(value for value, choice in self.choices.items() if choice.isChecked()))

    def _tell(self, values: tuple[str, ...] = (), _checked: bool = False) -> None:
        self.answered.emit(values, False, bool(values) and self._dug.isChecked())
