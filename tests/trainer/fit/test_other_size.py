"""A finished run that goes on to another exported size compares its epochs at that size."""

from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import make_photo_folders
from trainer.config import DataConfig, ExportConfig, FitConfig, NetworkConfig, Phase, RunConfig
from trainer.fit.checkpoint import load, save
from trainer.pipeline.preparation import fit_run, prepare_run
from trainer.progress import Progress
from trainer.run_folder import RunFolder


def test_the_best_epoch_so_far_is_validated_at_the_new_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_photo_folders(tmp_path / "photos", ["Amanita_muscaria", "Boletus_edulis"], 16)
    config = RunConfig(
        device="cpu",
        data=DataConfig(folders=(str(folder),), cache_size=64),
        network=NetworkConfig(name="test_resnet"),
        fit=FitConfig(phases=(Phase(2, 48, "all", 3e-3),), batch_size=8, probe_epochs=2, precision="float32"),
        export=ExportConfig(size=64),
    )
    run = RunFolder(tmp_path / "run").create()
    fit_run(config, run, prepare_run(config, run, load_guide(), Progress()), Progress(), resume=False)
    assert load(run.checkpoints / "best.pt").size == 64

    smaller = replace(config, export=replace(config.export, size=32))
    for file in (run.checkpoints / "best.pt", run.checkpoints / "last.pt"):
        save(replace(load(file), best=2.0), file)  # what no epoch could beat
    fit_run(smaller, run, prepare_run(smaller, run, load_guide(), Progress()), Progress(), resume=True)
    best = load(run.checkpoints / "best.pt")
    assert best.size == 32
    assert 0 <= best.best <= 1
    assert f"at 32 px, the size of this run: {100 * best.best:.1f} %" in capsys.readouterr().err
