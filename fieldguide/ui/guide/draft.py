"""A guide that somebody brought, before it is used: what it changes, milder dangers first, or what to correct."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QPushButton, QVBoxLayout, QWidget

from fieldguide.core.guide import Guide
from fieldguide.core.guide.changes import DangerChange, GuideChanges
from fieldguide.core.guide.tables import COLUMNS
from fieldguide.core.text import text
from fieldguide.storage.guides import GuideDraft
from fieldguide.ui.guide.wording import problem_words
from fieldguide.ui.kit.buttons import button
from fieldguide.ui.kit.danger import DangerChip, danger_word
from fieldguide.ui.kit.labels import label, rule, selectable
from fieldguide.ui.kit.metrics import CLOSE, SPACE, TIGHT, WIDE
from fieldguide.ui.kit.naming import name_called
from fieldguide.ui.kit.surfaces import ScrollColumn, row

_MOST = 200
_MOST_NAMES = 12


class DraftDialog(QDialog):
    """Shows one draft; `agreed` carries it when somebody takes it over."""

    agreed = Signal(GuideDraft)

    def __init__(self, draft: GuideDraft, guide: Guide, parent: QWidget | None = None) -> None:
        """`guide` is the one in use, for names."""
        super().__init__(parent)
        self._guide = guide
        self.setWindowTitle(text("guide.draft_title"))
        self.resize(720, 600)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, SPACE)
        column.setSpacing(CLOSE)
        column.addWidget(label(text("guide.draft_refused" if draft.refused else "guide.draft_title"), "title"))
        column.addWidget(label(_given_words(draft), "muted"))
        self._list = ScrollColumn(margin=0, spacing=TIGHT)
        column.addWidget(self._list, 1)
        if draft.changes is not None:
            self._add_changes(draft.changes)
        self._add_problems(draft)
        self._list.column.addStretch(1)
        leave = button(text("ui.close") if draft.refused else text("guide.draft_cancel"))
        leave.clicked.connect(self.reject)
        line = row(None, leave)
        if not draft.refused:
            use = button(text("guide.draft_use"), "primary")
            use.clicked.connect(lambda: self.agreed.emit(draft))
            use.clicked.connect(self.accept)
            self._ask_about_milder(draft.changes, use, column)
            line.addWidget(use)
        column.addLayout(line)

    def _ask_about_milder(self, changes: GuideChanges | None, use: QPushButton, column: QVBoxLayout) -> None:
        """Nobody takes a guide over that warns less without having said so."""
        milder = sum(change.milder for change in changes.dangers) if changes is not None else 0
        if milder:
            agreed = QCheckBox(text("guide.draft_milder_agreed", count=milder))
            agreed.toggled.connect(use.setEnabled)
            use.setEnabled(False)
            column.addWidget(agreed)

    def _add_changes(self, changes: GuideChanges) -> None:
        column = self._list.column
        column.addWidget(label(text("guide.draft_changes"), "heading"))
        milder = sum(change.milder for change in changes.dangers)
        if milder:
            column.addWidget(label(text("guide.draft_milder_count", count=milder), "strong"))
        for change in changes.dangers[:_MOST]:
            column.addWidget(self._change_line(change))
        if len(changes.dangers) > _MOST:
            column.addWidget(label(text("guide.draft_more", count=len(changes.dangers) - _MOST), "small"))
        if changes.added:
            column.addWidget(label(text("guide.draft_added", count=len(changes.added))))
        if changes.removed:
            names = ", ".join(changes.removed[:_MOST_NAMES])
            names += " ..." if len(changes.removed) > _MOST_NAMES else ""
            column.addWidget(label(text("guide.draft_removed", count=len(changes.removed), names=names)))
        if not (changes.dangers or changes.added or changes.removed):
            column.addWidget(label(text("guide.draft_same"), "muted"))

    def _change_line(self, change: DangerChange) -> QWidget:
        line = QWidget()
        mark = label(text("guide.draft_milder" if change.milder else "guide.draft_worse"), "overline", wrap=False)
        mark.setFixedWidth(110)
        name = name_called(change.name, self._guide)
        words = label(name if name == change.name else f"{name} ({change.name})")
        box = row(mark, spacing=CLOSE)
        box.addWidget(words, 1)
        box.addWidget(DangerChip(change.before))
        box.addWidget(label("→", wrap=False))
        box.addWidget(DangerChip(change.after))
        line.setLayout(box)
        facts = {"name": change.name, "before": danger_word(change.before), "after": danger_word(change.after)}
        line.setAccessibleName(text("guide.draft_danger", **facts))
        return line

    def _add_problems(self, draft: GuideDraft) -> None:
        column = self._list.column
        blocking = [problem for problem in draft.problems if problem.rule.blocks]
        remarks = [problem for problem in draft.problems if not problem.rule.blocks]
        for key, problems in (("guide.draft_problems", blocking), ("guide.draft_remarks", remarks)):
            if not problems:
                continue
            if column.count():
                column.addWidget(rule())
            column.addWidget(label(text(key, count=len(problems)), "heading"))
            for problem in problems[:_MOST]:
                words = selectable(label(problem_words(problem, self._guide)))
                words.setAlignment(Qt.AlignmentFlag.AlignTop)
                column.addWidget(words)
            if len(problems) > _MOST:
                column.addWidget(label(text("guide.draft_more", count=len(problems) - _MOST), "small"))


def _given_words(draft: GuideDraft) -> str:
    if set(draft.given) == set(COLUMNS):
        return text("guide.draft_given_all", source=draft.source)
    if [draft.source] == [f"{name}.csv" for name in draft.given]:
        return text("guide.draft_given_one", source=draft.source)
    tables = ", ".join(f"{name}.csv" for name in draft.given)
    return text("guide.draft_given", source=draft.source, tables=tables)
