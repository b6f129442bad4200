"""From folders to a bundle, from the bundle to an answer: the two programs together, as a society uses them."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from fieldguide.cli import main as fieldguide
from fieldguide.core.bundle import read_manifest
from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.training.report import read_report
from tests.helpers.photo_folders import make_photo_folders
from trainer.cli import main as train
from trainer.evaluation.document import Metrics, plain, read

LABELS = ["Amanita_muscaria", "Amanita_phalloides", "Boletus_edulis"]
TINY = ["--model", "test_resnet", "--init", "random", "--device", "cpu", "--set", "data.cache_size=64"]
STANDARD = [*TINY, "--set", "data.cache_size=160"]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One finished run of three drawn kinds."""
    root = tmp_path_factory.mktemp("training")
    photos = make_photo_folders(root / "photos", LABELS, 30)
    phases = "fit.phases=[{epochs = 6, size = 64, learning_rate = 3e-3}]"
    call = ["run", str(photos), "--out", str(root / "run"), *TINY, "--batch-size", "8", "--set", phases, "--quiet"]
    assert train(call) == 0
    return root / "run"


def test_a_run_leaves_everything_behind(run_folder: Path) -> None:
    names = {path.name for path in run_folder.iterdir()}
    wanted = {"config.toml", "scan.csv", "audit.csv", "split.csv", "labels.json", "log.jsonl", "model.fieldguide"}
    assert wanted | {"metrics.json", "report.html"} <= names
    species = read(run_folder / "metrics.json", Metrics).own.names.species
    assert 0.8 <= species.top1.value <= species.top5.value <= 1


def test_names_with_additions_are_told_before_training_and_read_as_what_they_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None of them is of unknown danger afterwards, and none milder than the guide has what it names."""
    named = {
        "Agaricus sp.": "Agaricus",
        "Cantharellus cf. cibarius": "Cantharellus cibarius",
        "Bolétus edúlis": "Boletus edulis",
        "Amanita aff. phalloides": "Amanita",
    }
    photos, run = make_photo_folders(tmp_path / "photos", list(named), 8), tmp_path / "run"
    assert train(["run", str(photos), "--out", str(run), *TINY, "--preset", "quick"]) == 0
    told = capsys.readouterr().err
    head = told.index("» features of every photo")
    for raw, name in named.items():
        assert 0 <= told.index(f"{raw} is {name}: read without additions and accents") < head
    guide, labels = load_guide(), read_manifest(run / "model.fieldguide").labels
    assert {label.name for label in labels} == set(named.values())
    assert guide.danger(next(label for label in labels if label.name == "Amanita")) is Danger.DEADLY
    for label in labels:
        record = guide.record(label.name)
        assert record is not None
        assert label == record.taxon
        assert guide.danger(label).severity >= record.danger.severity


def test_the_application_loads_the_bundle_and_answers(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = next((run_folder.parent / "photos" / LABELS[1]).glob("*.jpg"))
    assert fieldguide(["identify", str(photo), "--model", str(run_folder / "model.fieldguide"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["model"]["id"] == read_manifest(run_folder / "model.fieldguide").id
    observation = document["observations"][0]
    assert observation["candidates"][0]["scientific_name"] == "Amanita phalloides"
    assert observation["danger"]["level"] == "deadly"


def test_a_run_is_never_overwritten_and_resumes_when_asked(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = run_folder.parent / "photos"
    assert train(["run", str(photos), "--out", str(run_folder), *STANDARD, "--quiet"]) == 2
    assert "--resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--set", "fit.mixup=2"], 2),
        (["--set", "fit.nonsense=2"], 2),
        (["--model", "no_such_network"], 2),
        (["--init", "no_such_file.pth"], 1),
    ],
)
def test_impossible_options_are_refused_before_any_work(
    run_folder: Path, tmp_path: Path, arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = run_folder.parent / "photos"
    assert train(["run", str(photos), "--out", str(tmp_path / "run"), "--quiet", *arguments]) == status
    assert capsys.readouterr().err.startswith("fieldguide-train: ")
    assert not (tmp_path / "run" / "scan.csv").exists()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = run_folder.parent / "photos"
    assert train(["run", str(photos), "--out", str(tmp_path / "run"), "--dry-run", *STANDARD]) == 0
    told = capsys.readouterr().out
    assert "90 photos of 3 labels" in told
    assert re.search(r"about \d+:\d\d of computing on this cpu", told)
    assert not (tmp_path / "run").exists()


def test_the_report_shows_the_layers_and_the_drawings(run_folder: Path) -> None:
    drawn = read(run_folder / "metrics.json", Metrics).own.drawings
    assert drawn.photos > 0
    assert drawn.taught is False
    page = (run_folder / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="layers">') :].partition("</section>")[0]
    assert 'class="heat"' in section
    assert len(section) < 400_000
    assert "drawings that a generator made" in page
    assert read_manifest(run_folder / "model.fieldguide").metrics["test"]["drawings"] == plain(drawn)


def test_folders_of_genera_or_of_names_outside_the_guide_train_a_model_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = make_photo_folders(tmp_path / "photos", ["cats", "dogs"], 12)
    call = [
        "run",
        str(photos),
        "--out",
        str(tmp_path / "run"),
        *TINY,
        "--preset",
        "quick",
        "--set",
        "fit.probe_size=64",
    ]
    assert train(call) == 0
    assert "genus right at first" in capsys.readouterr().out
    photo = next((photos / "cats").glob("*.jpg"))
    assert fieldguide(["identify", str(photo), "--model", str(tmp_path / "run" / "model.fieldguide"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["observations"][0]["danger"]["level"] == "unknown"


def test_the_report_is_read_in_the_window_with_every_word_of_it(run_folder: Path) -> None:
    page, report = (run_folder / "report.html").read_text(encoding="utf-8"), read_report(run_folder / "report.html")
    assert [each.key for each in report.sections] == re.findall(r'<section id="(\w+)"', page)
    assert len(report.charts) == page.count("<svg")
    for section in report.sections:
        whole = page[page.index(f'<section id="{section.key}">') :].partition("</section>")[0]
        told = re.sub(r'<div class="tools">.*?</div>|<(svg|canvas|button|script).*?</\1>', "", whole, flags=re.DOTALL)
        assert spoken(section.html).endswith(spoken(told)), section.key


def spoken(html: str) -> str:
    """The letters that a person reads."""
    return "".join(unescape(re.sub("<[^>]*>", "", html)).replace("■", "").split())
