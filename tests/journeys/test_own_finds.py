"""The user's own finds as training photos: from the field book to the trainer, each find on one side of the split."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.photo import read_photo
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.storage.export.class_folders import export_class_folders
from tests.helpers.photo_folders import draw_kind, make_photo_folders
from tests.helpers.stored_finds import make_find
from trainer.config import DataConfig, RunConfig
from trainer.data.elsewhere import COPY
from trainer.data.split import ELSEWHERE_FIT, ELSEWHERE_MEASURE
from trainer.pipeline.preparation import open_run, prepare_run
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

MUSCARIA = Taxon("Amanita muscaria", Rank.SPECIES, "Amanita", "Amanitaceae")


def find(number: int, guide: Guide, folder: Path) -> Observation:
    """Two photos of one find, checked by a person."""
    files = [folder / f"{number}_{side}.jpg" for side in (0, 1)]
    for side, file in enumerate(files):
        draw_kind(0, 1000 + 10 * number + side).save(file, quality=92)
    photos = tuple(read_photo(file, 64).photo for file in files)
    return replace(make_find(guide, MUSCARIA, photos=photos), id=number, verified=MUSCARIA)


def test_a_find_teaches_or_judges_as_a_whole_and_never_as_elsewhere(tmp_path: Path) -> None:
    guide = load_guide()
    pictures, own, other = (tmp_path / name for name in ("pictures", "own_finds", "other"))
    folders = make_photo_folders(tmp_path / "photos", ["Amanita_phalloides", "Amanita_muscaria"], 12)
    pictures.mkdir()
    (other / "Amanita_muscaria").mkdir(parents=True)
    finds = [find(number, guide, pictures) for number in range(1, 9)]
    export_class_folders(finds, own, source="own finds")
    copy = other / "Amanita_muscaria" / "copy.jpg"
    copy.write_bytes((pictures / "1_0.jpg").read_bytes())
    draw_kind(0, 5000).save(other / "Amanita_muscaria" / "new.jpg")
    data = DataConfig(folders=(str(folders), str(own)), elsewhere=(str(other),), cache_size=224)
    run, config = RunFolder(tmp_path / "run"), complete(RunConfig(preset="quick", data=data))
    open_run(run, config, guide, resume=False)
    ready = prepare_run(config, run, guide, Progress(Style.QUIET))
    sides = defaultdict(set)
    for row in ready.placed:
        if row.source == "own finds":
            sides[row.find].add(row.split)
    assert len(sides) == 8
    assert all(len(split) == 1 for split in sides.values())
    assert {name for split in sides.values() for name in split} & {ELSEWHERE_FIT, ELSEWHERE_MEASURE} == set()
    (copied,) = [row for row in ready.placed if row.file == str(copy)]
    assert copied.why == COPY
