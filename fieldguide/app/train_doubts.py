"""Looking through the photos that an audit doubts, audited once for each run folder, and what a person says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.training.decisions import DECISIONS, Choice
from fieldguide.core.training.events import Audited, Event
from fieldguide.core.training.review import Review
from fieldguide.services.notices import Notices
from fieldguide.services.training import Trainings

if TYPE_CHECKING:
    from fieldguide.ui.train.doubts_view import DoubtsView


class TrainDoubtsController(QObject):
    """Between the audit of `trainings` and the view of its photos, which `show_in` gives."""

    def __init__(self, trainings: Trainings, notices: Notices) -> None:
        super().__init__()
        self._trainings, self._notices = trainings, notices
        self._review: Review | None = None
        self._wanted: tuple[str, ...] = ()  # run and folders whose photos are looked at
        self._audited: tuple[str, ...] = ()  # and those whose doubtful photos the view holds

    def show_in(self, view: DoubtsView) -> None:
        """Here they are shown and decided about."""
        self._view = view
        view.decided.connect(self._decide)
        view.undo_wanted.connect(self._undo)
        view.open_wanted.connect(lambda file: QDesktopServices.openUrl(QUrl.fromLocalFile(file)))

    def look_through(self) -> None:
        """The doubtful photos of the plan, audited when they were not yet."""
        plan = self._trainings.plan
        if plan is None:
            return
        self._wanted = (plan.run, *plan.teaching)
        if self._audited != self._wanted:
            self._view.wait()
            self._trainings.audit()
        self._review = Review(Path(plan.run) / DECISIONS)
        self._show_decided()

    def take(self, event: Event) -> None:
        """An event of the audit."""
        if isinstance(event, Audited):
            self._audited = self._wanted
        self._view.take(event)

    def _decide(self, files: list[str], choice: Choice, name: str) -> None:
        review = self._review
        if review is not None and self._kept(lambda: review.decide(files, choice, name)):
            self._show_decided()

    def _undo(self) -> None:
        review = self._review
        undone: list[str] = []
        if review is not None and self._kept(lambda: undone.extend(review.undo())) and undone:
            self._show_decided()
            self._view.point_at(undone[0])

    def _kept(self, act: Callable[[], None]) -> bool:
        """Whether `act` could write the decisions; what the disk refused becomes a notice."""
        try:
            act()
        except FieldGuideError as refused:
            self._notices.report(refused)
            return False
        return True

    def _show_decided(self) -> None:
        if self._review is not None:
            self._view.show_decided(self._review.decided, can_undo=self._review.can_undo)
