import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QThread, QTimer, Slot
from pytestqt.qtbot import QtBot

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.services.lanes import Handle, Job, Lane, Lanes


class Listener(QObject):
    """Notes what a job tells, in order, and on which thread."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()
        job.reported.connect(lambda value: self.note("told", value))
        job.done.connect(lambda value: self.note("done", value))
        job.failed.connect(lambda value: self.note("failed", value))
        job.cancelled.connect(lambda: self.note("cancelled"))
        job.finished.connect(self.finish)

    def note(self, what: str, value: object = None) -> None:
        self.heard.append((what, value))
        self.threads.add(QThread.currentThread())

    @Slot()
    def finish(self) -> None:
        self.note("finished")


def listen(qtbot: QtBot, job: Job, act: Callable[[], object] = lambda: None) -> Listener:
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        act()
    return listener


def test_values_come_on_the_thread_that_asked(lanes: Lanes, qtbot: QtBot) -> None:
    def work(handle: Handle) -> tuple[str, bool]:
        handle.tell("half")
        return "all", threading.current_thread() is threading.main_thread()

    listener = listen(qtbot, lanes.start(Lane.READING, work))
    assert listener.heard == [("told", "half"), ("done", ("all", False)), ("finished", None)]
    assert listener.threads == {lanes.thread()}
    assert lanes.busy == 0


@pytest.mark.parametrize("error", [FieldGuideError(ErrorCode.DISK_FULL, path="x"), ZeroDivisionError("a defect")])
def test_what_is_raised_arrives_as_a_value(lanes: Lanes, qtbot: QtBot, error: Exception) -> None:
    def work(handle: Handle) -> None:
        raise error

    assert listen(qtbot, lanes.start(Lane.STORAGE, work)).heard == [("failed", error), ("finished", None)]


def test_the_storage_lane_keeps_the_order(lanes: Lanes, qtbot: QtBot) -> None:
    order: list[int] = []
    jobs = [lanes.start(Lane.STORAGE, lambda handle, n=n: order.append(n)) for n in range(20)]
    with qtbot.waitSignals([job.finished for job in jobs]):
        pass
    assert order == list(range(20))


def test_a_group_is_cancelled_and_no_other(lanes: Lanes, qtbot: QtBot) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(handle: Handle) -> str:
        begun.set()
        go_on.wait(10)
        handle.tell("too late" if handle.stopped() else "in time")
        return "dropped"

    running = lanes.start(Lane.INFERENCE, work, group="a")
    waiting = lanes.start(Lane.INFERENCE, lambda handle: pytest.fail("never begins"), group="a")
    other = lanes.start(Lane.INFERENCE, lambda handle: "kept", group="b")
    listeners = [Listener(job) for job in (running, waiting, other)]
    assert begun.wait(10)
    with qtbot.waitSignals([running.finished, waiting.finished, other.finished]):
        lanes.cancel("a")
        go_on.set()
    heard = [listener.heard for listener in listeners]
    assert heard[0] == [("told", "too late"), ("cancelled", None), ("finished", None)]
    assert heard[1] == [("cancelled", None), ("finished", None)]
    assert heard[2] == [("done", "kept"), ("finished", None)]


def test_a_defect_is_told_even_after_cancelling(lanes: Lanes, qtbot: QtBot) -> None:
    def work(handle: Handle) -> None:
        handle.stop()
        raise ZeroDivisionError

    assert listen(qtbot, lanes.start(Lane.READING, work)).heard[0][0] == "failed"


def test_a_listener_that_is_gone_is_not_called(lanes: Lanes, qtbot: QtBot) -> None:
    go_on = threading.Event()
    job = lanes.start(Lane.READING, lambda handle: go_on.wait(10))
    listener = Listener(job)
    heard = listener.heard
    job.done.disconnect()
    listener.deleteLater()
    with qtbot.waitSignal(listener.destroyed):
        pass
    with qtbot.waitSignal(job.finished):
        go_on.set()
    assert ("finished", None) not in heard


def test_draining_stores_what_waits_and_stops_the_rest(qtbot: QtBot) -> None:
    lanes = Lanes()
    stored: list[int] = []
    begun = threading.Event()

    def compute(handle: Handle) -> None:
        begun.set()
        while not handle.stopped():
            threading.Event().wait(0.001)

    computing = Listener(lanes.start(Lane.INFERENCE, compute))
    storing = [lanes.start(Lane.STORAGE, lambda handle, n=n: stored.append(n)) for n in range(50)]
    assert begun.wait(10)
    assert lanes.drain()
    assert stored == list(range(50))
    assert computing.heard == [("cancelled", None), ("finished", None)]
    assert lanes.busy == 0
    late = Listener(lanes.start(Lane.STORAGE, stored.append))
    assert lanes.drain()
    assert late.heard == [("cancelled", None), ("finished", None)]
    assert len(stored) == len(storing)


def test_what_an_ending_starts_while_all_is_drained_comes_to_rest_too(qtbot: QtBot) -> None:
    lanes = Lanes()
    ended: list[str] = []

    def again() -> None:
        ended.append("first")
        lanes.start(Lane.STORAGE, lambda _: None).finished.connect(lambda: ended.append("second"))

    lanes.start(Lane.STORAGE, lambda _: None).finished.connect(again)
    assert lanes.drain()
    assert (ended, lanes.busy) == (["first", "second"], 0)


def test_posts_that_come_together_leave_the_window_a_turn_between_them(
    qtbot: QtBot, lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one of them takes long for does not hold up keys and paint together with all that comes behind it."""
    monkeypatch.setattr("fieldguide.services.lanes.TURN_SECONDS", 0.0)  # any is long
    told: list[object] = []

    def take(value: object) -> None:
        told.append(value)
        QTimer.singleShot(0, lambda: told.append("the window"))

    def work(handle: Handle) -> None:
        for number in range(3):
            handle.tell(number)

    job = lanes.start(Lane.READING, work)
    job.reported.connect(take)
    lanes._pools[Lane.READING].waitForDone()  # all are there before the first is taken
    with qtbot.waitSignal(job.finished, timeout=20_000):
        pass
    assert told == [0, "the window", 1, "the window", 2, "the window"]
