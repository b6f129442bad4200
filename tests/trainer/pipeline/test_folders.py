"""What can be said of folders before a photo is read."""

from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from trainer.config import DataConfig
from trainer.data.rare import name_labels
from trainer.data.scan import list_photos, misplaced
from trainer.pipeline.folders import refuse_folders

LABELS = ["Amanita_muscaria", "Boletus_edulis"]


def _refuse(config: DataConfig) -> None:
    photos = list_photos(config)
    refuse_folders(config, photos, name_labels(photos, config, load_guide()))


def test_too_few_photos_are_refused_before_one_is_read(tmp_path: Path) -> None:
    make_photo_folders(tmp_path, LABELS, 6)
    strict = DataConfig(folders=(str(tmp_path),), rare="refuse")
    _refuse(strict)
    make_photo_folders(tmp_path, ["Suillus_luteus"], 3)
    with pytest.raises(FieldGuideError) as usual:
        _refuse(strict)
    assert (usual.value.code, usual.value.facts["labels"]) == (ErrorCode.DATA_TOO_FEW, "Suillus luteus (3)")
    _refuse(replace(strict, rare="genus"))
    _refuse(replace(strict, hold_out=("Suillus_luteus",)))
    with pytest.raises(FieldGuideError) as more:
        _refuse(replace(strict, min_photos=10))
    assert str(more.value.facts["labels"]).count("(") == 3


def test_a_label_held_out_that_is_not_there_is_refused(tmp_path: Path) -> None:
    make_photo_folders(tmp_path, LABELS, 6)
    with pytest.raises(FieldGuideError) as refusal:
        _refuse(DataConfig(folders=(str(tmp_path),), hold_out=("Suillus_luteus",)))
    assert refusal.value.facts["option"] == "data.hold_out"


def test_what_teaches_nothing_is_named(tmp_path: Path) -> None:
    make_photo_folders(tmp_path, LABELS, 4)
    config = DataConfig(folders=(str(tmp_path),))
    assert misplaced(config, list_photos(config)) == []
    (tmp_path / "Amanita_phalloides").mkdir()
    draw_kind(0, 1).save(tmp_path / "loose.jpg")
    told = " ".join(misplaced(config, list_photos(config)))
    assert "Amanita_phalloides" in told
    assert "loose.jpg" in told
