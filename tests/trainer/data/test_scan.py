"""Which files a scan takes for photos, what a manifest says of them, and when a scan is made anew."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.config import DataConfig
from trainer.data.scan import list_photos, read_scan, scan
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

QUIET = Progress(Style.QUIET)
LABELS = ["Amanita_muscaria", "Boletus_edulis"]
MANIFEST = "file,source,observation\nAmanita_muscaria/000.jpg,web,find 7\n"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_photo_folders(tmp_path / "photos", LABELS, 2)


def test_hidden_files_and_folders_are_no_photos(photos: Path) -> None:
    listed = list_photos(DataConfig(folders=(str(photos),)))
    (photos / LABELS[0] / "._000.jpg").write_bytes(b"\0\5\x16\7")
    (photos / LABELS[0] / "Thumbs.db").write_bytes(b"\xd0\xcf")
    for hidden in (photos / ".thumbnails", photos / LABELS[1] / ".cache"):
        hidden.mkdir()
        draw_kind(0, 9).save(hidden / "000.jpg")
    assert list_photos(DataConfig(folders=(str(photos),))) == listed


def test_a_collected_folder_brings_its_own_manifest(photos: Path, tmp_path: Path) -> None:
    (photos / "attribution.csv").write_text(MANIFEST, encoding="utf-8")
    assert [p.find for p in list_photos(DataConfig(folders=(str(photos),)))] == ["find 7", "", "", ""]
    other = tmp_path / "other.csv"
    other.write_text(MANIFEST.replace("find 7", "find 8"), encoding="utf-8")
    assert list_photos(DataConfig(folders=(str(photos),), manifests=(str(other),)))[0].find == "find 8"


def test_a_manifest_reaches_a_scan_that_is_there_already(photos: Path, tmp_path: Path) -> None:
    """Else an audit without the manifest would let the run that follows it split observations."""
    run, manifest = RunFolder(tmp_path / "run").create(), tmp_path / "photos.csv"
    manifest.write_text(MANIFEST, encoding="utf-8")
    scan(DataConfig(folders=(str(photos),), cache_size=48), run, QUIET)
    before = run.pixels.stat().st_mtime_ns
    again = scan(DataConfig(folders=(str(photos),), cache_size=48, manifests=(str(manifest),)), run, QUIET)
    assert [photo.find for photo in again] == ["find 7", "", "", ""]
    assert read_scan(run.scan) == again
    assert run.pixels.stat().st_mtime_ns == before


def test_paths_mean_the_same_from_everywhere(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarantine or a review made from one folder must reach a run that is called from another."""
    monkeypatch.chdir(photos.parent)
    assert list_photos(DataConfig(folders=("photos",))) == list_photos(DataConfig(folders=(str(photos),)))


def test_a_photo_that_was_mended_is_read_again(photos: Path, tmp_path: Path) -> None:
    broken = photos / LABELS[0] / "000.jpg"
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    run, config = RunFolder(tmp_path / "run").create(), DataConfig(folders=(str(photos),), cache_size=48)
    assert scan(config, run, QUIET)[0].error
    broken.write_bytes(whole)
    assert not scan(config, run, QUIET)[0].error


def test_photos_in_unexpected_places_are_told(photos: Path, tmp_path: Path) -> None:
    draw_kind(0, 9).save(photos / "loose.jpg")
    deeper = photos / "Amanita" / "Amanita_phalloides"
    deeper.mkdir(parents=True)
    draw_kind(0, 10).save(deeper / "000.jpg")
    told = io.StringIO()
    scan(DataConfig(folders=(str(photos),), cache_size=48), RunFolder(tmp_path / "run").create(), Progress(stream=told))
    assert "(1): loose.jpg" in told.getvalue()
    assert f"as {Path('Amanita', 'Amanita_phalloides')} for Amanita: 1." in told.getvalue()


@pytest.mark.parametrize(
    "written", ["name,source\n000.jpg,web\n", "file,source\nphotos/Amanita_muscaria/000.jpg,web\n"]
)
def test_a_manifest_of_other_photos_is_refused(written: str, photos: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "photos.csv"
    manifest.write_text(written, encoding="utf-8")
    with pytest.raises(FieldGuideError) as refusal:
        list_photos(DataConfig(folders=(str(photos),), manifests=(str(manifest),)))
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


def test_a_card_that_is_pulled_out_in_the_middle_is_told_and_leaves_no_half_scan(photos: Path, tmp_path: Path) -> None:
    class Pulls(Progress):
        def advance(self, done: int, total: int, note: str = "") -> None:
            shutil.rmtree(photos, ignore_errors=True)

    run = RunFolder(tmp_path / "run")
    run.pixels.parent.mkdir(parents=True)
    config = DataConfig(folders=(str(photos),), cache_size=32)
    with pytest.raises(FieldGuideError) as refused:
        scan(config, run, Pulls(Style.QUIET), workers=1)
    assert (refused.value.code, refused.value.facts["folder"]) == (ErrorCode.DATA_MISSING, str(photos))
    assert not run.scan.exists()
