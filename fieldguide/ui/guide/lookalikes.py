"""A taxon beside its dangerous look-alikes, so that a person can check by hand where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from fieldguide.core.decision.lookalikes import Check, Lookalike, dangerous_lookalikes
from fieldguide.core.guide import Guide, TaxonRecord
from fieldguide.core.guide.characters import CHARACTERS, parting_characters
from fieldguide.core.hands.wording import character_name, check_words, states_words
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.drawings import KindDrawing
from fieldguide.ui.kit.labels import label, rule, selectable
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT
from fieldguide.ui.kit.naming import name_of_record, onset_of, onset_words, season_words

_COLUMN = 190
_DRAWING = 132
MOST = 12  # columns; the worst come first


def lookalikes_of(record: TaxonRecord, guide: Guide) -> list[Lookalike]:
    """Dangerous taxa that it is taken for, or that are taken for it, the worst first; at most `MOST`."""
    return list(_lookalikes_of(record.taxon, guide))


@lru_cache(maxsize=64)
def _lookalikes_of(taxon: Taxon, guide: Guide) -> tuple[Lookalike, ...]:
    return tuple(dangerous_lookalikes((taxon,), guide)[:MOST])


def unlisted_of(record: TaxonRecord, guide: Guide) -> list[str]:
    """Look-alikes that the guide names but has no record of."""
    return [name for name in record.lookalikes if guide.record(name) is None]


class LookalikeTable(QScrollArea):
    """A column per taxon, the first one the taxon itself. `wanted` carries the name of one to be opened."""

    wanted = Signal(str)

    def __init__(self, record: TaxonRecord, guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(text("guide.lookalikes"))
        sheet = QWidget()
        sheet.setObjectName("sheet")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(0, 0, 0, TIGHT)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(TIGHT)
        self._grid, self._guide = grid, guide
        found = lookalikes_of(record, guide)
        others = [other for each in found if (other := guide.record(each.taxon.name)) is not None]
        self._records = [record, *others]
        self._compared = compare_records(self._records, guide)
        self._lines = [*_rows(self._records, self._compared, found, guide), *_facts(self._records, guide)]
        self._sheet = sheet
        self._columns = iter(range(len(self._records)))
        self.setWidget(sheet)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._add_next)
        self._timer.start(0)

    @property
    def whole(self) -> bool:
        """Whether every column is there."""
        return not self._timer.isActive()

    def _add_next(self) -> None:
        if not self._add_column():
            self._timer.stop()
        self._fit()

    def _add_column(self) -> bool:
        """The next column, the first one with what the lines are called: one by one, so that a page opens at once."""
        place = next(self._columns, None)
        if place is None:
            return False
        grid, record = self._grid, self._records[place]
        for line, (heading, _, _) in enumerate(self._lines if place == 0 else ()):
            grid.addWidget(rule(), 4 + 3 * line, 0, 1, len(self._records))
            grid.addWidget(label(heading, "strong"), 5 + 3 * line, 0, 1, len(self._records))
        grid.setColumnMinimumWidth(place, _COLUMN)
        grid.setColumnStretch(place, 1)
        self._head(grid, place, record)
        parting = self._compared[place].parting
        if place == 0:
            parting = tuple({character: None for each in self._compared for character in each.parting})
        picture = KindDrawing(record.taxon.name, self._guide, _DRAWING, parting)
        if not picture.empty:
            grid.addWidget(picture, 3, place, Qt.AlignmentFlag.AlignLeft)
        for line, (_, words, parts) in enumerate(self._lines):
            # the first is what the others are checked against
            untold = "" if line == place == 0 else text("guide.untold")
            shown = label(words[place] or untold, ("strong" if parts[place] else "body") if words[place] else "small")
            grid.addWidget(selectable(shown), 6 + 3 * line, place, Qt.AlignmentFlag.AlignTop)
        return True

    def _head(self, grid: QGridLayout, place: int, record: TaxonRecord) -> None:
        name = name_of_record(record)
        top = Qt.AlignmentFlag.AlignTop
        if place == 0:
            grid.addWidget(label(name.first, "heading"), 0, place, top)
        else:
            opener = button(name.first, "quiet", hint=text("guide.open", name=name.first))
            opener.setStyleSheet("text-align: left; padding: 0; border: none; font-weight: 600;")
            opener.clicked.connect(lambda _checked, wanted=record.taxon.name: self.wanted.emit(wanted))
            grid.addWidget(opener, 0, place, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(label(name.scientific if name.common else "", "scientific"), 1, place, top)
        grid.addWidget(DangerChip(record.danger), 2, place, Qt.AlignmentFlag.AlignLeft)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel turns the page; only a sideways one (or with Shift or Alt) moves the columns."""
        sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if sideways or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As tall as what it holds at this width: the page scrolls, not the table."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(self.viewport().width(), self._sheet.minimumSizeHint().width())
        height = self._sheet.heightForWidth(width)
        bar = self.horizontalScrollBar().sizeHint().height() if width > self.viewport().width() else 0
        self.setFixedHeight(max(height, 40) + bar + CLOSE)


@dataclass(frozen=True, slots=True)
class Compared:
    """A column of the table against the first: what parts the two, and what to check first."""

    parting: tuple[str, ...]
    check: str


def compare_records(records: list[TaxonRecord], guide: Guide) -> list[Compared]:
    """A value per column, the first one empty: it is what the others are compared with."""
    own = guide.characters_of(records[0].taxon.name)
    found = [Compared((), "")]
    for record in records[1:]:
        characters = guide.characters_of(record.taxon.name)
        if own is None or characters is None:
            found.append(Compared((), ""))
            continue
        words = check_words(own, characters, name_of_record(record).first)
        found.append(Compared(parting_characters(own, characters), words))
    return found


Line = tuple[str, list[str], list[bool]]  # a heading, the words of each column, and whether they part it from the first


def _rows(records: list[TaxonRecord], compared: list[Compared], found: list[Lookalike], guide: Guide) -> list[Line]:
    """What to check first, then every character that anybody has; key features where the guide has no characters."""
    characters = [guide.characters_of(record.taxon.name) for record in records]
    if characters[0] is None or not any(characters[1:]):
        return _checks(found)
    nobody = [False] * len(records)
    lines: list[Line] = [(text("guide.check_first"), [each.check for each in compared], nobody)]
    for character in CHARACTERS:
        words = [states_words(each, character) if each else "" for each in characters]
        if any(words):
            parts = [character in each.parting for each in compared]
            heading = character_name(character)
            lines.append((text("guide.parts", character=heading) if any(parts) else heading, words, parts))
    habitats = [record.habitat for record in records]
    if any(habitats):
        lines.append((text("danger.check_habitat"), habitats, nobody))
    return lines


def _checks(found: list[Lookalike]) -> list[Line]:
    """What to check by hand: a heading, the taxon's own words, then those of each look-alike."""
    lines: list[Line] = []
    for check in Check:
        checks = [{each.check: each for each in one.checks}.get(check) for one in found]
        own = next((each.of_plausible for each in checks if each is not None), "")
        words = [own, *(each.of_lookalike if each else "" for each in checks)]
        if any(words):
            lines.append((text(f"danger.check_{check.value}"), words, [False] * len(words)))
    return lines


def _facts(records: list[TaxonRecord], guide: Guide) -> list[Line]:
    onsets = [onset_of(each, guide) for each in records]
    lines = [
        (text("guide.check_season"), [season_words(each.months) for each in records]),
        (text("guide.check_signs"), [onset_words(onset) if onset else "" for onset in onsets]),
    ]
    return [(heading, words, [False] * len(words)) for heading, words in lines if any(words)]
