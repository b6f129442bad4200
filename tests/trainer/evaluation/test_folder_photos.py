"""Photos that came in folders: which of them are one unit of evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from fieldguide.core.guide import load_guide
from trainer.evaluation.folder_photos import read_folders


def _save(folder: Path, name: str, seed: int, side: int = 160) -> None:
    """A smooth picture; the same seed in another size is a near-duplicate."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    large = Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC)
    folder.mkdir(parents=True, exist_ok=True)
    large.resize((side, side * 3 // 4), Image.Resampling.BILINEAR).save(folder / name, quality=92)


def test_a_chain_of_copies_and_finds_is_one_group(tmp_path: Path) -> None:
    folder = tmp_path / "photos" / "Amanita_phalloides"
    _save(folder, "cap.jpg", 1)
    _save(folder, "gills.jpg", 2)
    _save(folder, "gills_again.jpg", 2, 96)  # a copy that nobody filed under the find
    _save(folder, "other.jpg", 3)
    manifest = tmp_path / "manifest.csv"
    rows = [f"Amanita_phalloides/{name}.jpg,,one" for name in ("cap", "gills")]
    manifest.write_text("\n".join(["file,source,observation", *rows]), encoding="utf-8")
    found = read_folders(tmp_path / "photos", None, load_guide(), manifest)
    groups = {Path(row.file).stem: row.group for row in found.rows}
    assert groups["cap"] == groups["gills"] == groups["gills_again"] != groups["other"]
