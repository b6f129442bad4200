"""The report and the card of a run that is small and real: drawn photos, the tests' bundle, its own predictions."""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.bundle import read_manifest
from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.inference.runtime import Runtime
from tests.helpers.bundles import LABELS, write_photo
from tests.helpers.comfort import comfort_in
from trainer.cli import main
from trainer.config import RunConfig, write_config
from trainer.data.split import SplitPhoto, write_split
from trainer.evaluation.fitting import Judgement
from trainer.evaluation.metrics import evaluate
from trainer.evaluation.predict import predict
from trainer.export.told import told_metrics
from trainer.fit.checkpoint import FitState, save
from trainer.progress import Progress, Style
from trainer.report import write_report
from trainer.report.advice import next_steps, objections, suitability
from trainer.report.card import model_card, write_card
from trainer.run_folder import RunFolder, write_json


@pytest.fixture
def run(bundle_path: Path, tmp_path: Path) -> RunFolder:
    """A run of twelve test photos, two of them drawn as another label; no deadly one is recognised in one of them."""
    folder = RunFolder(tmp_path / "run").create()
    shutil.copy(bundle_path, folder.bundle)
    write_config(RunConfig(), folder.config)
    rows = []
    for number in range(12):
        label, drawn = number % 3, 2 if number == 0 else number % 3
        file = write_photo(tmp_path / "photos" / LABELS[label].name / f"{number}.jpg", drawn, number)
        rows.append(SplitPhoto(number, str(file), "test", label, label, number, "web"))
    taught = [SplitPhoto(100 + n, f"{n}.jpg", "train", n % 3, n % 3, 100 + n, "web", "") for n in range(9)]
    write_split(folder.split, [*rows, *taught])
    labels = {"renamed": [["Boletus_badius", "Imleria badia", "synonym"]], "unresolved": ["Nonsense nomen"]}
    write_json(folder.labels, {"taxa": [], "of_folder": {}, **labels})
    epochs = [{"phase": 1, "epoch": n, "loss": 3.0 / n, "val_top1": 0.2 * n, "val_top5": 0.9} for n in range(1, 5)]
    folder.log.write_text("\n".join(json.dumps(each) for each in epochs) + '\n{"epoch": 5, "lo', encoding="utf-8")
    runtime = Runtime.load(folder.bundle, "cpu", threads=1)
    found = predict(runtime, rows, Progress(Style.QUIET))
    found.save(folder.predictions / "test.npz")
    manifest = runtime.manifest
    judgement = Judgement.from_manifest(manifest.temperature, manifest.thresholds, {}, {})
    write_json(folder.metrics, evaluate(found, manifest.labels, load_guide(), judgement))
    return folder


def test_the_report_opens_offline_and_names_the_dangerous_mistake(run: RunFolder) -> None:
    page = write_report(run).read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert "@import" not in page
    words = _words_of(page)
    assert "Amanita phalloides" in words
    assert comfort_in(words) == []
    for section in (
        "short",
        "danger",
        "promises",
        "classes",
        "matrix",
        "losses",
        "attention",
        "certainty",
        "learning",
        "photos",
    ):
        assert f'<section id="{section}">' in page
    assert page.index('id="danger"') < page.index('id="classes"')
    assert "Do not publish it" in page
    assert len(page) < 500_000


def test_every_number_stands_in_the_metrics(run: RunFolder) -> None:
    write_report(run)
    told = json.loads(run.metrics.read_text(encoding="utf-8"))["report"]
    assert sum(count for _, _, count, _ in told["matrix"]) == 12
    assert told["taken_for"][0]["true"] == "Amanita phalloides"
    assert told["taken_for"][0]["said"] == "Cantharellus cibarius"
    assert told["dangerous_labels"][0]["photos"] == 4
    assert told["top_losses"][0]["file"].endswith("0.jpg")
    assert [each["epoch"] for each in told["learning"]] == [1, 2, 3, 4], "a line that was cut off is left out"
    assert told["labels"][0]["photos"] == {"test": 4, "train": 3}
    assert told["audit"]["unresolved"] == ["Nonsense nomen"]


def test_a_photo_that_is_gone_leaves_a_word(run: RunFolder, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "photos")
    assert "no longer there" in write_report(run).read_text(encoding="utf-8")


def test_names_of_files_and_labels_cannot_break_the_page(run: RunFolder) -> None:
    labels = json.loads(run.labels.read_text(encoding="utf-8"))
    write_json(run.labels, {**labels, "unresolved": ["<script>alert(1)</script>"]})
    assert "<script>alert" not in write_report(run).read_text(encoding="utf-8")


def test_report_writes_report_and_card_again(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run.root)]) == 0
    assert str(run.report) in capsys.readouterr().out
    card = (run.root / "card.md").read_text(encoding="utf-8")
    assert "| Amanita phalloides | deadly | 4 |" in card
    assert "A split's own numbers flatter" in card
    assert comfort_in(card) == []


def test_a_run_without_its_metrics_says_so(run: RunFolder) -> None:
    run.metrics.unlink()
    with pytest.raises(FieldGuideError) as caught:
        write_report(run)
    assert caught.value.code is ErrorCode.RUN_INCOMPLETE


def test_nothing_in_card_and_told_metrics_says_where_files_lie(run: RunFolder, tmp_path: Path) -> None:
    mine = replace(
        RunConfig(),
        data=replace(RunConfig().data, folders=(str(tmp_path / "photos"),), elsewhere=(str(tmp_path / "o"),)),
    )
    write_config(mine, run.config)
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    metrics["danger"]["passed_as_harmless"]["photos"] = [{"file": str(tmp_path / "photos" / "a.jpg"), "true": "A"}]
    write_json(run.metrics, metrics)
    card = write_card(run, read_manifest(run.bundle), metrics)
    told = told_metrics(metrics)
    assert str(tmp_path) not in card + json.dumps(told)
    assert '"photos",' in card
    assert told["test"] == metrics["test"]


def test_a_card_without_numbers_promises_nothing(bundle_path: Path) -> None:
    bare = Manifest("x", "Bare", "1", read_manifest(bundle_path).labels, InputSpec(64, 72))
    card = model_card(bare, {}, load_guide())
    assert "Nobody measured it" in card
    assert "nothing is promised" in card
    assert "Nobody told which photos taught it" in card


def _words_of(page: str) -> str:
    shown = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_the_report_says_first_whether_the_model_may_be_passed_on(run: RunFolder) -> None:
    words = _words_of(write_report(run).read_text(encoding="utf-8"))
    assert "Do not give this model to others yet" in words
    assert words.index("Do not give this model") < words.index("Dangerous mistakes What could hurt")
    assert "It was not measured on photos of other things" in words
    assert "Others may try it" not in words


def test_a_model_that_calls_everything_unknown_is_not_praised_for_noticing_strangers(run: RunFolder) -> None:
    everything = {"value": 1.0, "low": 0.9, "high": 1.0, "photos": 60}
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    metrics["other_things"] = {"unknown": everything}
    metrics["verdicts"]["unknown"] = everything
    write_json(run.metrics, metrics)
    words = _words_of(write_report(run).read_text(encoding="utf-8"))
    assert "It names nothing for 100 %" in words
    assert "It notices when a photo shows something else" not in words
    card = write_card(run, read_manifest(run.bundle), metrics)
    assert "For 100 % of the photos of kinds that it should know it names nothing" in card


def test_only_a_model_without_objections_may_be_tried_by_others_and_its_misses_are_told_with_it() -> None:
    sure = {"value": 1.0, "low": 0.97, "high": 1.0, "photos": 200}
    alarm = {"recall": sure, "false_alarms": {**sure, "value": 0.2}}
    right = {"said": 0.5, "right": {**sure, "value": 0.95}}
    metrics = {
        "verdicts": {"unknown": {**sure, "value": 0.2}, "species": right, "genus": right, "family": right},
        "danger": {
            "deadly": alarm,
            "harmful": alarm,
            "passed_as_harmless": {"count": 3, "deadly": 0, "of": 200, "photos": []},
            "guarantees": {"deadly": {"alpha": 0.03}},
        },
        "other_things": {"unknown": sure},
        "report": {"labels": [{"danger": "deadly"}]},
    }
    assert objections(metrics) == []
    assert "3 of 200 dangerous photos came with no warning at all" in suitability(metrics)
    metrics["danger"]["passed_as_harmless"]["deadly"] = 1
    assert objections(metrics) == ["It showed one deadly photo with no warning at all."]
    assert "Do not give" in suitability(metrics)


def test_photos_that_the_starting_model_had_learned_are_told_on_page_and_card(run: RunFolder) -> None:
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    metrics["test"]["seen_by_starting_weights"] = 7
    write_json(run.metrics, metrics)
    assert "7 of these 12 test photos had already taught" in write_report(run).read_text(encoding="utf-8")
    assert "7 of these 12 photos had already taught" in write_card(run, read_manifest(run.bundle), metrics)


def test_what_would_help_names_photos_labels_and_pairs(run: RunFolder) -> None:
    write_report(run)
    steps = " ".join(next_steps(json.loads(run.metrics.read_text(encoding="utf-8"))))
    assert "Amanita phalloides (3 photos to learn from, 3 of 4 recognised)" in steps
    assert "with --background" in steps
    assert "fieldguide-train audit" in steps


def test_a_head_that_no_epoch_beat_is_told_as_the_model_that_was_kept(run: RunFolder) -> None:
    assert "The best epoch was number 4" in write_report(run).read_text(encoding="utf-8")
    run.config.unlink()  # the network cannot be built again: its layers are not asked for here
    save(FitState(best=0.95), run.checkpoints / "best.pt")
    words = _words_of(write_report(run).read_text(encoding="utf-8"))
    assert "only the last layer was trained, and that had 95.0 % right" in words
    assert "The best epoch was" not in words
