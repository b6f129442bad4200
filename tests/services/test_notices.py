from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.records import UnreadablePhoto
from fieldguide.services.notices import Notices, Severity
from fieldguide.services.progress import Pace, Progress

FULL = FieldGuideError(ErrorCode.DISK_FULL, path="/finds/o.db")


def unreadable(name: str) -> UnreadablePhoto:
    return UnreadablePhoto(Path("/finds", name), FieldGuideError(ErrorCode.PHOTO_EMPTY, file=name))


def test_notices_wait_until_they_are_taken_and_come_in_order(qtbot: QtBot) -> None:
    notices = Notices()
    notices.report(FULL)
    with qtbot.waitSignal(notices.posted):
        notices.tell("storage.deleted", count=3)
    first, second = notices.take()
    assert (first.severity, second.severity) == (Severity.PROBLEM, Severity.NEWS)
    assert "/finds/o.db" in first.words
    assert "3" in second.words
    assert notices.take() == ()


def test_the_same_failure_is_told_once_until_it_is_taken() -> None:
    notices = Notices()
    for _ in range(3):
        notices.report(FieldGuideError(FULL.code, **FULL.facts))
    assert len(notices.take()) == 1
    notices.report(FULL)
    assert len(notices.take()) == 1


def test_files_that_could_not_be_read_are_each_named() -> None:
    notices = Notices()
    notices.report_unreadable([])
    notices.report_unreadable([unreadable("one.jpg")])
    notices.report_unreadable([unreadable("one.jpg"), unreadable("two.jpg")])
    single, several = notices.take()
    assert "one.jpg" in single.words
    assert "2" in several.words
    assert ["two.jpg" in line for line in several.details] == [False, True]


def test_what_nobody_expected_goes_another_way(qtbot: QtBot) -> None:
    notices = Notices()
    error = ZeroDivisionError()
    with qtbot.waitSignal(notices.defect) as told:
        notices.report(error)
    assert told.args == [error]
    assert notices.take() == ()


def test_the_time_left_follows_the_latest_pieces() -> None:
    now = 0.0
    pace = Pace(4, clock=lambda: now)
    told = []
    for seconds in (9.0, 1.0, 2.0, 4.0):
        now += seconds
        told.append(pace.step())
    assert [each.percent for each in told] == [25, 50, 75, 100]
    assert [each.seconds_left for each in told] == [None, None, pytest.approx(4.0), 0.0]


def test_nothing_to_do_is_all_done() -> None:
    assert Progress(0, 0).percent == 100
