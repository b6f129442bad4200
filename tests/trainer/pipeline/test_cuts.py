"""Copies of photos, made in the ways that web pages make them, never stand on two sides of a split."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import draw_kind
from trainer.cli import main
from trainer.config import DataConfig, RunConfig
from trainer.data.audit.findings import Finding, read_audit
from trainer.data.elsewhere import COPY
from trainer.data.split import LEFT_OUT
from trainer.pipeline.preparation import prepare_run
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Boletus_edulis"]
QUIET = Progress(Style.QUIET)
Change = Callable[[Image.Image], Image.Image]


def _cut(left: float, top: float, right: float, bottom: float) -> Change:
    return lambda p: p.crop(tuple(map(round, (left * p.width, top * p.height, right * p.width, bottom * p.height))))


def _mirrored(picture: Image.Image) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


WAYS: dict[str, Change] = {
    "mirrored": _mirrored,
    "even": _cut(0.05, 0.05, 0.95, 0.95),
    "left": _cut(0.05, 0, 1, 1),
    "corner": _cut(0.08, 0, 1, 0.96),
    "corner_mirrored": lambda p: _mirrored(_cut(0, 0.1, 0.9, 1)(p)),
    "recompressed": lambda p: p.resize((p.width // 2, p.height // 2)),
}


def _write(folder: Path, kind: int, photos: int) -> Path:
    folder.mkdir(parents=True)
    for number in range(photos):
        draw_kind(kind, number, 240).save(folder / f"{number:02}.jpg", quality=90)
    return folder


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two kinds of eight photos; every photo of the first has a copy, each made in another way."""
    root = tmp_path_factory.mktemp("cuts") / "photos"
    for kind, label in enumerate(LABELS):
        _write(root / label, kind, 8)
    for number, (way, change) in enumerate(WAYS.items()):
        with Image.open(root / LABELS[0] / f"{number:02}.jpg") as picture:
            change(picture).save(root / LABELS[0] / f"{number:02}_{way}.jpg", quality=60)
    return root


def test_no_copy_stands_on_two_sides(photos: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run").create()
    config = RunConfig(data=DataConfig(folders=(str(photos),), cache_size=96))
    placed = prepare_run(config, run, load_guide(), QUIET).placed
    group = {Path(row.file).relative_to(photos).with_suffix("").as_posix(): row.group for row in placed}
    pairs = {way: (group[f"{LABELS[0]}/{n:02}_{way}"], group[f"{LABELS[0]}/{n:02}"]) for n, way in enumerate(WAYS)}
    assert [way for way, (copy, photo) in pairs.items() if copy != photo] == []
    assert len(set(group.values())) == 16
    side = {row.group: {other.split for other in placed if other.group == row.group} for row in placed}
    assert all(len(splits - {LEFT_OUT}) == 1 for splits in side.values())
    near = {Path(photo.file).stem[:2] for photo in read_audit(run.audit).listed(Finding.NEAR_COPY)}
    assert near == {f"{number:02}" for number in range(len(WAYS))}, "the audit lists one of each two"
    found = run.cuts.read_bytes()
    prepare_run(config, run, load_guide(), QUIET)
    assert run.cuts.read_bytes() == found


def test_prepare_keeps_copies_on_one_side(photos: Path, tmp_path: Path) -> None:
    assert main(["prepare", str(photos), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    with (tmp_path / "out" / "prepared.csv").open(encoding="utf-8") as stream:
        part = {Path(row["source"]).stem: row["part"] for row in csv.DictReader(stream) if LABELS[0] in row["source"]}
    assert [way for n, way in enumerate(WAYS) if part[f"{n:02}_{way}"] != part[f"{n:02}"]] == []


def test_a_cut_of_a_photo_that_teaches_does_not_judge(photos: Path, tmp_path: Path) -> None:
    others = _write(tmp_path / "others" / LABELS[1], 3, 4)
    with Image.open(photos / LABELS[1] / "05.jpg") as picture:
        _cut(0.1, 0, 1, 0.95)(picture).save(others / "taken.jpg", quality=70)
    run = RunFolder(tmp_path / "run").create()
    data = DataConfig(folders=(str(photos),), elsewhere=(str(others.parent),), cache_size=96)
    placed = prepare_run(RunConfig(data=data), run, load_guide(), QUIET).placed
    left_out = [Path(row.file).name for row in placed if row.why == COPY]
    assert left_out == ["taken.jpg"]
