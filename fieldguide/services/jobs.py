"""Jobs for the window: what is dropped is kept in the database, identified in the model's lane, stored find by find.

One job runs at a time. A new one goes first, and what runs gives way after the find at hand; so it does when somebody
asks the model for something else. What an earlier run of the program left is offered, not begun by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.records import Observation, UnreadablePhoto
from fieldguide.services.batch import Batch, Identified
from fieldguide.services.identifier import Identifier, Summary
from fieldguide.services.lanes import Job, Lane, Lanes
from fieldguide.services.library import Library
from fieldguide.services.notices import Notices
from fieldguide.services.progress import Progress
from fieldguide.storage.jobs import FindState, JobFind, JobPlace, JobState, JobStatus, JobStore
from fieldguide.storage.observations import Settled


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as the strip shows it. `running`: it is at work or has its turn soon; `seconds_left` when known."""

    status: JobStatus
    running: bool
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class JobEnd:
    """No find of the job waits any more, or it was stopped. `known`: finds that were in the book already."""

    status: JobStatus
    known: tuple[Observation, ...]


class Jobs(QObject):
    """The jobs of one window.

    Signals:
        changed: tuple of JobLine, every job that is not over.
        not_stored: JobPlace and Observation of a find that is in the book already, out of reach, or could not be stored
            (what was stored comes by `Library.changed`).
        progressed: number of the job and Progress, counted in finds.
        ended: JobEnd.
    """

    changed = Signal(object)
    not_stored = Signal(object, object)
    progressed = Signal(int, object)
    ended = Signal(object)

    def __init__(
        self, store: JobStore, identifier: Identifier, library: Library, lanes: Lanes, notices: Notices
    ) -> None:
        super().__init__()
        self._store, self._identifier, self._library = store, identifier, library
        self._lanes, self._notices = lanes, notices
        self._lines: dict[int, JobStatus] = {}
        self._turns: list[int] = []  # the last one is next
        self._running = 0
        self._batch: Batch | None = None
        self._places: list[JobFind] = []
        self._left: float | None = None
        self._known: dict[int, list[Observation]] = {}
        self._unreadable: dict[int, list[UnreadablePhoto]] = {}
        self._refused: set[str] = set()
        identifier.identified.connect(self._take_identified)
        identifier.progressed.connect(self._take_progress)
        identifier.ended.connect(self._take_end)
        identifier.interrupted.connect(self._give_way)

    @property
    def unfinished(self) -> tuple[JobStatus, ...]:
        """Jobs with finds that wait, whether they run or not."""
        return tuple(self._lines.values())

    @property
    def running(self) -> tuple[JobStatus, ...]:
        """Those of them that are at work or have their turn soon."""
        return tuple(line.status for line in self._listed() if line.running)

    def load(self) -> Job:
        """Look for jobs that an earlier run of the program left; they are offered by `changed`."""
        return self._ask(lambda store: store.unfinished(), self._take_found)

    def begin_anew(self) -> Job:
        """Another book took the place of this one: forget what runs and waits here, and offer what that one left."""
        self._identifier.cancel_batch(self._batch)
        self._running, self._batch = 0, None
        for kept in (self._turns, self._lines, self._known, self._unreadable):
            kept.clear()
        self._tell()
        return self.load()

    def start(self, groups: Sequence[Sequence[Path]], title: str = "") -> Job:
        """Keep a new job and give it the first turn; `done` carries its JobStatus."""
        kept = [tuple(group) for group in groups if group]
        return self._ask(lambda store: store.begin(kept, title), self._give_turn)

    def go_on(self, number: int) -> Job:
        """Give a job that rests the next turn."""
        return self._ask(lambda store: store.change(number, JobState.OPEN), self._give_turn)

    def pause(self, number: int) -> Job:
        """Let a job rest, also over a restart, until somebody goes on with it."""
        return self._rest(number, JobState.PAUSED)

    def cancel(self, number: int) -> Job:
        """Give a job up: what is stored stays, what still waits is not looked at."""
        return self._rest(number, JobState.CANCELLED)

    def finds(self, number: int) -> Job:
        """`done` carries every JobFind of a job."""
        return self._ask(lambda store: store.finds(number), lambda _: None)

    # turns -----------------------------------------------------------------------------------------

    def _give_turn(self, status: JobStatus | None) -> None:
        if status is None or not status.waiting:
            return
        self._lines[status.number] = status
        self._turns = [turn for turn in self._turns if turn != status.number] + [status.number]
        if self._running and self._running != status.number:
            self._turns.insert(-1, self._running)
            self._identifier.cancel_batch(self._batch)
        self._tell()
        self._next()

    def _rest(self, number: int, state: JobState) -> Job:
        self._turns = [turn for turn in self._turns if turn != number]
        if self._running == number:
            self._identifier.cancel_batch(self._batch)
        return self._ask(lambda store: store.change(number, state), self._take_status)

    def _give_way(self) -> None:
        """Somebody asks the model for something else: it is queued, and this job goes on behind it."""
        if self._running and self._running not in self._turns:
            self._turns.append(self._running)
            self._identifier.cancel_batch(self._batch)

    def _next(self) -> None:
        if self._running or not self._turns:
            return
        number = self._running = self._turns.pop()
        self._known.setdefault(number, [])
        self._unreadable.setdefault(number, [])
        job = self._ask(lambda store: store.finds(number), lambda finds: self._run(number, finds))
        job.failed.connect(lambda _: self._let_rest(number))

    def _run(self, number: int, finds: list[JobFind]) -> None:
        self._places = [find for find in finds if find.state is FindState.WAITING]
        self._left = None
        if not self._places:
            self._running = 0
            self._next()
            return
        self._batch = self._identifier.identify([find.paths for find in self._places], look_up=True)
        if self._turns and self._turns[-1] != number:  # a newer one came while this was read
            self._give_way()

    def _let_rest(self, number: int) -> None:
        """Its finds could not be read: it is over for now, and others have their turn."""
        self._running = 0
        self._take_rest(self._lines.get(number), cut=False)
        self._next()

    # what the lane tells ---------------------------------------------------------------------------

    def _take_identified(self, identified: Identified) -> None:
        if self._batch is None or identified.batch != self._batch.number:
            return
        place = JobPlace(self._running, self._places[identified.place].position)
        job = self._library.settle(place, identified.observation)
        job.done.connect(lambda settled: self._take_settled(place, settled))
        job.failed.connect(lambda error: self._take_refusal(place, identified.observation, error))

    def _take_settled(self, place: JobPlace, settled: Settled | None) -> None:
        if settled is None:
            return
        self._unreadable.setdefault(place.job, []).extend(settled.observation.unreadable)
        if settled.state is FindState.KNOWN:
            self._known.setdefault(place.job, []).append(settled.observation)
        if settled.state is not FindState.STORED:
            self.not_stored.emit(place, settled.observation)
        line = self._lines.get(place.job)
        if line is not None and settled.state is not FindState.WAITING:
            name = settled.state.value
            self._lines[place.job] = replace(line, waiting=line.waiting - 1, **{name: getattr(line, name) + 1})
            self._tell()

    def _take_refusal(self, place: JobPlace, observation: Observation, error: Exception) -> None:
        """It could not be stored and still waits: what was said of it is shown all the same, and the reason once."""
        code = error.code.value if isinstance(error, FieldGuideError) else ""
        if code not in self._refused:
            self._refused.add(code)
            self._notices.report(error)
        if observation.identification is not None or not observation.photos:
            self.not_stored.emit(place, observation)

    def _take_progress(self, batch: int, progress: Progress) -> None:
        if self._batch is not None and batch == self._batch.number:
            self._left = progress.seconds_left
            line = self._lines.get(self._running)
            if line is not None:
                self.progressed.emit(self._running, Progress(line.looked_at, line.total, self._left))

    def _take_end(self, summary: Summary) -> None:
        if self._batch is None or summary.batch != self._batch.number:
            return
        number, cut = self._running, summary.cancelled
        self._running, self._batch = 0, None
        # Behind everything that is still to be stored: that lane is serial.
        job = self._ask(lambda store: store.status(number), lambda status: self._take_rest(status, cut))
        job.failed.connect(lambda _: self._take_rest(self._lines.get(number), cut))
        self._next()

    def _take_rest(self, status: JobStatus | None, cut: bool) -> None:
        if status is None:
            return
        self._take_status(status)
        if not status.waiting or (not cut and status.number not in self._turns):
            self._end(status)

    def _take_status(self, status: JobStatus | None) -> None:
        if status is None:
            return
        if status.state in (JobState.DONE, JobState.CANCELLED):
            self._lines.pop(status.number, None)
            if status.state is JobState.CANCELLED:
                self._end(status)
        else:
            self._lines[status.number] = status
        self._tell()

    def _end(self, status: JobStatus) -> None:
        self._refused.clear()
        if status.number not in self._known:
            return
        known, unreadable = self._known.pop(status.number), self._unreadable.pop(status.number)
        self._notices.report_unreadable(unreadable)
        self.ended.emit(JobEnd(status, tuple(known)))

    def _take_found(self, found: list[JobStatus]) -> None:
        self._lines = {status.number: status for status in found} | self._lines
        self._tell()

    def _listed(self) -> tuple[JobLine, ...]:
        at_work = {self._running, *self._turns}
        return tuple(
            JobLine(status, number in at_work, self._left if number == self._running else None)
            for number, status in self._lines.items()
        )

    def _tell(self) -> None:
        self.changed.emit(self._listed())

    def _ask(self, question: Callable[[JobStore], object], take: Callable[..., None]) -> Job:
        store = self._store  # work must not hold this QObject: see the trap in services.lanes
        job = self._lanes.start(Lane.STORAGE, lambda _: question(store))
        job.failed.connect(self._notices.report)
        job.done.connect(take)
        return job
