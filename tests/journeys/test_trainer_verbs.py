"""The verbs beside `run`, called as people call them, on drawn photos and a network that is small enough."""

import csv
import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from tests.helpers.photo_folders import make_photo_folders
from tests.helpers.torchrun import torchrun
from trainer.cli import main as train

LABELS = ["Amanita_phalloides", "Boletus_edulis"]
TINY = ["--model", "small-cnn", "--init", "random", "--device", "cpu", "--batch-size", "8"]
TINY += ["--set", "network.options={layers = [8, 16], dense = [16]}", "--set", "data.cache_size=48"]
TINY += ["--set", "fit.probe_size=32", "--set", "fit.probe_epochs=5"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_photo_folders(tmp_path_factory.mktemp("verbs") / "photos", LABELS, 24)


def test_a_sweep_compares_runs_that_share_their_photos(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    phases = "fit.phases=[{epochs = 2, size = 32, learning_rate = 3e-3}]"
    options = [
        "fit.optimizer=adamw,adam-then-sgd",
        "network.grayscale=true",
        "fit.class_weights=sqrt",
        "fit.balance=none",
        "fit.tensorboard=true",
    ]
    settings = [word for option in [phases, *options] for word in ("--set", option)]
    assert train(["sweep", str(photos), "--out", str(out), *TINY, *settings, "--quiet"]) == 0
    with (out / "sweep.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["fit.optimizer"] for row in rows} == {"adamw", "adam-then-sgd"}
    assert float(rows[0]["val_top1"]) >= float(rows[1]["val_top1"])
    assert all(0 <= float(row["test_top1"]) <= 1 for row in rows)
    first, second = out / "001", out / "002"
    assert (first / "cache/pixels.npy").samefile(second / "cache/pixels.npy")
    assert (first / "split.csv").samefile(second / "split.csv")
    assert len(list((out / "tensorboard").rglob("events*"))) >= 2
    assert len(list((first / "tensorboard").glob("events*"))) == 1


def test_the_rate_finder_suggests_a_rate(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["find-rate", str(photos), "--out", str(tmp_path / "run"), *TINY, "--steps", "30", "--json"]
    phases = "fit.phases=[{epochs = 1, size = 32}]"
    assert train([*call, "--set", phases]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 1e-6 <= told["suggestion"] <= 1
    assert len(Path(told["curve"]).read_text().splitlines()) > 10


def test_a_sheet_shows_every_augmentation(photos: Path, tmp_path: Path) -> None:
    file = tmp_path / "sheet.png"
    call = ["augment-sheet", str(photos), "--out", str(file), "--photos", "2", "--size", "48"]
    assert train([*call, "--set", "fit.augment={background_mask = 0.5}"]) == 0
    with Image.open(file) as sheet:
        assert sheet.height == 2 * 48 + 16
        assert sheet.width >= 15 * 48


def test_an_autoencoder_repaints_invents_and_is_compared(photos: Path, tmp_path: Path, bundle_path: Path) -> None:
    others = make_photo_folders(tmp_path / "others", ["things"], 5)
    out = tmp_path / "auto"
    small = ["--size", "32", "--width", "4", "--latent", "4", "--epochs", "2", "--device", "cpu", "--quiet"]
    call = ["autoencoder", str(photos), "--out", str(out), "--background", str(others), "--bundle", str(bundle_path)]
    assert train([*call, *small]) == 0
    found = json.loads((out / "autoencoder.json").read_text(encoding="utf-8"))
    assert found["classifier"]["labelled"] > 0
    assert {"reconstruction_error", "energy", "max_probability"} <= found["unknown"].keys()
    assert len(found["losses"]) == 2
    for name, rows in (("before_after", 4), ("generated", 3)):
        with Image.open(out / f"{name}.png") as sheet:
            assert sheet.size == (12 * 32, rows * 32)


def test_two_processes_train_one_network(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "crew"
    phases = "fit.phases=[{epochs = 2, size = 32, learning_rate = 3e-3}]"
    done = torchrun("-m", "trainer.cli", "run", str(photos), "--out", str(out), *TINY, "--set", phases)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Done.") == done.stderr.count("» exporting") == 1  # one process speaks and saves
    assert len((out / "log.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    state = torch.load(out / "checkpoints" / "last.pt", weights_only=True)
    assert state["history"][-1]["loss"] < 2
    assert (out / "model.fieldguide").exists()
    assert (out / "report.html").exists()
