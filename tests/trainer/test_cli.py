"""The command line as a shell sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldguide.core.resources import resource
from tests.helpers.photo_folders import make_photo_folders
from trainer.cli import main


def test_a_reader_that_goes_away_is_no_error() -> None:
    gone, output = os.pipe()
    os.close(gone)
    inspect = [sys.executable, "-m", "trainer.cli", "inspect", str(resource("model", "starter.fieldguide"))]
    ended = subprocess.run(inspect, stdout=output, stderr=subprocess.PIPE, check=False)
    os.close(output)
    assert (ended.returncode, ended.stderr) == (1, b"")


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
