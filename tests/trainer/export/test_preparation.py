from pathlib import Path

from tests.helpers.photo_folders import make_photo_folders
from trainer.config import DataConfig, RunConfig
from trainer.data.audit.findings import write_quarantine
from trainer.data.review.decisions import DECISIONS, Choice, Decision, Decisions
from trainer.data.split import LEFT_OUT
from trainer.export.preparation import prepare_run
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Boletus_edulis"]


def test_a_run_heeds_the_review_and_the_quarantine(tmp_path: Path) -> None:
    photos = make_photo_folders(tmp_path / "photos", LABELS, 10)
    run = RunFolder(tmp_path / "run").create()
    dropped, moved, quarantined = (str(photos / LABELS[0] / f"00{number}.jpg") for number in range(3))
    decisions = Decisions(run.root / DECISIONS)
    decisions.add(Decision(dropped, 1, Choice.DROP))
    decisions.add(Decision(moved, 1, Choice.RELABEL, LABELS[1]))
    write_quarantine(run.quarantine, {quarantined: "blurred"})
    config = RunConfig(data=DataConfig(folder=str(photos), cache_size=48))
    ready = prepare_run(config, run, Progress(Style.QUIET))
    rows = {row.file: row for row in ready.placed}
    assert (rows[dropped].split, rows[dropped].why) == (LEFT_OUT, "dropped")
    assert (rows[quarantined].split, rows[quarantined].why) == (LEFT_OUT, "blurred")
    assert ready.labels.taxa[rows[moved].label].name == "Boletus edulis"
    assert rows[moved].split != LEFT_OUT
