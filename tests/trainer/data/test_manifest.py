"""What a manifest says of photos, which one belongs to which folder, and what of it is refused or told."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldguide.core.errors import FieldGuideError
from fieldguide.core.text import explain
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.config import DataConfig
from trainer.data.manifest import PhotoLine, read_manifest
from trainer.data.scan import list_photos, misplaced

LABELS = ["Amanita_muscaria", "Boletus_edulis"]
LINES = """file,label,source,find
Amanita_muscaria/000.jpg,Amanita phalloides,club,7
Boletus_edulis/000.jpg,Boletus edulis,,
"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_photo_folders(tmp_path / "photos", LABELS, 2)


def test_a_csv_named_like_the_folder_serves_and_its_label_wins(photos: Path) -> None:
    photos.with_suffix(".csv").write_text(LINES, encoding="utf-8")
    first, second, third, _ = list_photos(DataConfig(folders=(str(photos),)))
    assert (first.raw_label, first.source, first.find) == ("Amanita phalloides", "club", "7")
    assert (second.raw_label, second.find_key) == ("Amanita_muscaria", "")
    assert third.raw_label == "Boletus_edulis"  # the same name: the folder's way to write it stays


def test_a_table_beside_the_folder_that_is_none_of_ours_is_left_alone(photos: Path) -> None:
    photos.with_suffix(".csv").write_text("date,weather\n1 May,rain\n", encoding="utf-8")
    assert [photo.source for photo in list_photos(DataConfig(folders=(str(photos),)))] == [""] * 4


def test_a_photo_beside_the_label_folders_counts_when_the_manifest_names_it(photos: Path) -> None:
    draw_kind(1, 9).save(photos / "loose.jpg")
    draw_kind(1, 10).save(photos / "nameless.jpg")
    config = DataConfig(folders=(str(photos),))
    photos.with_suffix(".csv").write_text("file,label\nloose.jpg,Suillus luteus\n", encoding="utf-8")
    listed = list_photos(config)
    assert (Path(listed[-1].file).name, listed[-1].raw_label, len(listed)) == ("loose.jpg", "Suillus luteus", 5)
    assert "(1): nameless.jpg" in " ".join(misplaced(config, listed))


def test_several_folders_take_their_manifests_in_order_or_by_name(photos: Path, tmp_path: Path) -> None:
    more = make_photo_folders(tmp_path / "field", LABELS[1:], 1)
    field, web = tmp_path / "field_finds.csv", tmp_path / "web.csv"
    field.write_text("file,source\nBoletus_edulis/000.jpg,club\n", encoding="utf-8")
    web.write_text("file,source\nAmanita_muscaria/000.jpg,web\n", encoding="utf-8")
    both = DataConfig(folders=(str(photos), str(more)), manifests=(str(web), str(field)))
    assert [photo.source for photo in list_photos(both)] == ["web", "", "", "", "club"]
    assert [photo.index for photo in list_photos(both)] == list(range(5))
    with pytest.raises(FieldGuideError) as whose:
        list_photos(DataConfig(folders=both.folders, manifests=(str(field),)))
    assert "1 manifests for 2 folders" in explain(whose.value)
    named = field.rename(tmp_path / "field.csv")
    alone = DataConfig(folders=both.folders, manifests=(str(named),))
    assert [photo.source for photo in list_photos(alone)] == ["", "", "", "", "club"]


def test_a_folder_named_twice_is_refused(photos: Path) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        list_photos(DataConfig(folders=(str(photos), str(photos))))
    assert "twice" in explain(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(encoding: str, between: str, tmp_path: Path) -> None:
    file = tmp_path / "photos.csv"
    file.write_text(LINES.replace(",", between).replace("club", "Überwald"), encoding=encoding)
    found = read_manifest(file)
    assert found.lines["Amanita_muscaria/000.jpg"] == PhotoLine("Amanita phalloides", "Überwald", "7")


def test_another_encoding_is_refused_by_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "photos.csv"
    file.write_text(LINES.replace("club", "Überwald"), encoding="latin-1")
    with pytest.raises(FieldGuideError) as refusal:
        read_manifest(file)
    assert "UTF-8" in explain(refusal.value)


def test_a_misspelt_column_is_refused_and_an_unknown_one_told(photos: Path) -> None:
    config, file = DataConfig(folders=(str(photos),)), photos.with_suffix(".csv")
    file.write_text(LINES.replace("source", "weather"), encoding="utf-8")
    assert any("weather" in sentence for sentence in misplaced(config, list_photos(config)))
    file.write_text(LINES.replace("source", "sourse"), encoding="utf-8")
    with pytest.raises(FieldGuideError) as refusal:
        list_photos(config)
    assert "is source meant?" in explain(refusal.value)


def test_photos_that_are_not_there_are_told(photos: Path) -> None:
    config = DataConfig(folders=(str(photos),))
    photos.with_suffix(".csv").write_text(LINES + "Boletus_edulis/gone.jpg,,,\n", encoding="utf-8")
    assert any("(1): Boletus_edulis/gone.jpg" in sentence for sentence in misplaced(config, list_photos(config)))
