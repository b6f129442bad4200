"""Photos by other people: what may judge, how it is dealt, and what is said of it."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.text import explain
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.config import DataConfig, RunConfig, read_config, write_config
from trainer.data.elsewhere import COPY, place_elsewhere
from trainer.data.rows import read_rows, write_rows
from trainer.data.scan import FORMERLY, ScannedPhoto
from trainer.data.split import ELSEWHERE_FIT, ELSEWHERE_MEASURE, LEFT_OUT, SplitPhoto, read_split
from trainer.pipeline.measured import people_on
from trainer.pipeline.plan import plan
from trainer.pipeline.preparation import Prepared, open_run, prepare_run
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Boletus_edulis"]
HALVES = {ELSEWHERE_FIT, ELSEWHERE_MEASURE}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 12)
    _manifest(folder, lambda label, number: f"{'club' if number < 6 else 'web'},")
    return folder


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """Of other people: a label that is taught, a stranger of a taught genus and one that the guide does not know."""
    folder = tmp_path / "others"
    for kind, label in enumerate([LABELS[0], "Amanita_phalloides", "Nowhereia_nulla"], start=5):
        (folder / label).mkdir(parents=True)
        for number in range(8):
            draw_kind(kind, 100 + number).save(folder / label / f"{number:03}.jpg", quality=92)
    _manifest(folder, lambda label, number: f"{'anna' if number % 2 else 'bert'},{label} {number // 2}")
    return folder


def _manifest(folder: Path, told: object) -> None:
    files = sorted(folder.rglob("*.jpg"))
    lines = [f"{f.parent.name}/{f.name},{told(f.parent.name, int(f.stem))}" for f in files]  # type: ignore[operator]
    folder.with_suffix(".csv").write_text("file,source,find\n" + "\n".join(lines), encoding="utf-8")


def _prepare(config: DataConfig, tmp_path: Path, style: Style = Style.QUIET) -> Prepared:
    return prepare_run(RunConfig(data=config), RunFolder(tmp_path / "run").create(), load_guide(), Progress(style))


def test_halves_share_no_find_and_are_alike_in_kinds(photos: Path, others: Path, tmp_path: Path) -> None:
    config = DataConfig(folders=(str(photos),), elsewhere=(str(others),), cache_size=48)
    ready = _prepare(config, tmp_path)
    rows = [row for row in ready.placed if "others" in row.file]
    assert {row.split for row in rows} == HALVES
    assert [row.index for row in ready.placed] == list(range(len(ready.photos)))
    assert all(ready.photos[row.index].file == row.file for row in ready.placed)
    sides = defaultdict(set)
    for row in rows:
        sides[row.source, row.find].add(row.split)
    assert max(len(found) for found in sides.values()) == 1
    for taxon in ("Amanita muscaria", "Amanita phalloides", "Nowhereia nulla"):
        assert [sum(row.taxon == taxon and row.split == half for row in rows) for half in sorted(HALVES)] == [4, 4]
    known = {row.taxon: row.label for row in rows}
    assert [known[name] >= 0 for name in ("Amanita muscaria", "Amanita phalloides", "Nowhereia nulla")] == [
        True,
        False,
        False,
    ]
    assert _prepare(config, tmp_path).placed == ready.placed


def test_copies_of_what_teaches_are_taken_out_and_counted(
    photos: Path, others: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(photos / LABELS[0] / "000.jpg", others / LABELS[0] / "copy.jpg")
    with Image.open(photos / LABELS[1] / "001.jpg") as picture:
        mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((90, 90))
        mirrored.save(others / LABELS[0] / "mirrored.jpg", quality=60)
    config = DataConfig(folders=(str(photos),), elsewhere=(str(others),), cache_size=48)
    rows = _prepare(config, tmp_path, Style.PERSON).placed
    out = {Path(row.file).name: row.why for row in rows if "others" in row.file and row.split == LEFT_OUT}
    assert out == {"copy.jpg": COPY, "mirrored.jpg": COPY}
    assert "are copies of training photos: 2" in capsys.readouterr().err


def test_photos_that_taught_the_weights_a_run_begins_with_do_not_judge_it(
    photos: Path, others: Path, tmp_path: Path
) -> None:
    ready = _prepare(DataConfig(folders=(str(photos),), elsewhere=(str(others),), cache_size=48), tmp_path)
    theirs = [photo for photo in ready.photos if "others" in photo.file]
    rows = place_elsewhere(theirs, [], ready.labels, 7, 0, taught={photo.sha256 for photo in theirs[:3]})
    assert [row.why for row in rows if row.split == LEFT_OUT] == [COPY] * 3
    assert {row.split for row in rows[3:]} == HALVES


@pytest.mark.parametrize("inside", [".", LABELS[0]])
def test_a_folder_that_trains_cannot_measure(photos: Path, tmp_path: Path, inside: str) -> None:
    """Nor can one inside it: all its photos would be left out as copies, and nothing would be measured."""
    folder = photos / inside
    if inside != ".":
        (folder / "deep").mkdir()
        shutil.copy(folder / "000.jpg", folder / "deep" / "one.jpg")
    with pytest.raises(FieldGuideError) as refused:
        _prepare(DataConfig(folders=(str(photos),), elsewhere=(str(folder),), cache_size=48), tmp_path)
    assert str(folder) in explain(refused.value)


def test_a_whole_source_can_judge(photos: Path, tmp_path: Path) -> None:
    config = DataConfig(folders=(str(photos),), elsewhere_sources=("web",), cache_size=48)
    ready = _prepare(config, tmp_path)
    split_of = {source: {row.split for row in ready.placed if row.source == source} for source in ("club", "web")}
    assert split_of["web"] == HALVES
    assert not split_of["club"] & HALVES
    assert _prepare(config, tmp_path).placed == ready.placed


@pytest.mark.parametrize(
    ("apart", "theirs"), [({"elsewhere_people": ("Bert",)}, 6), ({"elsewhere_years": ("2024",)}, 4)]
)
def test_people_and_years_can_be_set_apart(
    photos: Path, tmp_path: Path, apart: dict[str, tuple[str, ...]], theirs: int
) -> None:
    """They judge and teach nothing, and their number stands in the ground of what was fitted."""
    files = sorted(photos.rglob("*.jpg"))
    told = [(f, "Anna" if int(f.stem) < 6 else "Bert", "2023-09-01" if int(f.stem) < 8 else "2024") for f in files]
    lines = [f"{f.parent.name}/{f.name},club,{person},{date}" for f, person, date in told]
    photos.with_suffix(".csv").write_text("file,source,person,date\n" + "\n".join(lines), encoding="utf-8")
    ready = _prepare(DataConfig(folders=(str(photos),), cache_size=48, **apart), tmp_path)
    halves = [row for row in ready.placed if row.split in HALVES]
    assert len(halves) == 2 * theirs
    assert {row.person for row in halves} == {"Bert"}
    assert people_on(ready.placed, ELSEWHERE_FIT) == 1
    assert people_on([replace(halves[0], person=""), *halves], halves[0].split) is None
    with pytest.raises(FieldGuideError) as unknown:
        _prepare(DataConfig(folders=(str(photos),), elsewhere_people=("Carla",)), tmp_path)
    assert "Anna, Bert" in explain(unknown.value)
    with pytest.raises(FieldGuideError) as nobody:
        _prepare(DataConfig(folders=(str(photos),), elsewhere_people=("Anna", "Bert")), tmp_path)
    assert "no photo is left to train with" in explain(nobody.value)


def test_a_source_cannot_teach_and_judge(photos: Path, others: Path, tmp_path: Path) -> None:
    others.with_suffix(".csv").write_text(others.with_suffix(".csv").read_text().replace("anna", "club"))
    config = DataConfig(folders=(str(photos),), elsewhere=(str(others),))
    with pytest.raises(FieldGuideError) as both:
        plan(complete(RunConfig(data=config)))
    assert "club" in explain(both.value)
    with pytest.raises(FieldGuideError) as unknown:
        _prepare(DataConfig(folders=(str(photos),), elsewhere_sources=("clup",)), tmp_path)
    assert "club, web" in explain(unknown.value)


def test_nobody_can_teach_and_judge(photos: Path, others: Path, tmp_path: Path) -> None:
    """The creator of a collected photo is the person who took it."""
    for folder, source in ((photos, "club"), (others, "anna")):
        lines = [f"{file.parent.name}/{file.name},{source},Carla" for file in folder.rglob("*.jpg")]
        folder.with_suffix(".csv").write_text("file,source,creator\n" + "\n".join(lines), encoding="utf-8")
    config = DataConfig(folders=(str(photos),), elsewhere=(str(others),))
    with pytest.raises(FieldGuideError) as both:
        plan(complete(RunConfig(data=config)))
    assert "these people train and measure at once: Carla" in explain(both.value)


def test_the_plan_says_what_the_photos_by_other_people_cannot_do(photos: Path, others: Path) -> None:
    alone = plan(complete(RunConfig(data=DataConfig(folders=(str(photos),)))))
    assert "--elsewhere" in alone
    told = plan(complete(RunConfig(data=DataConfig(folders=(str(photos),), elsewhere=(str(others),)))))
    assert "24 photos by other people measure this run and are not used for training: anna (12), bert (12)" in told
    assert "Nowhereia_nulla" in told
    assert "dangerous kind" not in told
    shutil.rmtree(others / "Amanita_phalloides")
    shutil.rmtree(others / LABELS[0])
    (others / "Boletus_edulis").mkdir()
    draw_kind(9, 9).save(others / "Boletus_edulis" / "001.jpg")
    _manifest(others, lambda label, number: "anna,")
    shutil.rmtree(others / "Nowhereia_nulla")
    assert "every photo will ring" in plan(
        complete(RunConfig(data=DataConfig(folders=(str(photos),), elsewhere=(str(others),))))
    )


def test_a_run_of_an_earlier_version_goes_on_and_takes_other_peoples_photos_later(
    photos: Path, others: Path, tmp_path: Path
) -> None:
    """Its tables have no find, no taxon and no mirrored hash, its options one folder and one manifest."""
    run = RunFolder(tmp_path / "run")
    manifest = photos.with_suffix(".csv")
    manifest.write_text(manifest.read_text().replace("find", "observation"), encoding="utf-8")
    config = complete(RunConfig(data=DataConfig(folders=(str(photos),), manifests=(str(manifest),), cache_size=160)))
    open_run(run, config, load_guide(), resume=False)
    before = prepare_run(config, run, load_guide(), Progress(Style.QUIET))
    written = run.config.read_text()
    for new, old in (("folders", "folder"), ("manifests", "manifest")):
        value = str(photos if new == "folders" else manifest)
        start = written.index(f"{new} = ")
        written = written[:start] + f'{old} = "{value}"\n' + written[written.index("]", start) + 2 :]
    run.config.write_text(written)
    assert read_config(run.config) == config
    _without(run.scan, "mirrored", {"find": "observation"})
    _without(run.scan, "cropped", {})
    _without(run.split, "find", {})
    _without(run.split, "taxon", {})
    labels = run.labels.read_text()
    run.labels.write_text(labels[: labels.index(',\n "taxon_of"')] + "\n}")
    later = replace(config, data=replace(config.data, elsewhere=(str(others),)))
    open_run(run, later, load_guide(), resume=True)
    after = prepare_run(later, run, load_guide(), Progress(Style.QUIET))
    old = len(before.placed)
    assert [(row.file, row.split, row.target) for row in after.placed[:old]] == [
        (row.file, row.split, row.target) for row in before.placed
    ]
    assert {row.split for row in after.placed[old:]} == HALVES
    assert read_split(run.split) == after.placed
    write_config(later, tmp_path / "again.toml")
    assert read_config(tmp_path / "again.toml") == later


def test_a_scan_that_was_cut_off_is_made_anew(photos: Path, tmp_path: Path) -> None:
    config = DataConfig(folders=(str(photos),), cache_size=48)
    before = _prepare(config, tmp_path)
    run = RunFolder(tmp_path / "run")
    for file in (run.scan, run.pixels):
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) * 2 // 3])
        after = _prepare(config, tmp_path)
        assert (after.photos, after.placed) == (before.photos, before.placed)
        assert file.read_bytes() == whole
    assert read_rows(run.scan, ScannedPhoto, FORMERLY) == before.photos
    write_rows(run.split, SplitPhoto, before.placed[:-1])
    with pytest.raises(FieldGuideError):
        _prepare(config, tmp_path)


def _without(file: Path, column: str, renamed: dict[str, str]) -> None:
    """Take a column out of a table, and give others their old names."""
    lines = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    place = lines[0].index(column)
    kept = [[renamed.get(cell, cell) for n, cell in enumerate(line) if n != place] for line in lines]
    file.write_text("\n".join(",".join(line) for line in kept) + "\n", encoding="utf-8")
