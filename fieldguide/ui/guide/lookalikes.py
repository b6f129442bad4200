"""A taxon beside its dangerous look-alikes, so that a person can check by hand where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from fieldguide.core.decision.lookalikes import Check, Lookalike, dangerous_lookalikes
from fieldguide.core.guide import Guide, TaxonRecord
from fieldguide.core.guide.characters import CHARACTERS, parting_characters
from fieldguide.core.hands.wording import character_name, check_words, states_words
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
    return list(dangerous_lookalikes((record.taxon,), guide))[:MOST]


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
        found = lookalikes_of(record, guide)
        others = [other for each in found if (other := guide.record(each.taxon.name)) is not None]
        records = [record, *others]
        for place, each in enumerate(records):
            grid.setColumnMinimumWidth(place, _COLUMN)
            grid.setColumnStretch(place, 1)
            self._head(grid, place, each)
        compared = compare_records(records, guide)
        parting = {character for each in compared for character in each.parting}
        for place, each in enumerate(records):
            picture = KindDrawing(each.taxon.name, guide, _DRAWING, parting if place == 0 else compared[place].parting)
            if not picture.empty:
                grid.addWidget(picture, 3, place, Qt.AlignmentFlag.AlignLeft)
        line = 4
        for heading, words, parts in [*_rows(records, compared, found, guide), *_facts(records, guide)]:
            grid.addWidget(rule(), line, 0, 1, len(records))
            grid.addWidget(label(heading, "strong"), line + 1, 0, 1, len(records))
            for place, sentence in enumerate(words):
                untold = (
                    "" if line == 4 and place == 0 else text("guide.untold")
                )  # it is what the others are checked against
                shown = label(sentence or untold, ("strong" if parts[place] else "body") if sentence else "small")
                grid.addWidget(selectable(shown), line + 2, place, Qt.AlignmentFlag.AlignTop)
            line += 3
        self._sheet = sheet
        self.setWidget(sheet)

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
