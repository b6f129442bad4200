"""Without photos by other people each source is answered by a head that it did not teach."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.bundle import read_bundle
from tests.helpers.photo_folders import draw_kind
from trainer.cli import main
from trainer.evaluation.predictions import NO_LABEL, Predictions
from trainer.pipeline.crossing import Folds, plan
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Amanita_phalloides", "Boletus_edulis"]
ONLY_IN_B = "Cantharellus_cibarius"
SETTINGS = {
    "data.cache_size": "64",
    "data.fractions": "[0.5, 0.1, 0.3, 0.1]",
    "fit.probe_size": "64",
}


def run_on(photos: Path, rows: list[tuple[str, str]], folder: Path) -> tuple[RunFolder, str]:
    """A run on photos with a manifest of (file, source); the run's folder and its report."""
    manifest = photos.parent / "manifest.csv"
    with manifest.open("w", newline="") as stream:
        csv.writer(stream).writerows([("file", "source"), *rows])
    call = [
        "run",
        str(photos),
        "--manifest",
        str(manifest),
        "--out",
        str(folder),
        "--model",
        "test_resnet",
        "--preset",
        "quick",
    ]
    settings = [part for item in SETTINGS.items() for part in ("--set", "=".join(item))]
    assert main([*call, "--init", "random", "--device", "cpu", "--quiet", *settings]) == 0
    return RunFolder(folder), (folder / "report.html").read_text(encoding="utf-8")


def draw(photos: Path, label: str, kind: int, source: str, count: int) -> list[tuple[str, str]]:
    """Photos of a label that show a drawn kind, and their rows of the manifest."""
    (photos / label).mkdir(parents=True, exist_ok=True)
    names = [f"{label}/{source}-{number}.jpg" for number in range(count)]
    for number, name in enumerate(names):
        draw_kind(kind, 1000 * ord(source[0]) + number).save(photos / name)
    return [(name, source) for name in names]


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, str]:
    """Two sources; in `b` two kinds have each other's names, and one kind is in no other source."""
    root = tmp_path_factory.mktemp("crossed")
    photos, rows = root / "photos", list[tuple[str, str]]()
    for kind, label in enumerate(LABELS):
        rows += draw(photos, label, kind, "a", 40)
        rows += draw(photos, label, (1, 0, 2)[kind], "b", 40)
    rows += draw(photos, ONLY_IN_B, 5, "b", 20)
    return run_on(photos, rows, root / "run")


def test_a_head_that_a_source_did_not_teach_answers_it(crossed: tuple[RunFolder, str]) -> None:
    folder, _ = crossed
    answers = Predictions.load(folder.predictions / "crossed.npz")
    labels = [taxon.name for taxon in read_bundle(folder.bundle).manifest.labels]
    said = np.array([labels[row] for row in answers.logits.argmax(1)])
    truth = np.array([taxon.name if taxon else "" for taxon in answers.truth or ()])
    exchanged = np.isin(truth, ["Amanita muscaria", "Amanita phalloides"])
    assert (said[exchanged] != truth[exchanged]).mean() > 0.6, "each head learned the other source's names"
    assert (said[truth == "Boletus edulis"] == "Boletus edulis").mean() > 0.6


def test_a_kind_of_one_source_alone_has_no_label_there(crossed: tuple[RunFolder, str]) -> None:
    folder, _ = crossed
    answers = Predictions.load(folder.predictions / "crossed.npz")
    alone = np.array([taxon is not None and taxon.name == "Cantharellus cibarius" for taxon in answers.truth or ()])
    assert alone.sum() == (answers.targets == NO_LABEL).sum() > 0
    assert set(answers.sources[alone]) == {"b"}
    column = [taxon.name for taxon in read_bundle(folder.bundle).manifest.labels].index("Cantharellus cibarius")
    assert (answers.logits[answers.sources == "b", column] < -1000).all()
    assert (answers.logits[answers.sources == "a", column] > -1000).all()


def test_the_ground_is_named_in_bundle_and_report(crossed: tuple[RunFolder, str]) -> None:
    folder, report = crossed
    ground = read_bundle(folder.bundle).manifest.thresholds["ground"]
    assert (ground["kind"], ground["sources"]) == ("crossed", ["a", "b"])
    assert ground["photos"] == len(Predictions.load(folder.predictions / "crossed.npz"))
    assert "trained without that source" in report
    assert "trained without that source" in (folder.root / "card.md").read_text(encoding="utf-8")


def planned(asked: list[tuple[int, str]], taught: list[tuple[int, str]]) -> Folds | None:
    (targets, sources), (others, of_others) = (zip(*rows, strict=True) for rows in (asked, taught))
    return plan(np.array(targets), np.array(sources), np.array(others), np.array(of_others))


def test_small_sources_are_answered_together_by_a_head_that_none_of_them_taught() -> None:
    asked = [*[(0, "a"), (1, "b")] * 30, (0, "c"), (1, "d")]
    folds = planned(asked, [(0, "a"), (1, "a"), (0, "b"), (1, "b"), (2, "c"), (0, "d")])
    assert folds is not None
    assert set(folds.taught) == {"a", "b", ""}
    assert folds.of_asked[-2:].tolist() == ["", ""]
    assert folds.of_taught.tolist() == ["a", "a", "b", "b", "", ""]
    assert folds.taught[""].tolist() == [0, 1]
    assert not folds.novel.any()


@pytest.mark.parametrize(
    ("asked", "taught"),
    [
        ([(0, "a"), (1, "a")] * 40, [(0, "a"), (1, "a")]),
        ([(0, "a"), (1, "b")] * 40, [(0, "a"), (1, "b")]),
        ([(0, "a")] * 40 + [(0, "b")] * 29, [(0, "a"), (0, "b")]),
    ],
    ids=["one source", "sources of different kinds", "one large source"],
)
def test_where_it_says_nothing_nothing_is_crossed(asked: list[tuple[int, str]], taught: list[tuple[int, str]]) -> None:
    assert planned(asked, taught) is None
