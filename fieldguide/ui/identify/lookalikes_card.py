"""Dangerous look-alikes of what the find could be, each with what to check by hand, side by side.

Over a mild name with a deadly look-alike the card stands on top: the deadly one, the one check that parts them, and the
others folded.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import Lookalike, dangerous_lookalikes
from fieldguide.core.decision.parting import deadly_double
from fieldguide.core.decision.standing import leading_taxon, plausible_taxa
from fieldguide.core.guide import Guide
from fieldguide.core.guide.characters import CHARACTERS, parting_characters
from fieldguide.core.hands.wording import character_name, check_words, states_words
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button, icon_button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.drawings import KindDrawing
from fieldguide.ui.kit.icons import icon
from fieldguide.ui.kit.labels import label, rule
from fieldguide.ui.kit.metrics import CLOSE, HAIR, TIGHT
from fieldguide.ui.kit.naming import language_of_guide, name_of
from fieldguide.ui.kit.surfaces import Card, clear, row
from fieldguide.ui.kit.turns import Turns
from fieldguide.ui.kit.wording import has_no_subject, parting_words

SHOWN_AT_FIRST, SHOWN_MORE = 4, 10  # the worst come first; nobody reads fifty at once
_DRAWING = 96
_ALWAYS = ("gill_colour", "spore_print", "ring", "base")  # also where they do not part the two


class LookalikesCard(Card):
    """Hidden when the guide names none. `guide_wanted` carries the name of one to read about."""

    guide_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(spacing=TIGHT)
        self._first, self._words = label("", "heading"), label("", "strong")
        self._chip = DangerChip(Danger.DEADLY)
        head = row(spacing=TIGHT)
        head.addWidget(self._first, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)
        self.column.addWidget(self._words)
        self._in_english = label(language_of_guide(), "small")
        self.column.addWidget(self._in_english)
        self._list = QVBoxLayout()
        self._list.setSpacing(TIGHT)
        self.column.addLayout(self._list)
        self._more = button("", "link")
        self._more.clicked.connect(self._show_more)
        self.column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._waiting: tuple[Lookalike, ...] = ()
        self._guide: Guide | None = None
        self._has_model = False
        self._shown: tuple[object, ...] = ()
        self._turns = Turns(self)
        self.hide()

    @staticmethod
    def stands_on_top(find: Observation, guide: Guide) -> bool:
        """Whether a mild name leads, and a deadly kind is taken for it."""
        leading = leading_taxon(find)
        return leading is not None and deadly_double(leading, guide) is not None

    def show_lookalikes(self, find: Observation, guide: Guide, labels: Sequence[Taxon]) -> bool:
        """Find and show them; `labels` is what the model knows (empty: not known).

        Returns whether the card belongs on top: a mild name leads, and a deadly kind is taken for it.
        """
        said, leading = find.identification, leading_taxon(find)
        assert said is not None, "only identified observations have look-alikes"
        self._guide = guide
        double = deadly_double(leading, guide) if leading is not None else None
        plausible = [] if has_no_subject(find) else plausible_taxa(said)
        if leading is not None:
            plausible = list(dict.fromkeys([leading, *plausible]))
        shown = (leading, tuple(plausible), guide, tuple(labels))
        if shown == self._shown:  # an answer of the hand changes the find, not what its names are taken for
            self.setVisible(bool(self._list.count() or self._waiting))
            return double is not None
        self._shown = shown
        found = dangerous_lookalikes(plausible, guide, labels)
        at_first = 0 if double else SHOWN_AT_FIRST
        self._turns.drop()
        clear(self._list)
        self.setVisible(bool(found))
        self._chip.setVisible(double is not None)
        self._in_english.setVisible(double is None and bool(self._in_english.text()))
        if double is not None:
            self._first.setText(text("danger.double", name=name_of(double.deadly[0].taxon, guide).first))
            self._words.setText(parting_words(double, guide))
        else:
            self._first.setText(text("identify.lookalikes"))
            self._words.setText(text("identify.lookalikes_words"))
        for place, each in enumerate(found[:at_first]):
            self._list.addWidget(self._piece(each, guide, has_model=bool(labels), opened=place == 0))
        self._waiting = found[at_first:]
        self._has_model = bool(labels)
        self._offer_more()
        return double is not None

    def _offer_more(self) -> None:
        self._more.setText(text("identify.lookalikes_more", count=min(SHOWN_MORE, len(self._waiting))))
        self._more.setVisible(bool(self._waiting))

    def _show_more(self) -> None:
        assert self._guide is not None
        for each in self._waiting[:SHOWN_MORE]:
            self._list.addWidget(self._piece(each, self._guide, has_model=self._has_model))
        self._waiting = self._waiting[SHOWN_MORE:]
        self._offer_more()

    def _piece(self, found: Lookalike, guide: Guide, *, has_model: bool, opened: bool = False) -> QWidget:
        piece = QWidget()
        column = QVBoxLayout(piece)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addWidget(rule())
        name, like = name_of(found.taxon, guide), name_of(found.resembles, guide)
        opener = icon_button(text("identify.checks", name=name.first), "chevron_right", checkable=True)
        opener.toggled.connect(lambda on: opener.setIcon(icon("chevron_down" if on else "chevron_right")))
        words = text("identify.lookalike_of", name=like.first)
        if has_model and not found.known_to_model:
            words += " " + text("identify.lookalike_not_known")
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(label(name.first, "strong"))
        names.addWidget(label(words, "small"))
        head = row(spacing=HAIR)
        top = Qt.AlignmentFlag.AlignTop
        head.addWidget(opener, 0, top)
        head.addLayout(names, 1)
        head.addWidget(DangerChip(found.danger), 0, top)
        column.addLayout(head)

        sheets: list[QWidget] = []

        def show_checks(on: bool) -> None:
            if not sheets:  # made when it is first wanted
                sheets.append(self._checks(found, name.first, like.first))
                column.addWidget(sheets[0])
            sheets[0].setVisible(on)

        opener.toggled.connect(show_checks)
        if opened:
            self._turns.do(lambda: opener.setChecked(True))
        return piece

    def _checks(self, found: Lookalike, name: str, like: str) -> QWidget:
        """What parts the two, a character at a time: the look-alike left, what it is taken for right."""
        assert self._guide is not None
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(HAIR, HAIR, 0, TIGHT)
        grid.setHorizontalSpacing(CLOSE)
        grid.setVerticalSpacing(HAIR)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        taxa = (found.taxon, found.resembles)
        own, other = (self._guide.characters_of(taxon.name) for taxon in reversed(taxa))
        compared = own is not None and other is not None
        parting = parting_characters(own, other) if own is not None and other is not None else ()
        for place, words in enumerate((name, like)):
            grid.addWidget(label(words, "overline"), 0, place, top)
            picture = KindDrawing(taxa[place].name, self._guide, _DRAWING, parting)
            if compared and not picture.empty:
                grid.addWidget(picture, 1, place, Qt.AlignmentFlag.AlignLeft)
        if own is not None and other is not None:
            grid.addWidget(label(check_words(own, other, name), "strong"), 2, 0, 1, 2)
            lines = [
                (character_name(each), states_words(other, each), states_words(own, each))
                for each in CHARACTERS
                if each in parting or (each in _ALWAYS and (own.states(each) or other.states(each)))
            ]
        else:
            lines = [
                (text(f"identify.check_{each.check.value}"), each.of_lookalike, each.of_plausible)
                for each in found.checks
                if each.of_lookalike or each.of_plausible
            ]
        differ = {character_name(each) for each in parting}
        for line, (heading, *words_of) in enumerate(lines):
            grid.addWidget(label(heading, "small"), 2 * line + 3, 0, 1, 2, top)
            for place, words in enumerate(words_of):
                role = "small" if not words else "strong" if heading in differ else "body"
                shown = label(words or text("identify.check_untold"), role)
                grid.addWidget(shown, 2 * line + 4, place, top)
        more = button(text("identify.open_guide"), "link", "guide")
        more.clicked.connect(lambda: self.guide_wanted.emit(found.taxon.name))
        grid.addWidget(more, 2 * len(lines) + 3, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        sheet.hide()
        return sheet
