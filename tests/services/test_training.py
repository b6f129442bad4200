"""The trainer's child process with a real, small process in its place: followed, killed, left and taken up again."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import psutil
import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.training import events
from fieldguide.core.training.decisions import Choice, Decision
from fieldguide.services import training_child
from fieldguide.services.training import Trainings
from fieldguide.services.training_child import Child
from fieldguide.storage.trainer_home import TrainerCall

EPOCH = events.Epoch(1, 2, 0.5, 0.9)
TELLS = f"print({events.write_event(EPOCH)!r}, flush=True)"
WAITS = f"{TELLS}; __import__('time').sleep(60)"


def python(program: str) -> TrainerCall:
    return TrainerCall((sys.executable, "-c", program))


def test_what_it_writes_is_told_and_how_it_ends(qtbot, tmp_path: Path) -> None:
    child = Child(tmp_path / "run" / "events.jsonl")
    failed = events.Failed("data_one_class", "one", {"folder": "photos", "labels": "1"})
    heard: list[object] = []
    child.reported.connect(heard.append)
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        child.start(python(f"{TELLS}; print({events.write_event(failed)!r})"))
    assert heard == [EPOCH, failed]
    assert (ended.args[0].code, ended.args[0].facts["labels"]) == (ErrorCode.DATA_ONE_CLASS, "1")


def test_one_that_ends_without_a_word_broke_off(qtbot, tmp_path: Path) -> None:
    child = Child(tmp_path / "events.jsonl")
    with qtbot.waitSignal(child.reported, timeout=20_000):
        child.start(python(WAITS))
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        psutil.Process(child.pid).kill()
    assert ended.args[0].code is ErrorCode.TRAINING_BROKE_OFF


def test_one_that_goes_on_is_told_from_its_beginning(qtbot, tmp_path: Path) -> None:
    """A curve continues, a cut-off line is lost alone, and how the first ended says nothing of the second."""
    file = tmp_path / "events.jsonl"
    over = events.Finished("r", "b", "h", ())
    file.write_text(f'{events.write_event(EPOCH)}\n{events.write_event(over)}\n{{"event": "ep')
    child = Child(file)
    heard: list[object] = []
    child.reported.connect(heard.append)
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        child.start(python("pass"), goes_on=True)
    assert heard == [EPOCH, over]
    assert ended.args[0].code is ErrorCode.TRAINING_BROKE_OFF
    later = events.Epoch(2, 2, 0.6, 0.9)
    child = Child(file)
    child.reported.connect(heard.append)
    with qtbot.waitSignal(child.ended, timeout=20_000):
        child.start(python(f"print({events.write_event(later)!r})"), goes_on=True)
    assert heard[2:] == [EPOCH, over, later]


def test_what_a_training_did_behind_a_closed_window_is_told(qtbot, tmp_path: Path) -> None:
    failed = events.Failed("training_memory", "full", {})
    trainings = Trainings(tmp_path, python("pass"))
    with qtbot.waitSignal(trainings.ended, timeout=20_000):
        trainings.begin([tmp_path / "photos"])
    trainings.call = python(f"{TELLS}; __import__('time').sleep(1); print({events.write_event(failed)!r})")
    with qtbot.waitSignal(trainings.reported, timeout=20_000):
        trainings.run()
    trainings.change(goes_on=True)
    trainings.close()
    psutil.Process(trainings.plan.pid).wait()
    again, heard = Trainings(tmp_path, python("pass")), []
    again.reported.connect(heard.append)
    with qtbot.waitSignal(again.ended, timeout=20_000) as ended:
        assert not again.take_up()
    assert heard == [EPOCH, failed]
    assert (ended.args[0], ended.args[1].code) == ("run", ErrorCode.TRAINING_MEMORY)
    assert not Trainings(tmp_path, python("pass")).take_up()


def test_own_finds_teach_beside_the_folders(qtbot, tmp_path: Path) -> None:
    tells = f"import sys; print(sys.argv, file=sys.stderr); print({events.write_event(events.Passed('x'))!r})"
    trainings = Trainings(tmp_path, python(tells))
    for act in (
        lambda: trainings.begin([tmp_path / "photos"]),
        lambda: (trainings.change(own=True), trainings.look()),
        lambda: trainings.run(),
        lambda: trainings.pass_on(tmp_path / "o.fieldguide", "Ours", "2", "CC0", "", ["Ada", "Bo"]),
        lambda: trainings.trace([tmp_path / "a.jpg"]),
    ):
        with qtbot.waitSignal(trainings.ended, timeout=20_000) as ended:
            act()
        assert ended.args[1] is None
    plan = trainings.plan
    first, second, run, third, fourth = (Path(plan.run) / "log.txt").read_text().splitlines()
    assert (str(plan.own_finds) in first, str(plan.own_finds) in second) == (False, True)
    assert re.search(r"'--name', 'Own model', '--set', 'export.version=\"\d{4}-\d\d-\d\d \d\d:\d\d\"'", run)
    assert "'--author', 'Ada', '--author', 'Bo'" in third
    assert f"'{tmp_path / 'a.jpg'}', '{Path(plan.run) / 'model.fieldguide'}'" in fourth


def test_another_window_takes_it_up_and_a_pause_rests_it(qtbot, tmp_path: Path) -> None:
    first = Child(tmp_path / "events.jsonl")
    with qtbot.waitSignal(first.reported, timeout=20_000):
        first.start(python(WAITS), "run", "--out", str(tmp_path))
    first.leave()
    second = Child(tmp_path / "events.jsonl")
    with qtbot.waitSignal(second.reported, timeout=20_000) as told:
        assert second.attach(first.pid)
    assert told.args == [EPOCH]
    second.pause()
    qtbot.waitUntil(lambda: psutil.Process(first.pid).status() == psutil.STATUS_STOPPED, timeout=20_000)
    with qtbot.waitSignal(second.ended, timeout=20_000) as ended:
        second.stop()
        first.look()  # reaps it: its parent is this process
    assert ended.args == [None]
    assert not Child(tmp_path / "events.jsonl").attach(first.pid)
    assert not Child(tmp_path / "events.jsonl").attach(os.getpid())  # a pid that another process has by now


def test_a_full_disk_on_which_even_the_end_could_not_be_told_is_named(qtbot, tmp_path: Path, monkeypatch) -> None:
    child = Child(tmp_path / "events.jsonl")
    monkeypatch.setattr(training_child, "LITTLE_ROOM", 2**63)
    with qtbot.waitSignal(child.ended, timeout=20_000) as ended:
        child.start(python("raise SystemExit(1)"))
    assert (ended.args[0].code, ended.args[0].facts["path"]) == (ErrorCode.DISK_FULL, str(tmp_path))


def test_a_plan_survives_its_window(qtbot, tmp_path: Path) -> None:
    trainings = Trainings(tmp_path, python(WAITS))
    with qtbot.waitSignal(trainings.reported, timeout=20_000):
        trainings.begin([tmp_path / "photos"])
    with qtbot.waitSignal(trainings.reported, timeout=20_000):
        trainings.run()
    trainings.change(goes_on=True)
    trainings.close()
    again = Trainings(tmp_path, python(WAITS))
    assert again.plan == trainings.plan
    with qtbot.waitSignal(again.reported, timeout=20_000):
        assert again.take_up()
    assert not again.paused
    again.pause()
    qtbot.waitUntil(lambda: psutil.Process(again.plan.pid).status() == psutil.STATUS_STOPPED, timeout=20_000)
    third = Trainings(tmp_path, python(WAITS))  # the window was killed while the training rested
    assert third.take_up()
    assert third.paused
    third.pause()
    assert psutil.Process(again.plan.pid).status() != psutil.STATUS_STOPPED
    third.stop()
    again.stop()
    trainings.stop()


def test_without_a_trainer_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refused:
        Trainings(tmp_path, None).begin([tmp_path])
    assert refused.value.code is ErrorCode.TRAINER_MISSING


def test_what_was_decided_before_a_training_is_found_by_the_next_window(qtbot, tmp_path: Path) -> None:
    audited = events.Audited("r", 1, {"dark": 1}, 0, {})
    trainings = Trainings(tmp_path / "t", python(f"print({events.write_event(audited)!r})"))
    (tmp_path / "photos").mkdir()
    trainings.begin([tmp_path / "photos"])
    trainings.stop()
    with qtbot.waitSignal(trainings.ended, timeout=20_000) as ended:
        trainings.audit()
    assert ended.args == ["audit", None]
    assert not Trainings(tmp_path / "t", None).decided
    trainings.answer([Decision("a.jpg", 1, Choice.DROP)])
    again = Trainings(tmp_path / "t", None)
    assert (again.decided, again.plan) == (True, trainings.plan)
    (tmp_path / "photos").rmdir()
    assert not again.decided
