"""Stored finds that the model looks at once more: with the photos they have, or with further ones: they grow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.records import Observation
from fieldguide.services.batch import Identified
from fieldguide.services.identifier import Identifier, Summary
from fieldguide.services.library import Library
from fieldguide.services.notices import Notices


class Again(QObject):
    """`ended` carries the finds that were asked about, when the last answer is on its way into the book."""

    ended = Signal(object)

    def __init__(self, identifier: Identifier, library: Library, notices: Notices) -> None:
        super().__init__()
        self._identifier, self._library, self._notices = identifier, library, notices
        self._asked: dict[int, tuple[tuple[Observation, ...], bool]] = {}
        identifier.identified.connect(self._take)
        identifier.ended.connect(self._end)

    def ask(self, finds: Sequence[Observation]) -> None:
        """Ask today's model about stored finds; what was said before is kept. Without their photos nothing changes."""
        batch = self._identifier.identify_again(finds)
        self._asked[batch.number] = (batch.again, False)

    def grow(self, find: Observation, added: Sequence[Path]) -> None:
        """Add photos to a stored find: all are identified together; its name, notes and answers stay."""
        batch = self._identifier.identify_again([find], added)
        self._asked[batch.number] = (batch.again, True)

    def _take(self, identified: Identified) -> None:
        if identified.batch not in self._asked:
            return
        finds, grows = self._asked[identified.batch]
        find, said = finds[identified.place], identified.observation.identification
        self._notices.report_unreadable(identified.observation.unreadable)
        if said is None:
            return
        if grows:
            self._library.grow(find.id, identified.observation)
        else:
            self._library.add_identification(find.id, said)

    def _end(self, summary: Summary) -> None:
        asked = self._asked.pop(summary.batch, None)
        if asked is not None:
            self.ended.emit(asked[0])
