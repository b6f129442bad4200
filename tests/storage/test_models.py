from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.operators import refuse_program
from fieldguide.storage.models import ModelShelf
from tests.helpers.archives import files_of


@pytest.fixture
def shelf(tmp_path: Path, bundle_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path / "models", starter=bundle_path)


def test_a_model_is_copied_whole_under_its_digest_and_removed_again(
    shelf: ModelShelf, bundle_path: Path, tmp_path: Path
) -> None:
    model = shelf.install(bundle_path, refuse_program)
    assert model.path.read_bytes() == read_bundle(bundle_path).data == read_bundle(model.path).data
    assert shelf.install(bundle_path, refuse_program) == model, "the same model again is the same"
    assert [each.starter for each in shelf.every()] == [True, False]
    shelf.remove(model)
    assert not model.path.exists()
    assert list((tmp_path / "models").iterdir()) == []


def test_the_starter_model_stays(shelf: ModelShelf) -> None:
    with pytest.raises(FieldGuideError) as refused:
        shelf.remove(shelf.every()[0])
    assert refused.value.code is ErrorCode.MODEL_STAYS
    assert shelf.every()[0].manifest is not None


def test_a_cut_model_is_refused_and_leaves_nothing(shelf: ModelShelf, bundle_path: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.fieldguide"
    cut.write_bytes(bundle_path.read_bytes()[:-2000])
    with pytest.raises(FieldGuideError) as refused:
        shelf.install(cut, refuse_program)
    assert refused.value.code is ErrorCode.BUNDLE_DAMAGED
    assert not (tmp_path / "models").exists()


def test_a_model_that_went_bad_is_listed_with_its_reason(shelf: ModelShelf, bundle_path: Path) -> None:
    model = shelf.install(bundle_path, refuse_program)
    model.path.write_bytes(b"nothing of the kind")
    listed = shelf.every()[1]
    assert listed.manifest is None
    assert listed.problem is not None
    assert listed.problem.code is ErrorCode.BUNDLE_DAMAGED


def test_a_missing_starter_model_is_listed_as_missing(tmp_path: Path) -> None:
    listed = ModelShelf(tmp_path, starter=tmp_path / "starter.fieldguide").every()
    assert [each.problem.code for each in listed] == [ErrorCode.BUNDLE_MISSING]


def test_the_card_is_read_or_empty(shelf: ModelShelf) -> None:
    assert isinstance(shelf.read_card(shelf.every()[0]), str)


def test_a_card_is_read_as_far_as_the_window_can_lay_it_out(
    shelf: ModelShelf, bundle_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.fieldguide"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files_of(bundle_path).items():
            archive.writestr(name, b"a" * 2**20 if name.endswith("card.md") else data)
    installed = shelf.install(path, refuse_program)
    assert 10_000 < len(shelf.read_card(installed)) < 100_000


def test_a_hostile_program_never_comes_onto_the_shelf(shelf: ModelShelf, bundle_path: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.fieldguide"
    with zipfile.ZipFile(bundle_path) as old, zipfile.ZipFile(hostile, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data + b"x = 1\n" if name.endswith("tiny_network.py") else data)
    with pytest.raises(FieldGuideError) as caught:
        shelf.install(hostile, refuse_program)
    assert caught.value.code is ErrorCode.BUNDLE_UNSAFE
    assert len(shelf.every()) == 1
