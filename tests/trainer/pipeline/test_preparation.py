import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.cli import main
from trainer.config import DataConfig, RunConfig
from trainer.data.audit.findings import write_quarantine
from trainer.data.review.decisions import DECISIONS, Choice, Decision, Decisions
from trainer.data.split import LEFT_OUT
from trainer.evaluation.document import Epoch
from trainer.pipeline import preparation
from trainer.pipeline.preparation import prepare_run
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder, read_lines

LABELS = ["Amanita_muscaria", "Boletus_edulis"]


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
def test_a_folder_that_promises_a_meal_is_no_label(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Two folders, edible and poisonous, are what beginners find first; the application must not say the one."""
    photos = make_photo_folders(tmp_path / "photos", ["edible", "poisonous"], 6)
    assert main(["run", str(photos), "--out", str(tmp_path / "run"), *words]) == 1
    assert "edible" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_heeds_the_review_and_the_quarantine(tmp_path: Path) -> None:
    photos = make_photo_folders(tmp_path / "photos", LABELS, 10)
    run = RunFolder(tmp_path / "run").create()
    dropped, moved, quarantined = (str(photos / LABELS[0] / f"00{number}.jpg") for number in range(3))
    decisions = Decisions(run.root / DECISIONS)
    decisions.add(Decision(dropped, 1, Choice.DROP))
    decisions.add(Decision(moved, 1, Choice.RELABEL, LABELS[1]))
    write_quarantine(run.quarantine, {quarantined: "blurred"})
    config = RunConfig(data=DataConfig(folders=(str(photos),), cache_size=48))
    ready = prepare_run(config, run, load_guide(), Progress(Style.QUIET))
    rows = {row.file: row for row in ready.placed}
    assert (rows[dropped].split, rows[dropped].why) == (LEFT_OUT, "dropped")
    assert (rows[quarantined].split, rows[quarantined].why) == (LEFT_OUT, "blurred")
    assert ready.labels.taxa[rows[moved].label].name == "Boletus edulis"
    assert rows[moved].split != LEFT_OUT


def test_what_a_person_kept_or_relabelled_leaves_the_quarantine(tmp_path: Path) -> None:
    photos = make_photo_folders(tmp_path / "photos", LABELS, 10)
    run = RunFolder(tmp_path / "run").create()
    kept, moved, unseen, thin = (str(photos / LABELS[0] / f"00{number}.jpg") for number in range(4))
    decisions = Decisions(run.root / DECISIONS)
    decisions.add(Decision(kept, 1, Choice.KEEP))
    decisions.add(Decision(moved, 1, Choice.RELABEL, LABELS[1]))
    decisions.add(Decision(thin, 1, Choice.KEEP))
    write_quarantine(run.quarantine, dict.fromkeys((kept, moved, unseen), "label_error") | {thin: "too_few"})
    config = RunConfig(data=DataConfig(folders=(str(photos),), cache_size=48))
    ready = prepare_run(config, run, load_guide(), Progress(Style.QUIET))
    assert {row.file for row in ready.placed if row.split == LEFT_OUT} == {unseen, thin}


@pytest.mark.parametrize("change", ["other photos", "new label", "dropped"])
def test_a_split_of_other_photos_or_labels_is_never_used(change: str, tmp_path: Path) -> None:
    """Its rows are numbers: one photo or label more, and every later one would stand for its neighbour."""
    photos = make_photo_folders(tmp_path / "photos", LABELS, 10)
    run = RunFolder(tmp_path / "run").create()
    config = RunConfig(data=DataConfig(folders=(str(photos),), cache_size=48))
    before = prepare_run(config, run, load_guide(), Progress(Style.QUIET))
    assert prepare_run(config, run, load_guide(), Progress(Style.QUIET)).placed == before.placed
    first = photos / LABELS[0] / "000.jpg"
    if change == "other photos":
        first.unlink()
        run.scan.unlink()
    elif change == "new label":
        Decisions(run.root / DECISIONS).add(Decision(str(first), 1, Choice.RELABEL, "Agaricus arvensis"))
    else:
        Decisions(run.root / DECISIONS).add(Decision(str(first), 1, Choice.DROP))
    with pytest.raises(FieldGuideError) as refusal:
        prepare_run(config, run, load_guide(), Progress(Style.QUIET))
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


def test_once_split_the_photos_stay_as_they_were_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A photo that is deleted or added later moves every other in the list: labels must not move with it."""
    photos = make_photo_folders(tmp_path / "photos", LABELS, 8)
    run = RunFolder(tmp_path / "run").create()
    config = RunConfig(data=DataConfig(folders=(str(photos),), cache_size=48))
    before = prepare_run(config, run, load_guide(), Progress(Style.QUIET))
    (photos / LABELS[0] / "000.jpg").unlink()
    draw_kind(1, 99).save(photos / LABELS[0] / "late.jpg")
    after = prepare_run(config, run, load_guide(), Progress(Style.PERSON))
    assert (after.photos, after.placed) == (before.photos, before.placed)
    told = capsys.readouterr().err
    assert "000.jpg" in told
    assert "late.jpg" in told


@dataclass(frozen=True)
class Prepared:
    run: RunFolder
    config: RunConfig
    ready: preparation.Prepared


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    root = tmp_path_factory.mktemp("prepared")
    photos = make_photo_folders(root / "photos", LABELS, 6)
    config = RunConfig(data=DataConfig(folders=(str(photos),), cache_size=48))
    run = RunFolder(root / "run").create()
    return Prepared(run, config, prepare_run(config, run, load_guide(), Progress(Style.QUIET)))


@pytest.mark.parametrize("held", [b"", b"[1, 2]", b"file,label\n1\n", b"\xff\xfe" + b"[" * 100_000])
def test_what_was_cut_off_is_made_anew_as_it_was(held: bytes, prepared: Prepared, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    shutil.copytree(prepared.run.root, run.root)
    derived = (run.scan, run.audit, run.cuts, run.labels, run.pixels)
    before = [file.read_bytes() for file in derived]
    for file in derived:
        file.write_bytes(held)
    again = prepare_run(prepared.config, run, load_guide(), Progress(Style.QUIET))
    assert (again.placed, again.labels) == (prepared.ready.placed, prepared.ready.labels)
    assert [file.read_bytes() for file in derived] == before


def test_a_log_of_epochs_is_read_as_far_as_it_is_one(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    assert read_lines(log, Epoch) == []
    log.write_bytes(b'{"epoch": 1, "loss": NaN}\nnull\n\xff\n[1]\n{"epoch": "x"}\n{"epoch": 2, "val_top1": 0.5}\n{"ep')
    assert [line.epoch for line in read_lines(log, Epoch)] == [1, 2]
