"""Bring your own weights: a table of weights for a named network, a TorchScript program, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from torch import nn

from fieldguide.core.bundle import read_manifest
from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from fieldguide.inference.runtime import Runtime
from tests.helpers.bundles import write_photo
from trainer.cli import main
from trainer.export.label_list import read_label_list
from trainer.export.packaged import SameConv2d

LINES = "Amanita phalloides (Death cap)\nAnax imperator (Emperor)\nBoletus\nbackground\n"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    file = tmp_path / "labels.txt"
    file.write_text(LINES, encoding="utf-8")
    return file


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(3)
    file = tmp_path / "weights.pth"
    torch.save(timm.create_model("test_resnet", num_classes=4).eval().state_dict(), file)
    return file


def call(weights: Path, labels: Path, out: Path, *more: str) -> int:
    told = ["--weights", str(weights), "--labels", str(labels), "--out", str(out), "--name", "Mine", "--size", "64"]
    return main(["package", *told, *more])


def test_weights_of_a_named_network_answer_as_that_network_does(weights: Path, labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.fieldguide"
    assert call(weights, labels, out, "--model", "test_resnet", "--mean", "0.5", "--std", "0.25") == 0
    runtime = Runtime.load(out, "cpu", threads=1)
    picture = np.random.default_rng(0).integers(0, 256, (1, 3, 64, 64), dtype=np.uint8)
    logits, embedding = runtime.run(picture)
    network = timm.create_model("test_resnet", num_classes=4)
    network.load_state_dict(torch.load(weights, weights_only=True))
    with torch.no_grad():
        expected = network.eval()((torch.from_numpy(picture).float() / 255 - 0.5) / 0.25).numpy()
    np.testing.assert_allclose(logits, expected, atol=1e-3)
    assert embedding.shape[1] == network.num_features
    manifest = runtime.manifest
    assert [label.rank for label in manifest.labels] == [Rank.SPECIES, Rank.SPECIES, Rank.GENUS, Rank.BACKGROUND]
    assert manifest.thresholds == {}
    assert manifest.provenance["common_names"]["Anax imperator"] == "Emperor"
    assert "Nobody measured it" in (runtime.bundle.extra("card.md") or b"").decode()


class Program(nn.Module):
    """Logits alone, of the mean colours."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        means = pictures.mean(dim=[2, 3])
        return torch.cat([means, means.sum(dim=1, keepdim=True)], dim=1)


@pytest.mark.parametrize(
    "program", [torch.jit.script(Program()), torch.jit.trace(Program(), torch.zeros(1, 3, 64, 64))]
)
@pytest.mark.filterwarnings("ignore:.*jit.*:DeprecationWarning")
def test_a_torchscript_program_becomes_a_bundle(labels: Path, tmp_path: Path, program: torch.nn.Module) -> None:
    file, out = tmp_path / "program.pt", tmp_path / "mine.fieldguide"
    torch.jit.save(program, str(file))
    assert call(file, labels, out, "--mean", "0", "--std", "1") == 0
    logits, embedding = Runtime.load(out, "cpu", threads=1).run(np.full((1, 3, 64, 64), 51, np.uint8))
    np.testing.assert_allclose(logits, [[0.2, 0.2, 0.2, 0.6]], atol=1e-5)
    np.testing.assert_array_equal(logits, embedding)


def test_calibrating_fits_temperature_and_thresholds(
    weights: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for label, name in enumerate(("Amanita_phalloides", "Boletus")):
        for seed in range(6):
            write_photo(tmp_path / "photos" / name / f"{seed}.jpg", label, 20 * label + seed)
    out = tmp_path / "mine.fieldguide"
    assert call(weights, labels, out, "--model", "test_resnet", "--calibrate", str(tmp_path / "photos")) == 0
    manifest = read_manifest(out)
    assert "alarm_exponent" in manifest.thresholds
    assert manifest.metrics["calibrated_on"]["photos"] == 12
    assert f"{100 * manifest.metrics['calibrated_on']['top1']:.1f} %" in capsys.readouterr().out
    assert main(["verify", str(out)]) == 0


def test_photos_of_one_find_are_one_witness_of_the_alarm(weights: Path, labels: Path, tmp_path: Path) -> None:
    photos, manifest = tmp_path / "photos", tmp_path / "manifest.csv"
    for label, name in enumerate(("Amanita_phalloides", "Boletus")):
        for seed in range(24):
            coarse = np.random.default_rng((label, seed)).integers(0, 256, (6, 8, 3), dtype=np.uint8)
            (photos / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC).save(photos / name / f"{seed}.jpg")
    names = [f"{number}.jpg" for number in range(24)]
    finds = [f"Amanita_phalloides/{name},,{name if number < 2 else 'one'}" for number, name in enumerate(names)]
    manifest.write_text("\n".join(["file,source,observation", *finds]), encoding="utf-8")
    found = {}
    for more in ([], ["--manifest", str(manifest)]):
        out = tmp_path / f"model{len(more)}.fieldguide"
        assert call(weights, labels, out, "--model", "test_resnet", "--calibrate", str(photos), *more) == 0
        found[bool(more)] = read_manifest(out).thresholds
    assert found[False]["deadly_guarantee"]["groups"] == 24
    assert found[True].get("deadly_guarantee") is None, "three witnesses promise nothing"


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        (["--model", "test_resnet", "--mean", "0.5", "0.5"], 2, "--mean"),
        (["--model", "no_such_network"], 2, "no_such_network"),
        (["--model", "test_efficientnet"], 1, "--model"),
        ([], 2, "--model"),
        (["--model", "test_resnet", "--size", "7"], 2, "--size"),
        (["--model", "test_resnet", "--background", "."], 2, "--calibrate"),
        (["--model", "test_resnet", "--region", "atlantis"], 2, "atlantis"),
        (["--model", "test_resnet", "--version", ""], 2, "--version"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    weights: Path,
    labels: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    status: int,
    word: str,
) -> None:
    out = tmp_path / "mine.fieldguide"
    assert call(weights, labels, out, *more) == status
    assert word in capsys.readouterr().err
    assert not out.exists()


def test_a_label_list_of_another_length_is_refused(
    weights: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels.write_text(LINES + "Anax junius\n", encoding="utf-8")
    assert call(weights, labels, tmp_path / "mine.fieldguide", "--model", "test_resnet") == 2
    said = capsys.readouterr().err
    assert "4 numbers" in said
    assert "5 labels" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (LINES.encode("utf-16-le"), "UTF-8"),
        (LINES.replace("Emperor", "Libellule azurée").encode("latin-1"), "UTF-8"),
        (b"0 Amanita phalloides\n1 Boletus\n2 Anax\n3 background\n", "begins with a number"),
        (b"Amanita phalloides\nBoletus\nAnax\nSafe to eat\n", "promises a meal"),
    ],
)
def test_a_list_that_cannot_be_taken_says_why(
    weights: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    labels.write_bytes(data)
    assert call(weights, labels, tmp_path / "mine.fieldguide", "--model", "test_resnet") == 2
    assert said in capsys.readouterr().err


def test_the_weights_of_a_training_are_taken_out_of_its_checkpoint(weights: Path, labels: Path, tmp_path: Path) -> None:
    state = torch.load(weights, weights_only=True)
    wrapped = tmp_path / "checkpoint.pth"
    torch.save({"epoch": 3, "state_dict": {f"module.{name}": value for name, value in state.items()}}, wrapped)
    assert call(wrapped, labels, tmp_path / "mine.fieldguide", "--model", "test_resnet") == 0


def test_what_may_be_a_typing_error_is_said(
    weights: Path, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A death cap by a wrong name is told as unknown, and rings no alarm."""
    labels.write_text("Amanita phaloides\nAnax imperator\nBoletus\nbackground\n", encoding="utf-8")
    assert call(weights, labels, tmp_path / "mine.fieldguide", "--model", "test_resnet") == 0
    assert "Amanita phaloides (Amanita phalloides?)" in capsys.readouterr().out


def test_label_lines_become_taxa_and_names_outside_the_guide_are_not_bent(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("Amanita phaloides\nBoletus badius\nArgia fumipennis violacea ()\nbackground", encoding="utf-8")
    listed = read_label_list(file, load_guide())
    assert listed.taxa[0] == Taxon("Amanita phaloides", Rank.SPECIES, "Amanita"), "a misspelling is not guessed at"
    assert listed.taxa[1].name == "Imleria badia"
    assert listed.taxa[2] == Taxon("Argia fumipennis violacea", Rank.SPECIES, "Argia")
    assert listed.taxa[3] == BACKGROUND
    assert listed.common_names == {}


@pytest.mark.parametrize(("side", "pads"), [(224, (0, 1, 0, 1)), (7, (1, 1, 1, 1))])
def test_same_padding_is_that_of_tensorflow(side: int, pads: tuple[int, ...]) -> None:
    conv = nn.Conv2d(3, 4, 3, stride=2, padding=1)
    same = SameConv2d(conv, side, side)
    assert same.sides == pads
    pictures = torch.rand(1, 3, side, side)
    expected = nn.functional.conv2d(nn.functional.pad(pictures, pads), conv.weight, conv.bias, stride=2)
    torch.testing.assert_close(same(pictures), expected)
    assert same(pictures).shape[2] == -(-side // 2)
