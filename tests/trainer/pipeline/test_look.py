"""A look at folders of many labels, a hundred of them rare: every rare one is told with what becomes of it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from PIL import Image

from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import Rank
from trainer.config import DataConfig, RunConfig
from trainer.pipeline.look import THIN, look
from trainer.progress import Progress, Style

LABELS, RARE = 580, 100


def test_580_labels_of_which_a_hundred_are_rare(tmp_path: Path) -> None:
    guide = load_guide()
    kinds = [record.taxon for record in guide.records.values() if record.taxon.rank is Rank.SPECIES]
    one = tmp_path / "one.jpg"
    Image.new("RGB", (8, 8)).save(one)
    for number, kind in enumerate(islice(kinds, LABELS)):
        folder = tmp_path / "photos" / kind.name.replace(" ", "_")
        folder.mkdir(parents=True)
        for photo in range(1 if number < RARE else 5):
            (folder / f"{photo}.jpg").hardlink_to(one)
    config = RunConfig(preset="quick", data=DataConfig(folders=(str(tmp_path / "photos"),)))
    found = look(config, tmp_path / "run", guide, Progress(Style.QUIET))
    assert (found.photos, len(found.names), found.problem) == (RARE + 5 * (LABELS - RARE), LABELS, "")
    assert {name.match for name in found.names} == {"accepted"}
    assert {rare.taxon for rare in found.rare} == {kind.name for kind in kinds[:RARE]}
    assert all(rare.fate in ("genus", "family", "teaches", "left_out") for rare in found.rare)
    assert all(kind.photos < THIN for kind in found.thin)


def test_folders_one_level_too_high_are_counted(tmp_path: Path) -> None:
    for name in ("a/Boletus_edulis", "a/Amanita_muscaria", "b/Boletus_edulis"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "photos" / name / "1.jpg")
    Image.new("RGB", (8, 8)).save(tmp_path / "photos" / "b" / "2.jpg")
    for folders, deeper in ((["photos"], 3), (["photos/a", "photos/b"], 0)):
        config = RunConfig(preset="quick", data=DataConfig(folders=tuple(str(tmp_path / name) for name in folders)))
        assert look(config, tmp_path / "run", load_guide(), Progress(Style.QUIET)).deeper == deeper
