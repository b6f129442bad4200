"""Work of the GUI thread a piece a turn."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from fieldguide.ui.kit.turns import Turns


def test_each_step_has_a_turn_in_which_others_come_too(qtbot) -> None:
    owner, done = QObject(), []
    turns = Turns(owner)
    beat = QTimer(owner)
    beat.timeout.connect(lambda: done.append("beat"))
    turns.do(lambda: done.append(1), beat.start, lambda: done.append(2))
    assert done == [], "nothing in the turn in which it is asked for"
    turns.do(lambda: done.append(3))
    qtbot.waitUntil(lambda: 3 in done, timeout=20_000)
    assert [each for each in done if each != "beat"] == [1, 2, 3]
    assert not turns.waiting


def test_what_waits_is_done_at_once_or_forgotten() -> None:
    owner, done = QObject(), []
    turns = Turns(owner)
    turns.do(lambda: done.append(1), lambda: turns.do(lambda: done.append(3)), lambda: done.append(2))
    turns.finish()
    assert done == [1, 2, 3]
    turns.do(lambda: done.append(4))
    turns.drop()
    turns.finish()
    assert done == [1, 2, 3]
