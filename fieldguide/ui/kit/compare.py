"""Candidates side by side: what the guide says of each, so that a person can look for what differs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.records import Candidate
from fieldguide.core.text import percent, text
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip
from fieldguide.ui.kit.facts import facts_of
from fieldguide.ui.kit.labels import label, rule, selectable
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.naming import language_of_guide, name_of, ranked_name
from fieldguide.ui.kit.surfaces import row

_COLUMN = 190


class CompareDialog(QDialog):
    """A column per candidate, a line per kind of fact."""

    def __init__(self, candidates: Sequence[Candidate], guide: Guide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(text("identify.compare_title"))
        self.resize(min(1180, 60 + (_COLUMN + WIDE) * max(2, len(candidates))), 640)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(label(text("identify.compare_title"), "title"))
        column.addWidget(label(text("identify.compare_words"), "muted"))
        if language_of_guide():
            column.addWidget(label(language_of_guide(), "small"))
        sheet = QWidget()
        sheet.setObjectName("sheet")
        self._fill(QGridLayout(sheet), candidates, guide)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(sheet)
        column.addWidget(area, 1)
        close = button(text("ui.close"), "plain")
        close.clicked.connect(self.accept)
        column.addLayout(row(None, close))

    @staticmethod
    def _fill(grid: QGridLayout, candidates: Sequence[Candidate], guide: Guide) -> None:
        grid.setHorizontalSpacing(WIDE)
        grid.setVerticalSpacing(TIGHT)
        grid.setContentsMargins(0, 0, CLOSE, 0)
        facts_by_kind = [dict(facts_of(one.taxon, guide)) for one in candidates]
        headings = list(dict.fromkeys(heading for facts in facts_by_kind for heading in facts))
        top = Qt.AlignmentFlag.AlignTop
        for place, candidate in enumerate(candidates):
            grid.setColumnMinimumWidth(place, _COLUMN)
            grid.setColumnStretch(place, 1)
            name = name_of(candidate.taxon, guide)
            grid.addWidget(label(f"{place + 1}  {name.first}", "heading"), 0, place, top)
            scientific = label(ranked_name(candidate.taxon) if name.common else "", "scientific")
            grid.addWidget(scientific, 1, place, top)
            line = row(
                DangerChip(guide.danger(candidate.taxon)), label(percent(candidate.probability), wrap=False), None
            )
            grid.addLayout(line, 2, place)
        line_number = 3
        for heading in headings:
            grid.addWidget(rule(), line_number, 0, 1, len(candidates))
            grid.addWidget(label(heading, "overline"), line_number + 1, 0, 1, len(candidates))
            for place, facts in enumerate(facts_by_kind):
                words = selectable(label(facts.get(heading, text("identify.fact_untold"))))
                grid.addWidget(words, line_number + 2, place, top)
            line_number += 3
        grid.setRowStretch(line_number, 1)
