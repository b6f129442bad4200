"""The trainer's environment and who asks for it: set up from the page Train, removed in the settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.app.parts import Parts
from fieldguide.core.errors import FieldGuideError
from fieldguide.services.lanes import Handle, Job, Lane
from fieldguide.storage.pip_words import SetUp
from fieldguide.storage.trainer_home import Takes, TrainerCall, TrainerHome, carried_wheel, find_trainer
from fieldguide.ui.train.setup_view import SetupView


class TrainerController(QObject):
    """Knows whether the trainer is here.

    Signals:
        changed: it is here now, or no longer.
        sized: bytes of what was set up, 0 for nothing.
    """

    changed = Signal()
    sized = Signal(object)  # may be more than a C int holds

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._view: SetupView | None = None
        self._home = TrainerHome(parts.locations.trainer, carried_wheel())
        self._job: Job | None = None

    def show_in(self, view: SetupView) -> None:
        """Here a person asks for it, and sees it come."""
        self._view = view
        view.wanted.connect(self._set_up)
        view.cancel_wanted.connect(self._cancel)

    @property
    def call(self) -> TrainerCall | None:
        """How the trainer is called; None while there is none."""
        return find_trainer(self._home)

    @property
    def takes(self) -> Takes | None:
        """What setting it up takes; None where it cannot be set up."""
        return self._home.takes() if self._home.wheel is not None else None

    def tell_size(self) -> None:
        """Have `sized` tell it."""
        self._size().done.connect(self.sized)

    def remove(self) -> None:
        """Give its room back; it can be set up again."""
        home = self._home
        self._follow(self._parts.lanes.start(Lane.TRAINER, lambda _: home.remove()))

    def _set_up(self, wheels: Path | None) -> None:
        home = self._home

        def work(handle: Handle) -> bool:
            return home.set_up(wheels, handle.tell, handle.stopped)

        if self._view is not None:
            self._view.wait()
        self._job = self._parts.lanes.start(Lane.TRAINER, work)
        self._job.reported.connect(self._show)
        self._job.done.connect(self._tell_done)
        self._follow(self._job)

    def _follow(self, job: Job) -> None:
        job.failed.connect(self._fail)
        job.finished.connect(self._end)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _show(self, step: SetUp) -> None:
        if self._view is not None:
            self._view.show_step(step)

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, FieldGuideError) and self._view is not None:
            self._view.show_problem(problem)
        self._parts.notices.report(problem)

    def _tell_done(self, ready: bool) -> None:
        if ready:
            self._size().done.connect(self._tell_made)

    def _tell_made(self, size: int) -> None:
        self._parts.notices.tell("training.setup_done", mb=round(size / 1e6), torch=self._home.torch)

    def _size(self) -> Job:
        home = self._home
        return self._parts.lanes.start(Lane.EXPORT, lambda _: home.size())

    def _end(self) -> None:
        self._job = None
        if self._view is not None:
            self._view.offer(self.takes)
        self.changed.emit()
        self.tell_size()
