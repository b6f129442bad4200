"""Undo and redo in the window: said in words that name the find, shown, offered only while it is the last change."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.library import LibraryChange
from fieldguide.storage.journal import NextSteps, Step, StepKind
from fieldguide.storage.observations import Undone
from fieldguide.ui.kit.naming import day_words, name_of
from fieldguide.ui.kit.notices import Notice
from fieldguide.ui.shell.window import MainWindow

_MADE = {StepKind.DELETE: "storage.deleted", StepKind.MERGE: "storage.merged", StepKind.SPLIT: "storage.parted"}


@dataclass(frozen=True, slots=True)
class _Offer:
    """A notice whose button takes a step back, or (`redoes`) does it again."""

    notice: Notice
    step: int
    redoes: bool


class UndoController(QObject):
    """Connects undo with the window. `find_wanted`: Observation that a step touched and that should be seen."""

    find_wanted = Signal(Observation)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._offered: _Offer | None = None

    def connect_to(self, window: MainWindow) -> None:
        """Connect keys, notices and services."""
        self._window = window
        window.undo_wanted.connect(lambda: self._parts.library.undo())
        window.redo_wanted.connect(lambda: self._parts.library.redo())
        self._parts.library.turned.connect(self._tell)
        self._parts.library.made.connect(self._offer_back)
        self._parts.library.changed.connect(self._look_again)

    def _offer_back(self, step: Step, find: Observation | None) -> None:
        """Say what a change did, with an Undo that takes back this change and no other."""
        words = text(_MADE.get(step.kind, "identify.unnamed"), count=len(step.ids))
        if find is not None and find.verified is not None and step.kind is StepKind.VERIFY:
            words = text("identify.named", name=name_of(find.verified, self._parts.guide).first)
        self._offer(words, step.number, redoes=False)

    def _offer(self, words: str, step: int, *, redoes: bool) -> None:
        """One offer at a time: of an older one nobody could say what it would do now."""
        library = self._parts.library
        action = (lambda: library.redo(step)) if redoes else (lambda: library.undo(step))
        self._withdraw()
        notice = self._window.notices.tell(words, action=(text("storage.redo" if redoes else "identify.undo"), action))
        self._offered = _Offer(notice, step, redoes)

    def _look_again(self, _: LibraryChange) -> None:
        if self._offered is not None:
            self._parts.library.next_steps().done.connect(self._compare)

    def _compare(self, turns: NextSteps) -> None:
        """After another change the button would do something else than its words say: then it goes."""
        offered = self._offered
        if offered is not None and offered.step != (turns.redo if offered.redoes else turns.undo):
            self._withdraw()

    def _withdraw(self) -> None:
        if self._offered is not None:
            self._window.notices.retract(self._offered.notice)
            self._offered = None

    def _tell(self, undone: Undone) -> None:
        key = "storage.done_again" if undone.again else "storage.taken_back"
        words = text(key, what=text(f"storage.step_{undone.step.kind.value}"), find=self._find_words(undone))
        self._offer(words, undone.step.number, redoes=not undone.again or undone.step.reversed)
        if undone.find is not None:
            self.find_wanted.emit(undone.find)

    def _find_words(self, undone: Undone) -> str:
        find, count = undone.find, len(undone.step.ids)
        if find is None:
            return ", ".join(undone.places)
        taxon = shown_taxon(find)
        facts = {
            "name": name_of(taxon, self._parts.guide).first if taxon else text("history.kind_unknown"),
            "day": day_words(find.observed_at) if find.observed_at else text("history.no_date"),
        }
        return text("storage.step_find", **facts) if count < 2 else text("storage.step_finds", count=count - 1, **facts)
