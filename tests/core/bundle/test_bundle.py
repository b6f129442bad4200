"""A bundle as a file: what is read of it, and the archives that are refused before torch sees them."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fieldguide.core.bundle import Manifest, bundle_digest, packing, read_bundle, read_manifest
from fieldguide.core.bundle import archive as bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.taxonomy import Rank, Taxon

LABELS = (Taxon("Amanita", Rank.GENUS, "Amanita"), Taxon("Boletus", Rank.GENUS, "Boletus"))
MANIFEST = Manifest("m-1", "Two", "1.0", LABELS, InputSpec(16, 16))


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


GOLDEN = {
    "images": np.zeros((2, 3, 16, 16), np.uint8),
    "logits": np.zeros((2, 2), np.float32),
    "embedding": np.zeros((2, 4), np.float32),
}


def entries(**changes: bytes | None) -> dict[str, bytes]:
    found: dict[str, bytes | None] = {
        "m/data.pkl": b"\x80\x02.",
        "m/constants.pkl": b"\x80\x02.",
        "m/version": b"3\n",
        "m/code/__torch__.py": b"class Net(Module):\n  pass\n",
        "m/extra/manifest.json": MANIFEST.to_json().encode(),
        "m/extra/golden.npz": npz(**GOLDEN),
        "m/extra/card.md": b"# A model",
        **changes,
    }
    return {name: data for name, data in found.items() if data is not None}


def write(path: Path, files: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def refusal(path: Path) -> ErrorCode:
    codes = set()
    for read in (read_manifest, read_bundle):
        with pytest.raises(FieldGuideError) as caught:
            read(path)
        assert caught.value.facts["file"] == path.name
        codes.add(caught.value.code)
    assert len(codes) == 1
    return codes.pop()


def test_a_bundle_is_read_once_and_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries())
    found = read_bundle(path)
    assert found.manifest == MANIFEST == read_manifest(path)
    assert found.digest == bundle_digest(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.extra("card.md") == b"# A model"
    assert found.extra("photos.txt") is None
    assert found.arrays("statistics.npz") == {}
    assert list(found.program()) == ["m/code/__torch__.py"]
    assert found.golden().images.shape == (2, 3, 16, 16)


def test_a_missing_file_and_a_folder_are_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.fieldguide") is ErrorCode.BUNDLE_MISSING
    assert refusal(tmp_path) is ErrorCode.BUNDLE_MISSING
    with pytest.raises(FieldGuideError):
        bundle_digest(tmp_path / "no.fieldguide")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no archive at all" * 100])
def test_what_is_no_archive_is_damaged(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.fieldguide").write_bytes(data)
    assert refusal(tmp_path / "a.fieldguide") is ErrorCode.BUNDLE_DAMAGED


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_truncated_bundle_is_damaged(tmp_path: Path, kept: float) -> None:
    path = write(tmp_path / "a.fieldguide", entries())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert refusal(path) is ErrorCode.BUNDLE_DAMAGED


def test_one_flipped_bit_is_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries())
    data = bytearray(path.read_bytes())
    data[data.index(b"# A model")] ^= 1
    path.write_bytes(data)
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(path)
    assert caught.value.code is ErrorCode.BUNDLE_DAMAGED


def test_a_missing_manifest_is_a_contradiction(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries(**{"m/extra/manifest.json": None}))
    assert refusal(path) is ErrorCode.BUNDLE_CONTRADICTORY


def test_the_version_may_stand_where_torch_writes_it_for_newer_operators(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries(**{"m/version": None, "m/.data/version": b"10\n"}))
    assert read_bundle(path).manifest == read_manifest(path) == MANIFEST


@pytest.mark.parametrize("gone", ["m/data.pkl", "m/constants.pkl", "m/version"])
def test_what_is_no_torchscript_is_a_contradiction(tmp_path: Path, gone: str) -> None:
    path = write(tmp_path / "a.fieldguide", entries(**{gone: None}))
    assert refusal(path) is ErrorCode.BUNDLE_CONTRADICTORY


@pytest.mark.parametrize(
    "name",
    [
        "../m/evil",
        "/etc/evil",
        "m/../../evil",
        "m\\evil",
        "C:/evil",
        "m/DATA.PKL",
        "m/a\x07b",
        "m/model.json",
        "m/attributes.pkl",
    ],
)
def test_tricky_names_are_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.fieldguide", {**entries(), name: b"x"})
    assert refusal(path) is ErrorCode.BUNDLE_UNSAFE


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("m/data.pkl", b"other")
    assert refusal(path) is ErrorCode.BUNDLE_UNSAFE


def test_something_before_the_archive_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries())
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert refusal(path) is ErrorCode.BUNDLE_DAMAGED


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("m/extra/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(path) is ErrorCode.BUNDLE_UNSAFE


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries(**{"m/data/0": bytes(30 * 2**20)}), zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    assert refusal(path) is ErrorCode.BUNDLE_UNSAFE


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fieldguide", entries(**{"m/data/0": b"x" * 100}))
    data = bytearray(path.read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 3 * 2**30)
    path.write_bytes(data)
    assert refusal(path) is ErrorCode.BUNDLE_TOO_LARGE


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_ENTRIES", 5)
    assert refusal(write(tmp_path / "a.fieldguide", entries())) is ErrorCode.BUNDLE_UNSAFE


def test_a_huge_file_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.fieldguide"
    with path.open("wb") as stream:
        stream.truncate(bundle.MAX_FILE_BYTES + 1)
    assert refusal(path) is ErrorCode.BUNDLE_TOO_LARGE


@pytest.mark.parametrize(
    "change",
    [
        {"images": np.zeros((2, 3, 8, 8), np.uint8)},
        {"images": np.zeros((2, 3, 16, 16), np.float32)},
        {"images": np.zeros((0, 3, 16, 16), np.uint8)},
        {"logits": np.zeros((2, 3), np.float32)},
        {"logits": np.full((2, 2), np.nan, np.float32)},
        {"embedding": np.zeros((1, 4), np.float32)},
        {"images": np.uint8(3)},
        {"embedding": np.float32(1)},
        {"logits": np.full((2, 2), "1")},
        {"logits": np.zeros((2, 2), complex)},
        {"logits": np.zeros((2, 2), [("a", "f4")])},
        {"embedding": np.zeros((2, 4), "M8[s]")},
    ],
)
def test_golden_samples_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    files = entries(**{"m/extra/golden.npz": npz(**{**GOLDEN, **change})})
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(write(tmp_path / "a.fieldguide", files)).golden()
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_missing_golden_samples_are_refused(tmp_path: Path) -> None:
    files = entries(**{"m/extra/golden.npz": None})
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(write(tmp_path / "a.fieldguide", files)).golden()
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


@pytest.mark.parametrize("data", [b"junk", npz(images=np.array([{}], object))])
def test_arrays_are_never_unpickled(tmp_path: Path, data: bytes) -> None:
    files = entries(**{"m/extra/golden.npz": data})
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(write(tmp_path / "a.fieldguide", files)).golden()
    assert caught.value.code is ErrorCode.BUNDLE_DAMAGED


def header(words: str) -> bytes:
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(words)) + words.encode()


@pytest.mark.parametrize(
    "array",
    [
        b"no array",
        header("[" * 3000),
        header("{'descr': '|u1', 'fortran_order': False, 'shape': (1099511627776,)}"),
        header("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}"),
        header("{'descr': '|u1', 'fortran_order': False, 'shape': ('a',)}"),
        header("{'descr': ['a'], 'fortran_order': False, 'shape': (1,)}"),
        header("{'descr': '|u1'}"),
    ],
)
def test_arrays_that_are_none_are_refused(tmp_path: Path, array: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("images.npy", array)
    files = entries(**{"m/extra/golden.npz": stream.getvalue()})
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(write(tmp_path / "a.fieldguide", files)).golden()
    assert caught.value.code in (ErrorCode.BUNDLE_DAMAGED, ErrorCode.BUNDLE_CONTRADICTORY)


def test_a_bomb_inside_the_arrays_is_refused(tmp_path: Path) -> None:
    files = entries(**{"m/extra/statistics.npz": npz(bank=np.zeros(30 * 2**20, np.uint8))})
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(write(tmp_path / "a.fieldguide", files)).arrays("statistics.npz")
    assert caught.value.code is ErrorCode.BUNDLE_UNSAFE
