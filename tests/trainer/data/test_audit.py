"""A small folder with one photo of each fault, scanned and audited for real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from fieldguide.core.guide import load_guide
from trainer.config import DataConfig
from trainer.data.audit.audit import audit, natural_picture
from trainer.data.audit.findings import (
    AuditReport,
    Finding,
    PhotoAudit,
    read_audit,
    read_quarantine,
    write_audit,
    write_quarantine,
)
from trainer.data.audit.sheet import write_sheet
from trainer.data.labels import build_tree, resolve_labels
from trainer.data.scan import ScannedPhoto, scan
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder


def _picture(seed: int, size: tuple[int, int] = (200, 160)) -> Image.Image:
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = smooth + generator.integers(-40, 40, (size[1], size[0], 1))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    root = tmp_path / "photos"
    for folder in ("Amanita_muscaria", "Boletus_edulis", "Boletus"):
        (root / folder).mkdir(parents=True)
    for number in range(4):
        _picture(number).save(root / f"Amanita_muscaria/fly{number}.png")
        _picture(10 + number).save(root / f"Boletus_edulis/cep{number}.png")
    fly0 = (root / "Amanita_muscaria/fly0.png").read_bytes()
    (root / "Amanita_muscaria/fly0_again.png").write_bytes(fly0)
    (root / "Boletus_edulis/a_fly.png").write_bytes(fly0)
    _picture(10).resize((150, 120)).save(root / "Boletus_edulis/cep0_small.jpg", quality=90)
    _picture(11).resize((150, 120)).save(root / "Boletus/cep1_small.jpg", quality=90)
    _picture(20).filter(ImageFilter.GaussianBlur(4)).save(root / "Boletus/blurred.png")
    (root / "Boletus/broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return root


def _audited(root: Path, tmp_path: Path) -> tuple[AuditReport, list[ScannedPhoto], np.ndarray]:
    run = RunFolder(tmp_path / "run").create()
    scanned = scan(DataConfig(folders=(str(root),), cache_size=200), run, Progress(Style.QUIET), workers=1)
    labels = resolve_labels((photo.raw_label for photo in scanned), load_guide())
    pixels = np.load(run.pixels)
    return audit(scanned, pixels, labels, build_tree(labels.taxa)), scanned, pixels


def _findings(report: AuditReport) -> dict[str, set[Finding]]:
    looks = {Finding.UNREADABLE, Finding.COPY_ACROSS_LABELS, Finding.EXACT_COPY, Finding.NEAR_COPY, Finding.BLURRED}
    return {
        Path(photo.file).name: set(photo.findings) & looks for photo in report.photos if set(photo.findings) & looks
    }


def test_each_fault_is_found_and_nothing_else(photos: Path, tmp_path: Path) -> None:
    report, _, _ = _audited(photos, tmp_path)
    across = {Finding.COPY_ACROSS_LABELS}
    found = _findings(report)
    first, again = sorted((found.pop("fly0.png"), found.pop("fly0_again.png")), key=len)
    assert (first, again) == (across, across | {Finding.EXACT_COPY})
    assert found == {
        "a_fly.png": across,
        "cep0_small.jpg": {Finding.NEAR_COPY},
        "blurred.png": {Finding.BLURRED},
        "broken.jpg": {Finding.UNREADABLE},
    }  # cep1 under the genus beside the species does not contradict
    assert Finding.LABEL_ERROR not in report.looked_for
    stray = next(photo for photo in report.photos if photo.file.endswith("a_fly.png"))
    assert stray.elsewhere == ("Amanita_muscaria",)


def test_the_table_is_read_back_as_it_was(photos: Path, tmp_path: Path) -> None:
    report, _, _ = _audited(photos, tmp_path)
    write_audit(tmp_path / "audit.csv", report)
    again = read_audit(tmp_path / "audit.csv")
    assert again.counts() == report.counts()
    assert [photo.findings for photo in again.photos] == [photo.findings for photo in report.photos]


def test_quarantine_lists_and_deletes_nothing(photos: Path, tmp_path: Path) -> None:
    before = sorted(photos.rglob("*"))
    report, _, _ = _audited(photos, tmp_path)
    reasons = report.quarantined([Finding.UNREADABLE, Finding.EXACT_COPY], min_photos=4)
    by_name = {Path(file).name: reason for file, reason in reasons.items()}
    assert by_name.pop("broken.jpg") == "unreadable"
    assert {by_name.pop("blurred.png"), by_name.pop("cep1_small.jpg")} == {"too_few"}
    assert list(by_name.values()) == ["exact_copy"]
    write_quarantine(tmp_path / "quarantine.csv", reasons)
    assert read_quarantine(tmp_path / "quarantine.csv") == reasons
    assert read_quarantine(tmp_path / "none.csv") == {}
    assert sorted(photos.rglob("*")) == before


def test_the_sheet_is_one_file_that_names_what_was_found(photos: Path, tmp_path: Path) -> None:
    report, scanned, pixels = _audited(photos, tmp_path)

    def thumbnail(photo: PhotoAudit) -> np.ndarray:
        facts = scanned[photo.index]
        return natural_picture(pixels[facts.index], facts.width, facts.height)

    write_sheet(tmp_path / "audit.html", report, thumbnail, min_photos=10)
    page = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "broken.jpg" in page
    assert "cut off" in page
    assert "also under Amanita muscaria" in page
    assert "Amanita muscaria: 4" in page  # five files, one of them a copy
    assert page.count("this one stays") == 2  # fly0 and cep0
    assert "data:image/jpeg;base64," in page
    assert 'src="http' not in page


def test_embeddings_find_the_stranger_and_the_wrong_label(photos: Path, tmp_path: Path) -> None:
    scanned = [
        ScannedPhoto(
            index,
            f"{label}/{index}.jpg",
            label,
            sha256=str(index),
            phash=f"{index * 0x9E3779B97F4A7C15 % 2**64:016x}",
            width=300,
            height=300,
        )
        for index, label in enumerate(["Amanita_muscaria"] * 20 + ["Boletus_edulis"] * 20 + ["."] * 20)
    ]
    labels = resolve_labels((photo.raw_label for photo in scanned), load_guide())
    generator = np.random.default_rng(0)
    embeddings = (np.repeat(np.eye(3) * 6, 20, axis=0) @ np.ones((3, 8)) * 0).astype(np.float32)
    embeddings[:, :3] = np.repeat(np.eye(3) * 6, 20, axis=0)
    embeddings += generator.normal(0, 0.5, embeddings.shape).astype(np.float32)
    embeddings[3] = embeddings[20:40].mean(axis=0)  # a cep under the fly agarics
    embeddings[30] = embeddings[40:].mean(axis=0)  # a something else under the ceps
    pixels = np.zeros((60, 8, 8, 3), dtype=np.uint8)
    report = audit(scanned, pixels, labels, build_tree(labels.taxa), embeddings)
    assert report.photos[3].suggestion == "Boletus edulis"
    assert [photo.index for photo in report.listed(Finding.NO_SUBJECT)] == [30]
    assert {photo.index for photo in report.listed(Finding.LABEL_ERROR)} <= {3, 30}


def test_labels_with_many_errors_are_named() -> None:
    wrong = PhotoAudit(0, "a.jpg", "Amanita_hongoi", {Finding.LABEL_ERROR: 0.8}, suggestion="Amanita muscaria")
    fine = PhotoAudit(1, "b.jpg", "Amanita_hongoi")
    other = replace(fine, index=2, raw_label="Boletus")
    report = AuditReport((wrong, fine, other), tuple(Finding))
    assert report.suspect_labels() == {"Amanita_hongoi": 0.5}
    assert report.thin_labels({}, 2) == {"Boletus": 1}
