"""Undo and redo in the window: said in words that name the find, shown, offered only while it is the last change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.decision.standing import shown_taxon
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.services.lanes import Job
from fieldguide.services.library import LibraryChange
from fieldguide.storage.journal import Step
from fieldguide.storage.observations import Undone
from fieldguide.ui.kit.naming import day_words, name_of
from fieldguide.ui.kit.notices import Notice
from fieldguide.ui.shell.window import MainWindow


class UndoController(QObject):
    """Connects undo with the window. `find_wanted`: Observation that a step touched and that should be seen."""

    find_wanted = Signal(Observation)

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._offered: tuple[Notice, int] | None = None

    def connect_to(self, window: MainWindow) -> None:
        """Connect keys, notices and services."""
        self._window = window
        window.undo_wanted.connect(lambda: self._parts.library.undo())
        window.redo_wanted.connect(lambda: self._parts.library.redo())
        self._parts.library.turned.connect(self._tell)
        self._parts.library.changed.connect(self._look_again)

    def offer(self, words: str, change: Job) -> None:
        """Say what a change did once it is stored, with an Undo that takes back this change and no other."""
        change.done.connect(
            lambda _: self._parts.library.newest_step().done.connect(lambda step: self._say(words, step))
        )

    def _say(self, words: str, step: Step | None) -> None:
        if step is None:
            self._window.notices.tell(words)
            return
        undo = (text("identify.undo"), lambda: self._parts.library.undo(step.number))
        self._offered = (self._window.notices.tell(words, action=undo), step.number)

    def _look_again(self, _: LibraryChange) -> None:
        if self._offered is not None:
            self._parts.library.newest_step().done.connect(self._withdraw)

    def _withdraw(self, newest: Step | None) -> None:
        """Something else was changed since: what the notice offers would be another change's undo."""
        if self._offered is not None and (newest is None or newest.number != self._offered[1]):
            self._window.notices.retract(self._offered[0])
            self._offered = None

    def _tell(self, undone: Undone) -> None:
        key = "storage.done_again" if undone.again else "storage.taken_back"
        words = text(key, what=text(f"storage.step_{undone.step.kind.value}"), find=self._find_words(undone))
        back = (text("identify.undo"), lambda: self._parts.library.undo())
        redo = (text("storage.redo"), lambda: self._parts.library.redo())
        self._window.notices.tell(words, action=back if undone.again and not undone.step.reversed else redo)
        if undone.find is not None:
            self.find_wanted.emit(undone.find)

    def _find_words(self, undone: Undone) -> str:
        find, count = undone.find, len(undone.step.ids)
        if find is None:
            return ""
        taxon = shown_taxon(find)
        facts = {
            "name": name_of(taxon, self._parts.guide).first if taxon else text("history.kind_unknown"),
            "day": day_words(find.observed_at) if find.observed_at else text("history.no_date"),
        }
        return text("storage.step_find", **facts) if count < 2 else text("storage.step_finds", count=count - 1, **facts)
