"""Named lanes for work off the GUI thread: plain values in, signals out. Knows nothing of photos, models or tables.

    job = lanes.start(Lane.STORAGE, lambda handle: store.count())
    job.done.connect(page.show_count)
    job.failed.connect(notices.report)

Every signal of a job comes on the thread that made the `Lanes` (the GUI thread), and after `start` has returned, so
there is time to connect. Exactly one of `done`, `failed` and `cancelled` comes, then `finished`. A bound method of a
widget that is gone is not called: Qt disconnects it with its widget.

Trap: a QObject that dies on another thread than its own takes the process with it. So work never holds its `Job`:
it posts to the lanes, which outlive all work, and only they know which job a post is for.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from PySide6.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QEvent,
    QObject,
    QRunnable,
    Qt,
    QThreadPool,
    QTimer,
    Signal,
    Slot,
)

from fieldguide.core.errors import FieldGuideError

DRAIN_MS = 10_000
TURN_SECONDS = 0.01  # of the GUI thread: what comes later waits until it has painted and taken keys


class Lane(StrEnum):
    """Lanes run beside each other; what is in one lane begins in order, as many at a time as the lane is wide."""

    STORAGE = "storage"  # serial: what reads and changes the history
    INFERENCE = "inference"  # serial: one model, one place for torch
    READING = "reading"  # thumbnails, large photos
    EXPORT = "export"  # long writing that must not keep a page of the history waiting
    TRAINER = "trainer"  # setting the trainer up, which may take an hour


class Stopped(Exception):  # noqa: N818 - not an error
    """Raised by `Handle.check` in work that was cancelled; the job ends as cancelled."""


_WIDTH = {Lane.STORAGE: 1, Lane.INFERENCE: 1, Lane.READING: 2, Lane.EXPORT: 1, Lane.TRAINER: 1}


class Handle:
    """What work gets into its hands: whether it shall stop, and a way to tell how far it is."""

    def __init__(self, post: Callable[[object], None]) -> None:
        self._stop = threading.Event()
        self._post = post

    def stopped(self) -> bool:
        """Whether somebody cancelled; work looks here between pieces and returns early."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the work to stop."""
        self._stop.set()

    def check(self) -> None:
        """Leave the work here, through everything that cleans up, when somebody cancelled.

        Raises:
            Stopped: somebody did.
        """
        if self.stopped():
            raise Stopped

    def tell(self, value: object) -> None:
        """Have the job's `reported` carry a plain value to the GUI thread."""
        self._post(value)


class Job(QObject):
    """One piece of work that was started. Lives and dies on the GUI thread.

    Signals:
        reported: a plain value from the middle of the work, also of what was done after `cancel` until it was noticed.
        done: what the work returned.
        failed: the exception that it raised: a FieldGuideError is expected, anything else a defect.
        cancelled: it was stopped; what it returned is dropped.
        finished: always, last.
    """

    reported = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, lane: Lane, group: str, handle: Handle) -> None:
        super().__init__()
        self.lane = lane
        self.group = group
        self._handle = handle

    def cancel(self) -> None:
        """Ask the work to stop; if it has not begun, it never will. Harmless when it is over."""
        self._handle.stop()

    def take(self, posted: object) -> bool:
        """Turn a post of the work into a signal; returns whether it was the last. Called by the lanes alone."""
        if not isinstance(posted, _Outcome):
            self.reported.emit(posted)
            return False
        stopped = self._handle.stopped()
        if posted.error is not None and not (stopped and isinstance(posted.error, Stopped | FieldGuideError)):
            self.failed.emit(posted.error)  # a defect is reported even when nobody waits for the work any more
        elif stopped:
            self.cancelled.emit()
        else:
            self.done.emit(posted.value)
        self.finished.emit()
        return True


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How work ended: with a value, or with an error."""

    value: object = None
    error: Exception | None = None


class _Run(QRunnable):
    """The work inside its lane."""

    def __init__(self, work: Callable[[Handle], object], handle: Handle, post: Callable[[object], None]) -> None:
        super().__init__()
        self.setAutoDelete(False)  # Python's reference counting frees it
        self._work: Callable[[Handle], object] | None = work
        self._handle = handle
        self._post = post

    def run(self) -> None:
        """Run the work unless it was cancelled while it waited; nothing that it raises gets lost or stops the lane."""
        work, self._work = self._work, None
        outcome = _Outcome()
        if work is not None and not self._handle.stopped():
            try:
                outcome = _Outcome(value=work(self._handle))
            except Exception as error:
                outcome = _Outcome(error=error)
        del work  # and what it closed over, before anybody hears that it is over
        self._post(outcome)
        del outcome  # an error's traceback holds this frame: together they would wait for a collector on any thread


class Lanes(QObject):
    """All lanes of one application. Make it on the GUI thread; call `drain` before it goes."""

    _posted = Signal(object, object)  # number of the job, what its work posts

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools = {lane: QThreadPool(self) for lane in Lane}
        for lane, pool in self._pools.items():
            pool.setMaxThreadCount(_WIDTH[lane])
        self._numbers = count()
        self._running: dict[int, tuple[Job, _Run]] = {}
        self._posts: deque[tuple[int, object]] = deque()  # that wait for the next turn
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(1)  # not 0: such timers come before what the window has to do
        self._pause.timeout.connect(self._take_posts)
        self._closed = False
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self, lane: Lane, work: Callable[[Handle], object], group: str = "") -> Job:
        """Queue work in a lane.

        Args:
            lane: where it runs.
            work: called with a `Handle` on a thread of the lane. It touches no QObject; what it returns must be plain.
            group: a name under which it can be cancelled with others.
        """
        number = next(self._numbers)

        def post(value: object) -> None:
            self._posted.emit(number, value)

        handle = Handle(post)
        if self._closed:
            handle.stop()
        run = _Run(work, handle, post)
        job = Job(lane, group, handle)
        self._running[number] = (job, run)
        self._pools[lane].start(run)
        return job

    def cancel(self, group: str) -> None:
        """Ask everything of a group to stop."""
        for job, _ in tuple(self._running.values()):
            if job.group == group:
                job.cancel()

    @property
    def busy(self) -> int:
        """How many jobs wait, run, or have not reported their end."""
        return len(self._running)

    def drain(self, timeout_ms: int = DRAIN_MS) -> bool:
        """End everything: what reads or computes is asked to stop, what is to be stored is stored, threads end.

        Signals on their way are delivered. Work started from now on is cancelled before it begins.

        Returns:
            Whether every lane came to rest in time.
        """
        for job, _ in tuple(self._running.values()):
            if job.lane is not Lane.STORAGE:
                job.cancel()
        deadline = QDeadlineTimer(timeout_ms)
        rested = True
        for lane in sorted(Lane, key=lambda lane: lane is Lane.STORAGE):  # storing last: the others feed it
            self._closed = lane is Lane.STORAGE
            rested = self._settled(lane, deadline) and rested
            while self._closed and self._running and not deadline.hasExpired():  # who heard an end may start anew
                rested = self._settled(lane, deadline) and rested
        return rested

    def _settled(self, lane: Lane, deadline: QDeadlineTimer) -> bool:
        """Whether a lane came to rest in time; what it had to tell is delivered."""
        rested = self._pools[lane].waitForDone(deadline)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)
        while self._posts:
            self._take_post()
        return rested

    @Slot(object, object)
    def _deliver(self, number: int, posted: object) -> None:
        self._posts.append((number, posted))
        if not self._pause.isActive():
            self._take_posts()

    def _take_posts(self) -> None:
        """Those that wait, in their order; when this turn took long, the rest and what comes next wait for another."""
        end = time.perf_counter() + TURN_SECONDS
        while self._posts:
            self._take_post()
            if time.perf_counter() >= end:
                self._pause.start()
                return

    def _take_post(self) -> None:
        number, posted = self._posts.popleft()
        job, _ = self._running[number]
        if job.take(posted):
            del self._running[number]
