"""A bundle measured on folders of photos, and the gate between two."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from fieldguide.core.text import text
from tests.helpers.bundles import GUARANTEE, write_photo
from tests.helpers.comfort import comfort_in
from tests.helpers.rewritten import rewrite
from trainer.cli import main
from trainer.commands.evaluate import gate_in_words
from trainer.evaluation.document import Bound, Evaluation, GateResult, read

THRESHOLDS = {"species": 0.6, "genus": 0.6, "family": 0.6, "deadly": 0.0, "harmful": 0.0}
BOLD = {"deadly": 0.9, "harmful": 0.9, "deadly_guarantee": GUARANTEE, "harmful_guarantee": GUARANTEE}
NAMES = ("Amanita_phalloides", "Boletus", "Cantharellus_cibarius")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four photos of each label, and two of a kind without one."""
    root = tmp_path / "photos"
    for label, name in enumerate(NAMES):
        for seed in range(4):
            write_photo(root / name / f"{seed}.jpg", label, 10 * label + seed)
    for seed in range(2):
        write_photo(root / "Amanita_virosa" / f"{seed}.jpg", 0, 100 + seed)
    return root


def test_evaluate_measures_names_and_danger(
    bundle_path: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "Boletus" / "broken.jpg").write_bytes(b"no picture")
    out = tmp_path / "out"
    assert main(["evaluate", str(bundle_path), str(folder), "--out", str(out), "--json", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    found = read(out / "metrics.json", Evaluation)
    assert (found.measured.photos, found.measured.novel_photos, found.measured.other_things) == (14, 2, None)
    assert found.measured.names.species.top1.value == 1.0
    assert found.measured.danger.deadly.recall.photos == 6, "kinds without a label count as dangers too"
    assert [Path(file).name for file in found.folders.unreadable] == ["broken.jpg"]


def test_the_page_of_an_evaluation_is_one_of_the_report_s_family(
    bundle_path: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_photo(folder / "Amanita_phalloides" / "yellow.jpg", 2, 50)
    (folder / "Boletus" / "broken.jpg").write_bytes(b"no picture")
    page = tmp_path / "new" / "page.html"
    call = ["evaluate", str(bundle_path), str(folder), "--report", str(page), "--device", "cpu"]
    assert main([*call, "--compare", str(bundle_path)]) == 0
    assert str(page) in capsys.readouterr().out
    told = page.read_text(encoding="utf-8")
    order = [told.index(f'<section id="{key}">') for key in ("short", "gate", "danger", "classes", "matrix", "losses")]
    assert order == sorted(order)
    assert {"certainty", "layers", "folders"} <= set(re.findall(r'<section id="(\w+)">', told))
    assert "a model file holds the network in one piece" in told
    assert "broken.jpg" in told
    assert "How well Three drawings knows these photos" in told
    words = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script).*?</\1>", " ", told, flags=re.S)))
    assert comfort_in(" ".join(words.split())) == []


def test_the_gate_refuses_a_model_that_lets_more_danger_pass(
    bundle_path: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    careful = rewrite(bundle_path, tmp_path / "careful.fieldguide", thresholds=THRESHOLDS, unknown={})
    bold = rewrite(bundle_path, tmp_path / "bold.fieldguide", thresholds={**THRESHOLDS, **BOLD}, unknown={})
    calls = ["evaluate", str(bold), str(folder), "--compare", str(bold), "--device", "cpu"]
    assert main(calls) == 0
    assert "Gate: passed" in capsys.readouterr().out
    for seed in range(2):  # deadly by its folder, and drawn as a chanterelle
        write_photo(folder / "Amanita_phalloides" / f"yellow{seed}.jpg", 2, 50 + seed)
    calls[4] = str(careful)
    assert main([*calls, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["gate"]["passes"] is False
    assert (told["gate"]["old_count"], told["gate"]["new_count"], told["gate"]["new_deadly"]) == (0, 2, 2)
    assert sorted(Path(file).name for file in told["gate"]["newly_missed"]) == ["yellow0.jpg", "yellow1.jpg"]
    assert main(calls) == 1
    assert "Gate: refused" in capsys.readouterr().out
    calls[1], calls[4] = calls[4], calls[1]
    assert main(calls) == 1
    told = capsys.readouterr().out
    assert "rings for 100.0 % of the deadly photos and for 100.0 % of the others" in told, "the price stands first"
    assert "People ignore an alarm that always rings" in told


def test_a_folder_that_is_not_there_is_said(
    bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(bundle_path), str(tmp_path / "nowhere"), "--device", "cpu"]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_of_a_model_that_names_nothing_no_share_is_told_as_right() -> None:
    bounds = (
        Bound("recall_deadly", 1.0, 1.0, 1.0, at_least=True, holds=True),
        Bound("false_deadly", 0.4, 0.4, 0.45, at_least=False, holds=True),
        Bound("right", 0.9, None, 0.8, at_least=True, holds=False),
    )
    told = gate_in_words(GateResult(False, bounds, 0, 0, 0, 0, ()))
    assert told[-1] == text("bundle.gate_right_unsaid", old="90.0", limit="80.0")
