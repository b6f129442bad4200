"""The tree for other tools: every photo once, no copy on two sides, credits that follow."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.cli import main
from trainer.config import DataConfig
from trainer.data.collect.attribution import ATTRIBUTION, Attribution, read_attributions, write_attributions
from trainer.data.labels import build_tree, resolve_labels
from trainer.data.review.decisions import DECISIONS, Choice, Decision, Decisions
from trainer.data.scan import scan
from trainer.data.split import split, write_split
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Boletus_badius"]  # the second is an old name: Imleria badia


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    root = make_photo_folders(tmp_path / "photos", LABELS, 14)
    draw_kind(0, 0).resize((100, 100)).save(root / "Amanita_muscaria/copy_of_000.png")
    draw_kind(0, 1).save(root / "Boletus_badius/fly.png")
    (root / "Boletus_badius/broken.jpg").write_bytes(b"no photo")
    return root


def _prepared(out: Path) -> dict[str, dict[str, str]]:
    with (out / "prepared.csv").open(encoding="utf-8", newline="") as stream:
        return {f"{Path(row['source']).parent.name}/{Path(row['source']).name}": row for row in csv.DictReader(stream)}


def test_the_tree(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["prepare", str(photos), "--out", str(out), "--side", "64", "--format", "webp"]) == 0
    rows = _prepared(out)
    written = sorted(str(file.relative_to(out)) for file in out.rglob("*.webp"))
    assert sorted(row["file"] for row in rows.values()) == written
    assert {row["label"] for row in rows.values()} == {"Amanita_muscaria", "Imleria_badia"}
    assert rows["Amanita_muscaria/000.jpg"]["part"] == rows["Amanita_muscaria/copy_of_000.png"]["part"]
    assert not {"Boletus_badius/fly.png", "Amanita_muscaria/001.jpg", "Boletus_badius/broken.jpg"} & set(rows)
    parts = [row["part"] for row in rows.values()]
    assert parts.count("train") > max(parts.count("test"), parts.count("val"))
    assert min(parts.count("test"), parts.count("val")) > 0
    with Image.open(out / written[0]) as picture:
        assert (picture.format, min(picture.size)) == ("WEBP", 64)
    assert (out / "class_counts.png").stat().st_size > 1000
    counts = (out / "class_counts.csv").read_text(encoding="utf-8").splitlines()
    assert counts[1].startswith("Amanita_muscaria,") or counts[1].startswith("Imleria_badia,")
    assert sorted(path.name for path in out.iterdir()) == [
        "class_counts.csv",
        "class_counts.png",
        "prepared.csv",
        "split.csv",
        "test",
        "train",
        "val",
    ]
    assert "each other: 3\n" in capsys.readouterr().out


def test_credits_follow_the_photos(photos: Path, tmp_path: Path) -> None:
    blank = Attribution(*[""] * 15)
    credit = replace(blank, file="Amanita_muscaria/002.jpg", creator="A. Maker", licence="CC BY")
    write_attributions(photos / ATTRIBUTION, [credit])
    out = tmp_path / "out"
    assert main(["prepare", str(photos), "--out", str(out), "--side", "32", "--quiet"]) == 0
    (row,) = read_attributions(out / ATTRIBUTION)
    assert (row.creator, row.file) == ("A. Maker", _prepared(out)["Amanita_muscaria/002.jpg"]["file"])


def test_a_run_s_split_and_review_are_taken_over(photos: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run").create()
    config = DataConfig(folders=(str(photos),), cache_size=32)
    scanned = scan(config, run, Progress(Style.QUIET))
    labels = resolve_labels((photo.raw_label for photo in scanned), load_guide())
    placed = split(scanned, labels, build_tree(labels.taxa), config, seed=3)
    by_others = replace(placed[0], index=len(scanned), file="/elsewhere/1.jpg", split="elsewhere_fit")
    write_split(run.split, [*placed, by_others])
    decisions = Decisions(run.root / DECISIONS)
    decisions.add(Decision(str(photos / "Amanita_muscaria/003.jpg"), 1, Choice.DROP))
    decisions.add(Decision(str(photos / "Amanita_muscaria/004.jpg"), 1, Choice.RELABEL, "Russula emetica"))
    run.quarantine.write_text(f"file,reason\n{photos / 'Amanita_muscaria/005.jpg'},blurred\n", encoding="utf-8")
    out = tmp_path / "out"
    assert main(["prepare", str(photos), "--out", str(out), "--run", str(run.root), "--side", "32", "--quiet"]) == 0
    rows = _prepared(out)
    assert "Amanita_muscaria/003.jpg" not in rows
    assert "Amanita_muscaria/005.jpg" not in rows
    assert rows["Amanita_muscaria/004.jpg"]["label"] == "Russula_emetica"
    part_of = {row.file: row.split.replace("calibration", "val") for row in placed}
    assert all(row["part"] == part_of[row["source"]] for row in rows.values())


def test_a_split_of_other_photos_than_the_scan_s_is_refused(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = RunFolder(tmp_path / "run").create()
    config = DataConfig(folders=(str(photos),), cache_size=32)
    scanned = scan(config, run, Progress(Style.QUIET))
    labels = resolve_labels((photo.raw_label for photo in scanned), load_guide())
    write_split(run.split, split(scanned, labels, build_tree(labels.taxa), config, seed=3))
    lines = run.scan.read_text(encoding="utf-8").splitlines(keepends=True)
    for damaged in (lines[:9], lines[:1] + lines[2:]):  # cut off after a line; a line lost
        run.scan.write_text("".join(damaged), encoding="utf-8")
        call = ["prepare", str(photos), "--out", str(tmp_path / "out"), "--run", str(run.root), "--quiet"]
        assert main(call) == 2
        assert str(run.split) in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--shares", "1,2"],
        ["--shares", "0.5,0,0.5"],
        ["--shares", "0.75,0.15,0.15"],
        ["--shares", "a/b/c"],
        ["--side", "5"],
        ["--seed", "-1"],
        ["--run", "nowhere"],
    ],
)
def test_wrong_calls_are_refused_before_any_work(wrong: list[str], photos: Path, tmp_path: Path) -> None:
    assert main(["prepare", str(photos), "--out", str(tmp_path / "out"), *wrong]) == 2
    assert not (tmp_path / "out").exists()


def test_a_full_folder_is_never_written_into(photos: Path) -> None:
    before = sorted(photos.rglob("*"))
    assert main(["prepare", str(photos), "--out", str(photos)]) == 2
    assert sorted(photos.rglob("*")) == before
