"""A run goes down once: what it loads, asks, exports and writes, counted; and its figures are those of its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from fieldguide.core.guide import guide as guide_tables
from fieldguide.core.guide import load_guide
from fieldguide.inference.runtime import Runtime
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.cli import main
from trainer.config import read_config
from trainer.data.split import read_split
from trainer.data.taught import lines_before, taught_before
from trainer.evaluation.document import Metrics, read
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.metrics import evaluate
from trainer.evaluation.predict import predict
from trainer.export.bundle import photo_lines
from trainer.pipeline.preparation import prepare_run
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Amanita_phalloides", "Boletus_edulis", "Cantharellus_cibarius"]


def _counted(monkeypatch: pytest.MonkeyPatch, counts: Counter[str], owner: Any, name: str) -> None:
    """Count the calls of a function by its name and the file it is about, and let it work."""
    real: Callable[..., Any] = getattr(owner, name)

    def counting(*arguments: Any, **options: Any) -> Any:
        files = [argument.name for argument in arguments if isinstance(argument, Path)]
        counts[" ".join([name, *files[-1:]])] += 1
        return real(*arguments, **options)

    monkeypatch.setattr(owner, name, counting)


@pytest.fixture(scope="module")
def went(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Counter[str]]:
    """A run of four drawn kinds, one held out, and what it did how often."""
    root = tmp_path_factory.mktemp("once")
    photos, folder = make_photo_folders(root / "photos", LABELS, 24), RunFolder(root / "run")
    phases = "fit.phases=[{epochs = 2, size = 64, learning_rate = 3e-3}]"
    other = root / "other"  # two kinds with a label, one without
    for kind, label in ((0, LABELS[0]), (1, LABELS[1]), (7, "Suillus_luteus")):
        (other / label).mkdir(parents=True)
        for number in range(8):
            draw_kind(kind, 100 + number).save(other / label / f"{number}.jpg")
    more = [
        "--elsewhere",
        str(other),
        "--set",
        "data.cache_size=64",
        "--set",
        phases,
        "--set",
        f'data.hold_out=["{LABELS[3]}"]',
    ]
    network = ["--model", "test_resnet", "--init", "random", "--device", "cpu"]
    counts: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as monkeypatch:
        _counted(monkeypatch, counts, guide_tables, "_read")
        _counted(monkeypatch, counts, torch.jit, "trace")
        _counted(monkeypatch, counts, Path, "replace")
        _counted(monkeypatch, counts, Runtime, "load")
        assert main(["run", str(photos), "--out", str(folder.root), *network, *more, "--quiet"]) == 0
    return folder, counts


def test_what_a_run_loads_exports_and_writes_it_does_once(went: tuple[RunFolder, Counter[str]]) -> None:
    folder, counts = went
    assert counts["_read species.csv"] == 1
    assert counts["trace"] == 2, "one of them tries the untrained network, before any work"
    assert counts["load uncalibrated.fieldguide"] == counts["load model.fieldguide"] == 1
    for file in ("metrics.json", "report.html", "card.md", "model.fieldguide", "uncalibrated.fieldguide"):
        assert counts[f"replace {file}"] == 1, file
    assert not folder.exported.exists()


def test_the_figures_are_those_of_the_file_as_the_application_opens_it(went: tuple[RunFolder, Counter[str]]) -> None:
    folder, _ = went
    metrics, bundle = read(folder.metrics, Metrics), Runtime.load(folder.bundle, threads=1)
    manifest, quiet = bundle.manifest, Progress(Style.QUIET)
    policy = DecisionPolicy.from_manifest(
        manifest.temperature, manifest.thresholds, manifest.unknown, bundle.bundle.arrays("statistics.npz")
    )
    rows = [row for row in read_split(folder.split) if row.split == "test"]
    again = evaluate(predict(bundle, rows, quiet), manifest.labels, load_guide(), policy)
    assert again == replace(metrics.own, novel=None, drawings=None)
    assert metrics.own.novel is not None
    elsewhere = metrics.elsewhere
    assert elsewhere is not None
    assert (elsewhere.split, elsewhere.photos, elsewhere.novel_photos) == ("elsewhere", 12, 4)
    assert elsewhere.danger.deadly.recall.photos == 4
    assert manifest.metrics["elsewhere"]["danger"]["deadly"]["recall"]["photos"] == 4
    assert manifest.thresholds["ground"]["kind"] == "elsewhere"
    assert metrics.own.drawings is not None


def test_a_run_that_goes_on_from_a_model_is_not_judged_by_what_taught_it(
    went: tuple[RunFolder, Counter[str]], tmp_path: Path
) -> None:
    folder, _ = went
    config = read_config(folder.config)
    config = replace(config, network=replace(config.network, init=str(folder.bundle)))
    taught = taught_before(config.network.init)
    ready = prepare_run(
        replace(config, seed=8), RunFolder(tmp_path / "run").create(), load_guide(), Progress(Style.QUIET)
    )
    first = read_split(folder.split)
    assert len(taught) == sum(row.split in ("train", "val") for row in first)
    judging = {ready.photos[row.index].sha256 for row in ready.placed if row.split in ("val", "calibration", "test")}
    assert judging
    assert judging.isdisjoint(taught)
    used = {row.index for row in ready.placed if row.split == "val"}
    listed = photo_lines(ready.photos, used, lines_before(config.network.init)).split()[::2]
    assert set(listed) == taught | {ready.photos[index].sha256 for index in used}
