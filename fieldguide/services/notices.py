"""What people should know beside the results: expected failures and small news, in the order they came.

Knows no widget. Until somebody takes them (the window is not there yet, say) they wait.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.records import UnreadablePhoto
from fieldguide.core.text import explain, text

log = logging.getLogger("fieldguide")


class Severity(StrEnum):
    """News may leave by themselves; problems stay until somebody closes them."""

    NEWS = "news"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Notice:
    """One thing to tell: a key of the catalogue with its facts, or an expected failure; details a line each.

    `folder`: where the files lie that it is about; None when it is about none.
    """

    severity: Severity
    key: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    error: FieldGuideError | None = None
    errors: tuple[FieldGuideError, ...] = ()
    folder: Path | None = None

    @property
    def words(self) -> str:
        """The sentence in today's language."""
        return explain(self.error) if self.error is not None else text(self.key, **self.facts)

    @property
    def details(self) -> tuple[str, ...]:
        """A sentence for each thing that the notice sums up."""
        return tuple(explain(error) for error in self.errors)


class Notices(QObject):
    """The queue. Use from the GUI thread.

    Signals:
        posted: something waits; call `take`.
        defect: an exception that nobody expected, for the log and the crash dialog.
    """

    posted = Signal()
    defect = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Notice] = []

    def take(self) -> tuple[Notice, ...]:
        """Everything that waits, oldest first; it waits no longer."""
        taken, self._waiting = tuple(self._waiting), []
        return taken

    def tell(self, key: str, **facts: object) -> None:
        """Post news: a key of the catalogue and the facts of its sentence."""
        self.post(Notice(Severity.NEWS, key, facts))

    def report(self, error: Exception) -> None:
        """Post an expected failure as a problem; anything else is a defect and goes that way."""
        if not isinstance(error, FieldGuideError):
            log.error("unexpected", exc_info=error)
            self.defect.emit(error)
            return
        log.warning("expected: %s", error)
        waiting = (one.error for one in self._waiting)
        if any(other and (other.code, other.facts) == (error.code, error.facts) for other in waiting):
            return  # a full disk is reported once, not once for each photo
        self.post(Notice(Severity.PROBLEM, error=error))

    def report_unreadable(self, files: Sequence[UnreadablePhoto]) -> None:
        """Post the files of a batch that could not be read as one problem that names each with its reason."""
        errors = tuple(file.error for file in files)
        folder = files[0].path.parent if files else None
        if len(errors) == 1:
            self.post(Notice(Severity.PROBLEM, error=errors[0], folder=folder))
        elif errors:
            facts = {"count": len(errors)}
            self.post(Notice(Severity.PROBLEM, "storage.unreadable", facts, errors=errors, folder=folder))

    def post(self, notice: Notice) -> None:
        """Post a notice as it is."""
        self._waiting.append(notice)
        self.posted.emit()
