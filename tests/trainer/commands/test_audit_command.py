"""`fieldguide-train audit`, from the call to the files, with and without a model's eye."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldguide.core.guide import load_guide
from tests.helpers.bundles import write_photo
from tests.helpers.photo_folders import draw_kind
from trainer.cli import main
from trainer.commands.audit import starter_fits
from trainer.data.audit.findings import Finding, read_audit, read_quarantine
from trainer.data.labels import resolve_labels
from trainer.run_folder import RunFolder, held

FOLDERS = ("Amanita_phalloides", "Boletus", "Cantharellus_cibarius")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three folders of drawings, one chanterelle among the death caps, and an unreadable file."""
    for label, folder in enumerate(FOLDERS):
        for seed in range(10):
            write_photo(tmp_path / "photos" / folder / f"{seed}.jpg", label, seed)
    write_photo(tmp_path / "photos/Amanita_phalloides/stray.jpg", 2, 77)
    (tmp_path / "photos/Boletus/broken.jpg").write_bytes(b"\xff\xd8\xff")
    for number in range(8):
        file = tmp_path / f"else/{number}.png"
        file.parent.mkdir(exist_ok=True)
        draw_kind(5, number).save(file)
    return tmp_path / "photos"


def test_a_model_finds_the_stray(
    photos: Path, bundle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunFolder(tmp_path / "run")
    call = ["audit", str(photos), "--out", str(run.root), "--model", str(bundle_path), "--json"]
    call += ["--background", str(tmp_path / "else"), "--quarantine", "unreadable,label_error"]
    assert main(call) == 0
    report = read_audit(run.audit)
    errors = {Path(photo.file).name: photo.suggestion for photo in report.listed(Finding.LABEL_ERROR)}
    assert errors["stray.jpg"] == "Cantharellus cibarius"
    assert len(errors) <= 6  # ten photos a label are few: some doubts are raised in vain
    assert {Path(file).name for file in read_quarantine(run.quarantine)} == {*errors, "broken.jpg"}
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (done["photos"], done["findings"]["unreadable"]) == (40, 1)
    assert "Probably under a wrong label" in (run.root / "audit.html").read_text(encoding="utf-8")


def test_without_a_model_it_says_what_was_not_looked_for(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunFolder(tmp_path / "run")
    assert main(["audit", str(photos), "--out", str(run.root), "--min-photos", "11", "--no-model"]) == 0
    told = capsys.readouterr().out
    assert "--model" in told
    assert "Cannot be read" in told
    assert set(read_quarantine(run.quarantine).values()) == {"too_few"}
    again = ["audit", str(photos), "--out", str(run.root), "--min-photos", "5", "--quarantine", "unreadable", "--quiet"]
    again.append("--no-model")
    assert main(again) == 0
    assert list(read_quarantine(run.quarantine).values()) == ["unreadable"]  # another bound, another list


@pytest.mark.parametrize("wrong", [["--quarantine", "ugly"], ["--min-photos", "-1"]])
def test_wrong_calls_are_refused_before_any_work(wrong: list[str], photos: Path, tmp_path: Path) -> None:
    assert main(["audit", str(photos), "--out", str(tmp_path / "run"), *wrong]) == 2
    assert not (tmp_path / "run").exists()


def test_names_that_the_guide_does_not_know_are_told(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such a label has no danger in the guide: nobody should learn that only from the model."""
    (photos / "Boletus").rename(photos / "Unsorted")
    (photos / "Amanita_phalloides").rename(photos / "Amanita_phaloides")
    assert main(["audit", str(photos), "--out", str(tmp_path / "run"), "--no-model"]) == 0
    told = capsys.readouterr().out
    assert "not in the guide, so their danger is unknown: Unsorted" in told
    assert "Amanita_phaloides is Amanita phalloides: a misspelling" in told


def test_the_starter_model_looks_where_it_knows_the_genera(photos: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    assert main(["audit", str(photos), "--out", str(run.root), "--quiet"]) == 0
    assert Finding.LABEL_ERROR in read_audit(run.audit).looked_for
    insects = resolve_labels(["Carabus_auratus", "Vespa_crabro", "Amanita"], load_guide())
    assert not starter_fits(insects)


def test_the_folder_of_a_run_that_trains_is_left_alone(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with held(tmp_path / "run"):
        assert main(["audit", str(photos), "--out", str(tmp_path / "run"), "--no-model"]) == 2
    assert str(tmp_path / "run") in capsys.readouterr().err
    assert not RunFolder(tmp_path / "run").audit.exists()
