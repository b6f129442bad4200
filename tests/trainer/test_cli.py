"""The command line as a shell sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldguide.core.resources import resource
from fieldguide.core.training.events import Failed, read_event
from tests.helpers.photo_folders import make_photo_folders
from trainer.cli import VERBS, main


def test_a_reader_that_goes_away_is_no_error() -> None:
    gone, output = os.pipe()
    os.close(gone)
    inspect = [sys.executable, "-m", "trainer.cli", "inspect", str(resource("model", "starter.fieldguide"))]
    ended = subprocess.run(inspect, stdout=output, stderr=subprocess.PIPE, check=False)
    os.close(output)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("call", [["inspect"], ["look", "--json"]])
def test_an_output_without_room_is_one_sentence(call: list[str], tmp_path: Path) -> None:
    photos = make_photo_folders(tmp_path / "photos", ["Amanita_muscaria", "Boletus_edulis"], 4)
    about = str(resource("model", "starter.fieldguide")) if call[0] == "inspect" else str(photos)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "trainer.cli", *call, about]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("fieldguide-train: The disk is full")
    assert "Traceback" not in ended.stderr
    assert "ignored" not in ended.stderr


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = make_photo_folders(tmp_path / "photos", ["Amanita_muscaria", "Boletus_edulis"], 4)
    taken = tmp_path / "taken"
    taken.write_text("a file where a folder should be")
    call = ["run", str(photos), "--out", str(taken), "--model", "small-cnn", "--init", "random", "--quiet"]
    assert main(call) == 1
    told = capsys.readouterr().err
    assert str(taken) in told
    assert "Choose another place" in told


REFUSED = """
import sys
from trainer.cli import VERBS, main
try:
    status = main(sys.argv[1:])
except SystemExit as refusal:
    status = refusal.code
print(status, "torch" in sys.modules)
"""


@pytest.mark.parametrize(
    "call",
    [
        ["run", "nowhere", "--out", "run"],
        ["run", "nowhere", "--out", "run", "--no-such-option"],
        ["run", "nowhere", "--out", "run", "--set", "fit.nothing=1"],
        ["sweep", "nowhere", "--out", "run", "--set", "fit.mixup=0,0.2"],
        ["find-rate", "nowhere", "--out", "run"],
        ["run", "one", "--out", "run"],
        ["run", "one", "--out", "run", "--dry-run"],
        ["run", "two", "--out", "begun"],
        ["run", "two", "--out", "run", "--model", "swin"],
    ],
)
def test_a_wrong_call_is_refused_before_torch_is_loaded(call: list[str], tmp_path: Path) -> None:
    (tmp_path / "one" / "Boletus_edulis").mkdir(parents=True)
    (tmp_path / "one" / "Boletus_edulis" / "1.jpg").touch()
    for name in ("Boletus_edulis", "Amanita_muscaria"):
        (tmp_path / "two" / name).mkdir(parents=True)
        for number in range(8):
            (tmp_path / "two" / name / f"{number}.jpg").touch()
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "config.toml").touch()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    told = subprocess.run(
        [sys.executable, "-c", REFUSED, *call],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    status, loaded = told.stdout.split()[-2:]
    assert status in ("1", "2")
    assert loaded == "False"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    ("of", "code"), [("memory", "training_memory"), ("torch", "training_memory"), ("disk", "disk_full")]
)
def test_what_runs_out_is_a_sentence_and_an_event(
    of: str, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(VERBS, "look", "tests.helpers.greedy_verb")
    assert main(["look", of, "--json"]) == 1
    told = capsys.readouterr()
    failed = read_event(told.out)
    assert isinstance(failed, Failed)
    assert failed.code == code
    assert told.err.startswith("fieldguide-train: ")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bind no address space")
def test_where_no_thread_may_be_started_a_sentence_says_so(tmp_path: Path) -> None:
    """numpy's library raises SIGINT there, and the last word was that somebody had stopped it. A limit of processes
    does not bind root, under whom tests may run; stacks larger than all memory refuse a thread as well.
    """
    limits = "ulimit -s 8000000 -v 4000000 && exec"
    call = f'{limits} "{sys.executable}" -m trainer.cli run "{tmp_path}" --out "{tmp_path / "run"}" --quiet'
    done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, timeout=60, check=False)
    if "ulimit" in done.stderr:
        pytest.skip("limits cannot be set here")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("fieldguide-train: This system does not let"), done.stderr
    assert "Traceback" not in done.stderr
