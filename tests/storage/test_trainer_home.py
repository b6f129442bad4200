"""The trainer's environment: a real one, made by the real pip from a folder of wheels, so without a network."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil
import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.storage import trainer_home
from fieldguide.storage.pip_words import PipOutput, SetUp, coming, failure_of
from fieldguide.storage.system_python import clean_environment, find_python
from fieldguide.storage.trainer_home import TrainerHome, find_trainer
from tests.helpers.wheels import make_wheel

ROOT = Path(__file__).resolve().parents[2]
TORCH = "print('torch', '2.14.1+cpu')"  # loading it takes seconds
CLOSED = "http://127.0.0.1:9/simple"


def go_on() -> bool:
    return False


def test_it_is_made_used_renewed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One environment from its first failed try to its end: making one takes seconds of a processor."""
    wheels, folder = tmp_path / "wheels", tmp_path / "trainer"
    wheel = make_wheel(tmp_path / "package", "fieldguide", {"ours.py": ""}, for_training=["needed"])
    home, told = TrainerHome(folder, wheel), []
    wheels.mkdir()
    (folder / "env").mkdir(parents=True)
    (folder / "env" / "half").touch()
    with pytest.raises(FieldGuideError) as refused:
        home.set_up(wheels, told.append, go_on)
    assert (refused.value.code, refused.value.facts["name"]) == (ErrorCode.SETUP_WHEEL_MISSING, "needed")
    assert (home.ready, (folder / "env" / "half").exists()) == (False, False)
    # what training needs is that of this Python, so that a test fetches none of it
    here = "\n".join((str(ROOT), sysconfig.get_paths()["purelib"]))
    asks = ("PySide6_More", "nvidia_cusolver_cu13")
    make_wheel(wheels, "needed", {"needed.pth": here}, needs=asks)
    for name in asks:
        make_wheel(wheels, name, {f"{name}.txt": ""})
    monkeypatch.setattr(trainer_home, "has_graphics_card", lambda: False)
    assert home.set_up(wheels, told.append, go_on)
    assert home.ready
    assert home.torch
    (modules,) = (folder / "env").rglob("site-packages")
    assert {each.name for each in modules.glob("*.txt")} == set()
    monkeypatch.setattr(trainer_home, "has_graphics_card", lambda: True)
    assert not home.ready
    monkeypatch.setattr(trainer_home, "_TRIES", TORCH)
    assert home.set_up(wheels, lambda _: None, go_on)  # a card came: what it needs is fetched
    assert home.ready
    assert {each.name for each in modules.glob("*.txt")} == {"nvidia_cusolver_cu13.txt"}
    assert not (folder / "temporary").exists()
    stamp = json.loads((folder / "ready.json").read_text())
    (folder / "ready.json").write_text(json.dumps(stamp | {"program": "/usr/bin/python3.9"}))
    assert not home.ready  # the system's Python is another one now
    (folder / "ready.json").write_text(json.dumps(stamp))
    assert list(dict.fromkeys(each.step for each in told)) == ["preparing", "fetching", "installing", "trying"]
    assert {each.name for each in told if each.step == "fetching"} >= {"fieldguide", "needed"}
    assert not (folder / "making.json").exists()
    monkeypatch.setattr(trainer_home, "NEEDED", ("no_such_library",))
    call = find_trainer(home)
    assert call is not None
    assert call.command[0] == str(home.python)
    said = subprocess.run([*call.command, "--help"], env=call.environment(), capture_output=True, check=True).stdout
    assert b"was-trained-on" in said
    # another package: it is renewed, and what is there is not fetched again
    monkeypatch.undo()
    newer = make_wheel(tmp_path / "newer", "fieldguide", {"ours.py": ""}, version="2", for_training=["needed", "more"])
    renewed = TrainerHome(folder, newer)
    assert (renewed.ready, home.ready) == (False, True)
    for name, value in (("CONFIG_FILE", "/dev/null"), ("INDEX_URL", CLOSED), ("RETRIES", "1"), ("FIND_LINKS", "")):
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.setattr(trainer_home, "LOOK_SECONDS", 0.05)
    with pytest.raises(FieldGuideError) as refused:
        renewed.set_up(None, told.append, go_on)
    assert refused.value.code is ErrorCode.SETUP_UNREACHABLE
    assert not home.ready
    home.remove()
    assert not folder.exists()
    home.remove()


def test_pip_fetches_from_where_its_user_set_it_and_what_was_left_out_only_when_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index of builds for the processor, say, is named by nobody but the user. One environment tries both."""
    for folder, version in (("usual", "1"), ("own", "1+cpu")):
        make_wheel(tmp_path / folder, "needed", {}, version=version, needs=["triton"])
    make_wheel(tmp_path / "usual", "triton", {"of_the_card.py": ""})
    home = TrainerHome(tmp_path / "trainer", make_wheel(tmp_path, "fieldguide", {}, for_training=["needed"]))
    folders = f"{tmp_path / 'usual'} {tmp_path / 'own'}"
    for name, value in (("CONFIG_FILE", "/dev/null"), ("NO_INDEX", "1"), ("FIND_LINKS", folders)):
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.setattr(trainer_home, "has_graphics_card", lambda: False)
    monkeypatch.setattr(trainer_home, "_TRIES", f"import of_the_card; {TORCH}")  # a torch that loads it at once
    told: list[SetUp] = []
    assert home.set_up(None, told.append, go_on)
    assert home.ready
    assert len(list(home.folder.rglob("needed-1+cpu.dist-info"))) == 1
    assert [each.step for each in told].count("trying") == 2
    assert home.torch == "2.14.1+cpu"


def test_nobody_elses_package_of_the_projects_name_is_asked_for(tmp_path: Path) -> None:
    names = {"fieldguide": "9", "Torch": "2.14.1", "nvidia_cusolver.cu13": "1"}
    report = tmp_path / "report.json"
    install = [{"metadata": {"name": name, "version": version}} for name, version in names.items()]
    report.write_text(json.dumps({"install": install}))
    assert coming(report, ("fieldguide", "nvidia-cusolver")) == ["Torch==2.14.1"]


def test_what_setting_up_takes_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = TrainerHome(tmp_path / "not" / "there", None)
    monkeypatch.setattr(trainer_home, "has_graphics_card", lambda: True)
    with_card = home.takes()
    monkeypatch.setattr(trainer_home, "has_graphics_card", lambda: False)
    without = home.takes()
    assert without.load <= with_card.load
    assert without.peak == without.disk + 2 * without.load
    assert without.free > 0


def test_it_is_stopped_at_any_time(tmp_path: Path) -> None:
    home = TrainerHome(tmp_path / "trainer", make_wheel(tmp_path, "fieldguide", {}))
    before = psutil.Process().children(recursive=True)
    assert home.set_up(tmp_path, lambda _: None, lambda: True) is False
    assert (home.ready, (home.folder / "making.json").exists()) == (False, False)
    assert set(psutil.Process().children(recursive=True)) <= set(before)


def test_without_a_wheel_nothing_is_made(tmp_path: Path) -> None:
    home = TrainerHome(tmp_path / "trainer", None)
    with pytest.raises(FieldGuideError) as refused:
        home.set_up(None, lambda _: None, go_on)
    assert (refused.value.code, home.exists) == (ErrorCode.TRAINER_MISSING, False)


def test_what_a_killed_program_left_at_work_is_ended_and_what_another_does_is_left_alone(tmp_path: Path) -> None:
    home = TrainerHome(tmp_path / "trainer", make_wheel(tmp_path, "fieldguide", {}))
    home.folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as left:
        child = [left.pid, psutil.Process(left.pid).create_time()]
        (home.folder / "making.json").write_text(json.dumps({"owner": child, "child": child}))
        with pytest.raises(FieldGuideError) as refused:
            home.set_up(tmp_path, lambda _: None, go_on)
        assert refused.value.code is ErrorCode.SETUP_BUSY
        (home.folder / "making.json").write_text(json.dumps({"owner": [left.pid, 1.0], "child": child}))
        home.remove()
        assert left.wait(10) is not None
    assert not home.exists


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("echo 3 9; echo /usr/bin/python3", ErrorCode.PYTHON_MISSING),
        ("echo 3 11; exit 1", ErrorCode.PYTHON_WITHOUT_VENV),
        ("exit 3", ErrorCode.PYTHON_MISSING),
        (None, ErrorCode.PYTHON_MISSING),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="writes programs for a shell")
def test_a_system_without_a_python_that_can_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str | None, code: ErrorCode
) -> None:
    if says:
        (tmp_path / "python3").write_text(f"#!/bin/sh\n{says}\n")
        (tmp_path / "python3").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FieldGuideError) as refused:
        find_python()
    assert refused.value.code is code


# as pip 23 to 26 and venv wrote it
LAST_WORDS = [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", ErrorCode.DISK_FULL),
    (
        "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<pip...>: "
        "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/torch/\n"
        "ERROR: No matching distribution found for torch>=2.6",
        ErrorCode.SETUP_UNREACHABLE,
    ),
    ("ERROR: No matching distribution found for scikit-learn>=1.4; extra == 'trainer'", ErrorCode.SETUP_WHEEL_MISSING),
    ("Traceback (most recent call last):\nImportError: libgomp.so.1: cannot open\n\n", ErrorCode.SETUP_FAILED),
]


@pytest.mark.parametrize(("said", "code"), LAST_WORDS)
def test_the_last_words_of_pip_become_a_sentence(said: str, code: ErrorCode, tmp_path: Path) -> None:
    failure = failure_of(said, tmp_path / "log.txt")
    assert failure.code is code
    assert failure.facts.get("name", "scikit-learn") == "scikit-learn"
    assert failure.facts.get("problem", "ImportError: libgomp.so.1: cannot open").startswith("ImportError")


def test_how_far_it_is_is_read_from_what_pip_writes() -> None:
    told: list[SetUp] = []
    reader = PipOutput(told.append)
    for said in (
        "Collecting torch>=2.6 (from fieldguide==0.1.0)\n  Downloading torch-2.14.1-cp311-cp311-manylinux_2.whl",
        " (880.0 MB)\nProgress 1000 of 88",
        "0000\nProgress 880000 of 880000\n",
        "Downloading scikit_learn-1.9.1-cp311-cp311-manylinux_2.whl (2.5 MB)\nProgress 5000 of 5000\n",
        "Installing collected packages: scikit-learn, torch\n",
    ):
        reader.hear(said)
    assert told == [
        SetUp("fetching", "torch"),
        SetUp("fetching", "torch", fetched=0),
        SetUp("fetching", "torch", 880_000, 880_000, 880_000),
        SetUp("fetching", "scikit_learn", 5000, 5000, 885_000),
        SetUp("installing", fetched=885_000),
    ]


def test_a_frozen_program_hands_on_none_of_its_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    around = {"LD_LIBRARY_PATH": "/opt/fieldguide/lib", "LD_LIBRARY_PATH_ORIG": "/usr/lib/x", "HOME": "/h"}
    assert clean_environment(around)["LD_LIBRARY_PATH"] == "/opt/fieldguide/lib"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert clean_environment(around) == {"LD_LIBRARY_PATH": "/usr/lib/x", "HOME": "/h"}
    assert clean_environment({"LD_LIBRARY_PATH": "/opt/fieldguide/lib"}) == {}
