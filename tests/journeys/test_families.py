"""Networks of the last years, from folders of photos to a verdict: no size has to be given."""

import json
from pathlib import Path

import pytest

from fieldguide.cli import main as fieldguide
from tests.helpers.photo_folders import make_photo_folders
from trainer.cli import main as train

LABELS = ["Amanita_muscaria", "Amanita_phalloides"]
SMALL_SWIN = "network.options={embed_dim = 16, depths = [1, 1, 1, 1], num_heads = [1, 2, 4, 8]}"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("test_convnext", "network.options={}"),
        ("vit_tiny_patch16_224", "network.options={depth = 2}"),
        ("swin_tiny_patch4_window7_224", SMALL_SWIN),
    ],
)
@pytest.mark.filterwarnings("error::torch.jit.TracerWarning")
def test_from_folders_to_a_verdict(name: str, options: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos, run = make_photo_folders(tmp_path / "photos", LABELS, 10), tmp_path / "run"
    call = ["run", str(photos), "--out", str(run), "--model", name, "--set", options, "--init", "random"]
    assert train([*call, "--device", "cpu", "--quiet", "--preset", "quick"]) == 0
    photo = photos / LABELS[1] / "001.jpg"
    assert fieldguide(["identify", str(photo), "--model", str(run / "model.fieldguide"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["observations"][0]
    assert {each["scientific_name"] for each in found["candidates"]} == {"Amanita muscaria", "Amanita phalloides"}
