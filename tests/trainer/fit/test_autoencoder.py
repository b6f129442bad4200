"""The autoencoder after kill -9 goes on to the bit, and only with the same photos and options."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.helpers.photo_folders import make_photo_folders
from trainer.cli import main as train
from trainer.commands.autoencoder import SHOWN, evenly

TRAIN_IN_A_PROCESS = """
import sys, torch
torch.set_num_threads(1)
from trainer.cli import main
from trainer.fit import autoencoder
autoencoder.SAVE_EVERY = 0.0
sys.exit(main(sys.argv[1:]))
"""
SMALL = ["--size", "32", "--width", "4", "--latent", "4", "--epochs", "12", "--device", "cpu", "--resume", "--quiet"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_photo_folders(tmp_path_factory.mktemp("auto") / "photos", ["a", "b", "c"], 55)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Sums in one order, here as in the process that is killed."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _weights(out: Path) -> dict[str, torch.Tensor]:
    weights: dict[str, torch.Tensor] = torch.load(out / "autoencoder.pt", weights_only=True)["state_dict"]
    return weights


@pytest.mark.usefixtures("one_thread")
def test_after_kill_9_it_goes_on_to_the_bit(photos: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    call = ["autoencoder", str(photos), *SMALL, "--out"]
    assert train([*call, str(whole)]) == 0
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    script = [sys.executable, "-c", TRAIN_IN_A_PROCESS, *call, str(killed)]
    with subprocess.Popen(script, env=environment) as process:
        while not (killed / "checkpoint.pt").exists():
            assert process.poll() is None, "it ended before it could be killed"
        process.send_signal(signal.SIGKILL)
    assert torch.load(killed / "checkpoint.pt", weights_only=True)["epoch"] < 12
    assert not (killed / "autoencoder.pt").exists()
    assert train([*call, str(killed)]) == 0
    first, second = _weights(whole), _weights(killed)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    numbers = [(out / "autoencoder.json").read_text(encoding="utf-8") for out in (whole, killed)]
    assert numbers[0] == numbers[1]


def test_other_options_and_other_photos_are_refused(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call = ["autoencoder", str(photos), "--out", str(out), *SMALL]
    quick = ["--epochs", "1"]
    assert train([*call, *quick]) == 0
    assert train([*call, *quick]) == 0  # nothing left to learn: the same results again
    assert train([*call, *quick, "--latent", "8"]) == 2
    assert train(["autoencoder", str(photos / "a"), "--out", str(out), *SMALL, *quick]) == 2
    assert train([word for word in [*call, *quick] if word != "--resume"]) == 2


def test_the_sheet_shows_photos_from_the_first_to_the_last_folder() -> None:
    assert evenly(50).tolist()[::11] == [0, 49]
    assert len(evenly(50)) == SHOWN
    assert evenly(3).tolist() == [0, 1, 2]
