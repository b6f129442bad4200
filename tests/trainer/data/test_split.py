import shutil
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import make_photo_folders
from trainer.config import DataConfig
from trainer.data.labels import build_tree, resolve_labels
from trainer.data.scan import ScannedPhoto, list_photos, read_scan, scan
from trainer.data.split import (
    HELD_OUT,
    LEFT_OUT,
    SplitPhoto,
    of_one_source_in_words,
    read_split,
    split,
    unmeasured_in_words,
    write_split,
)
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Amanita_phalloides", "Boletus_edulis"]
QUIET = Progress(Style.QUIET)


def _scan(folder: Path, tmp_path: Path, **options: object) -> tuple[DataConfig, list[ScannedPhoto]]:
    config = replace(DataConfig(folders=(str(folder),), cache_size=48), **options)
    return config, scan(config, RunFolder(tmp_path / "run").create(), QUIET)


def _split(config: DataConfig, photos: list[ScannedPhoto], seed: int = 1) -> list[SplitPhoto]:
    labels = resolve_labels((p.raw_label for p in photos if p.raw_label not in config.hold_out), load_guide())
    return split(photos, labels, build_tree(labels.taxa), config, seed)


def test_a_scan_reads_every_photo_once_and_is_used_again(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 5)
    (folder / LABELS[0] / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a photo")
    _, photos = _scan(folder, tmp_path)
    assert [photo.error != "" for photo in photos].count(True) == 1
    run = RunFolder(tmp_path / "run")
    assert read_scan(run.scan) == photos
    before = run.pixels.stat().st_mtime_ns
    _, again = _scan(folder, tmp_path)
    assert again == photos
    assert run.pixels.stat().st_mtime_ns == before


def test_no_near_duplicate_stands_on_two_sides(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 24)
    for number in range(12):  # the same pictures again, smaller and worse
        with Image.open(folder / LABELS[1] / f"{number:03}.jpg") as picture:
            picture.resize((80, 80)).save(folder / LABELS[1] / f"copy{number:03}.jpg", quality=40)
    config, photos = _scan(folder, tmp_path)
    placed = _split(config, photos)
    sides = defaultdict(set)
    for row in placed:
        sides[row.group].add(row.split)
    assert max(len(found) for found in sides.values()) == 1
    assert len(sides) <= 72
    assert {row.split for row in placed} == {"train", "val", "calibration", "test"}


def test_observations_stay_together(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS[:2], 16)
    lines = [f"{label}/{n:03}.jpg,web,{label}-{n // 4}" for label in LABELS[:2] for n in range(16)]
    manifest = tmp_path / "photos.csv"
    manifest.write_text("file,source,observation\n" + "\n".join(lines), encoding="utf-8")
    config, photos = _scan(folder, tmp_path, manifests=(str(manifest),))
    assert photos[0].source == "web"
    side_of = {row.file: row.split for row in _split(config, photos)}
    for label in LABELS[:2]:
        for start in range(0, 16, 4):
            assert len({side_of[str(folder / label / f"{n:03}.jpg")] for n in range(start, start + 4)}) == 1


def test_a_mirrored_copy_stands_on_the_same_side(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 16)
    for number in range(16):
        with Image.open(folder / LABELS[0] / f"{number:03}.jpg") as picture:
            mirrored = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            mirrored.save(folder / LABELS[0] / f"mirrored{number:03}.jpg", quality=85)
    side_of = {Path(row.file).name: row for row in _split(*_scan(folder, tmp_path)) if LABELS[0] in row.file}
    for number in range(16):
        assert side_of[f"{number:03}.jpg"].group == side_of[f"mirrored{number:03}.jpg"].group


def test_a_label_with_too_few_finds_for_every_side_teaches_and_is_named(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 12)
    manifest = tmp_path / "photos.csv"
    lines = [f"{LABELS[0]}/{n:03}.jpg,club,find {n // 6}" for n in range(12)]
    manifest.write_text("file,source,find\n" + "\n".join(lines), encoding="utf-8")
    config, photos = _scan(folder, tmp_path)
    placed = _split(config, photos)
    assert {row.split for row in placed if LABELS[0] in row.file} == {"train"}
    assert {row.find for row in placed if LABELS[0] in row.file} == {"find 0", "find 1"}
    told = unmeasured_in_words(placed, resolve_labels((p.raw_label for p in photos), load_guide()))
    assert [("Amanita muscaria" in line, "Boletus" in line) for line in told] == [(True, False)]


@pytest.mark.parametrize(("taught", "kept"), [(14, True), (23, False)], ids=["most", "nearly all"])
def test_what_taught_the_weights_that_a_run_begins_with_never_judges_while_enough_is_left(
    tmp_path: Path, taught: int, kept: bool
) -> None:
    config, photos = _scan(make_photo_folders(tmp_path / "photos", LABELS, 24), tmp_path)
    labels = resolve_labels((photo.raw_label for photo in photos), load_guide())
    known = {photo.sha256 for photo in photos if int(Path(photo.file).stem) < taught}
    rows = split(photos, labels, build_tree(labels.taxa), config, 1, taught=known)
    judging = {photos[row.index].sha256 for row in rows if row.split in ("val", "calibration", "test")}
    assert len(judging) == sum(row.split in ("val", "calibration", "test") for row in _split(config, photos))
    assert judging.isdisjoint(known) is kept
    assert {row.split for row in rows} == {"train", "val", "calibration", "test"}


def test_kinds_that_one_source_alone_shows_are_told_where_others_are_shown_by_several() -> None:
    def placed(*shown: str) -> list[SplitPhoto]:
        """A letter a source, a word a label."""
        return [
            SplitPhoto(0, "", "train", label, label, 0, source if source != "-" else "")
            for label, sources in enumerate(shown)
            for source in sources
        ]

    told = of_one_source_in_words(placed("ab", "a", "bb", "abc"))
    assert ["2 of the 4 labels" in line for line in told] == [True]
    for nothing in (placed("ab", "abc"), placed("a", "b", "c"), placed("aa", "a"), placed("-", "-"), []):
        assert of_one_source_in_words(nothing) == []


def test_a_photo_under_two_labels_never_judges_and_teaches_the_shared_genus(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 10)
    shutil.copy(folder / LABELS[0] / "000.jpg", folder / LABELS[1] / "stray.jpg")
    shutil.copy(folder / LABELS[0] / "001.jpg", folder / LABELS[2] / "stray.jpg")
    config, photos = _scan(folder, tmp_path)
    rows = {Path(row.file).parent.name + "/" + Path(row.file).name: row for row in _split(config, photos)}
    shared = [rows[f"{LABELS[0]}/000.jpg"], rows[f"{LABELS[1]}/stray.jpg"]]
    assert sorted(row.split for row in shared) == [LEFT_OUT, "train"]
    assert all("several labels" in row.why or row.why == "exact duplicate" for row in shared)
    teaching = next(row for row in shared if row.split == "train")
    assert teaching.target >= len(LABELS)  # a target above the labels: the genus Amanita
    assert {rows[f"{LABELS[0]}/001.jpg"].split, rows[f"{LABELS[2]}/stray.jpg"].split} == {LEFT_OUT}


def test_held_out_labels_neither_learn_nor_judge(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 8)
    config, photos = _scan(folder, tmp_path, hold_out=(LABELS[2],))
    placed = _split(config, photos)
    assert {row.split for row in placed if LABELS[2] in row.file} == {HELD_OUT}


def test_the_same_seed_gives_the_same_split_and_it_reads_back(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", LABELS, 12)
    config, photos = _scan(folder, tmp_path)
    placed = _split(config, photos, seed=3)
    assert placed == _split(config, photos, seed=3)
    assert placed != _split(config, photos, seed=4)
    write_split(tmp_path / "split.csv", placed)
    assert read_split(tmp_path / "split.csv") == placed
    whole = (tmp_path / "split.csv").read_bytes()
    for cut in (len(whole) // 2, whole.rindex(b",train,") + 4, whole.index(b"\n") + 3):
        (tmp_path / "split.csv").write_bytes(whole[:cut])
        with pytest.raises(FieldGuideError) as refusal:
            read_split(tmp_path / "split.csv")
        assert refusal.value.code is ErrorCode.CONFIG_INVALID


@pytest.mark.parametrize(
    ("labels", "photos", "code"),
    [
        ([], 0, ErrorCode.FOLDER_WITHOUT_PHOTOS),
        (LABELS[:1], 8, ErrorCode.DATA_ONE_CLASS),
        (LABELS[:2], 2, ErrorCode.DATA_TOO_FEW),
    ],
)
def test_folders_that_cannot_train_are_refused(tmp_path: Path, labels: list[str], photos: int, code: ErrorCode) -> None:
    folder = make_photo_folders(tmp_path / "photos", labels, photos)
    folder.mkdir(exist_ok=True)
    with pytest.raises(FieldGuideError) as refusal:
        _split(*_scan(folder, tmp_path, rare="refuse"))
    assert refusal.value.code is code


def test_every_label_with_too_few_photos_is_named_at_once(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path / "photos", [*LABELS, "Suillus_luteus", "Russula_emetica"], 8)
    for name, kept in ((LABELS[1], 3), ("Suillus_luteus", 2)):
        for file in sorted((folder / name).iterdir())[kept:]:
            file.unlink()
    for file in (folder / "Russula_emetica").iterdir():
        file.write_bytes(b"no photo at all")
    with pytest.raises(FieldGuideError) as refusal:
        _split(*_scan(folder, tmp_path, rare="refuse"))
    named = set(str(refusal.value.facts["labels"]).split(", "))
    assert named == {"Amanita phalloides (3)", "Suillus luteus (2)", "Russula emetica (0)"}


def test_photos_outside_of_any_label_are_told_from_none(tmp_path: Path) -> None:
    folder = make_photo_folders(tmp_path, [LABELS[0]], 2) / LABELS[0]
    with pytest.raises(FieldGuideError) as refusal:
        list_photos(DataConfig(folders=(str(folder),)))
    assert refusal.value.code is ErrorCode.DATA_ONE_CLASS


def test_no_folder_at_all_is_told_as_such() -> None:
    with pytest.raises(FieldGuideError) as refusal:
        list_photos(DataConfig())
    assert (refusal.value.code, refusal.value.facts["option"]) == (ErrorCode.CONFIG_INVALID, "folders")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        list_photos(DataConfig(folders=(str(tmp_path / "nowhere"),)))
    assert refusal.value.code is ErrorCode.DATA_MISSING
