"""What a call, a file and a begun run say of the same options."""

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from tests.helpers.photo_folders import make_photo_folders
from trainer.commands import sweep as command_sweep
from trainer.commands.call import add_options, configuration
from trainer.commands.sweep import combinations
from trainer.config import (
    DataConfig,
    FitConfig,
    NetworkConfig,
    Phase,
    RunConfig,
    differences,
    read_config,
    split_values,
    write_config,
)
from trainer.pipeline.preparation import open_run
from trainer.pipeline.sweep import Outcome
from trainer.pipeline.wanted import complete
from trainer.run_folder import RunFolder


def _configuration(*words: str) -> RunConfig:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?")
    add_options(parser)
    return configuration(parser.parse_args(words))


def test_the_call_goes_before_the_file(tmp_path: Path) -> None:
    recipe = tmp_path / "run.toml"
    written = RunConfig(
        preset="best",
        network=NetworkConfig("mobilenetv3_large_100", "weights.pth", {"drop_rate": 0.1}),
        fit=FitConfig(phases=(Phase(3, 96),), mixup=0.3),
    )
    write_config(written, recipe)
    assert _configuration("--config", str(recipe)) == written
    other = _configuration("--config", str(recipe), "--preset", "quick", "--model", "resnet18", "--set", "fit.mixup=0")
    assert (other.preset, other.fit.phases, other.fit.mixup) == ("quick", (), 0)
    assert (other.network.name, other.network.init, other.network.options) == ("resnet18", "", {})


def test_a_preset_decides_how_the_network_learns_until_somebody_says_otherwise(tmp_path: Path) -> None:
    def fit(*words: str) -> FitConfig:
        return complete(_configuration(*words)).fit

    best = fit("--preset", "best")
    assert min(best.average, best.mixup, best.cutmix) > 0
    assert best.phases[-1].from_size < best.phases[-1].size
    assert fit("--preset", "best", "--set", "fit.mixup=0.5") == replace(best, mixup=0.5)
    recipe = tmp_path / "run.toml"
    recipe.write_text('preset = "best"\n[fit]\ncutmix = 0.5\n')
    assert fit("--config", str(recipe)) == replace(best, cutmix=0.5)
    assert fit("--config", str(recipe), "--preset", "standard") == fit()
    assert fit("--set", "preset=best") == best


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "fit"],
        ["--set", "fit=3", "--set", "fit.mixup=0"],
        ["--set", "=3"],
        ["--epochs", "0"],
        ["--preset", "quick", "--epochs", "3"],
    ],
)
def test_settings_that_say_nothing_are_refused(words: list[str]) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        _configuration(*words)
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


def test_lists_of_values_are_cut_outside_of_brackets() -> None:
    assert split_values('0, 0.2,"a,b",[32, 64],{a = 1, b = 2}') == ["0", "0.2", '"a,b"', "[32, 64]", "{a = 1, b = 2}"]


def test_a_sweep_makes_every_combination() -> None:
    found = combinations(["fit.mixup=0,0.2", "seed=5", "network.dropout=0.1,0.3"])
    assert len(found) == 4
    assert found[1] == (("fit.mixup", "0"), ("seed", "5"), ("network.dropout", "0.3"))
    with pytest.raises(FieldGuideError):
        combinations(["fit.mixup=0"])


def test_a_sweep_shows_what_differs() -> None:
    runs = [
        Outcome(f"00{n}", {"seed": str(n), "fit.mixup": "0.2"}, 0.5, "epoch 2", {"top1": None}, 3.0) for n in (1, 2)
    ]
    head, *lines = command_sweep.drawn(runs)
    assert head.split() == ["run", "seed", "val_top1", "ships", "test_top1", "seconds"]
    assert len(lines) == 2
    assert "fit.mixup" in command_sweep.drawn(runs[:1])[0]


def test_a_sweep_is_no_work_for_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    command_sweep.add_arguments(parser)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(FieldGuideError) as refusal:
        command_sweep.run(parser.parse_args([str(tmp_path), "--out", str(tmp_path / "sweep"), "--set", "seed=1,2"]))
    assert refusal.value.facts["option"] == "torchrun"


def test_a_begun_run_goes_on_as_it_was_or_not_at_all(tmp_path: Path) -> None:
    photos = make_photo_folders(tmp_path / "photos", ["Amanita_muscaria", "Boletus_edulis"], 4)
    data, network = DataConfig(folders=(str(photos),)), NetworkConfig("small-cnn", "random")
    config = complete(RunConfig(data=data, network=network))
    run = RunFolder(tmp_path / "run")
    open_run(run, config, load_guide(), resume=False)
    elsewhere = complete(RunConfig(data=data, network=network, device="cpu"))
    assert differences(config, elsewhere) == ["device"]
    open_run(run, elsewhere, load_guide(), resume=True)
    with pytest.raises(FieldGuideError) as refusal:
        open_run(run, complete(RunConfig(seed=2, data=data, network=network)), load_guide(), resume=True)
    assert refusal.value.facts["option"] == "seed"


def test_a_begun_run_may_be_made_longer_but_not_otherwise(tmp_path: Path) -> None:
    photos = make_photo_folders(tmp_path / "photos", ["Amanita_muscaria", "Boletus_edulis"], 4)

    def phases(*epochs: int) -> RunConfig:
        fit = FitConfig(phases=tuple(Phase(each, 64) for each in epochs))
        return complete(
            RunConfig(data=DataConfig(folders=(str(photos),)), network=NetworkConfig("small-cnn", "random"), fit=fit)
        )

    run = RunFolder(tmp_path / "run")
    open_run(run, phases(2), load_guide(), resume=False)
    open_run(run, phases(2, 3), load_guide(), resume=True)
    assert read_config(run.config) == phases(2, 3)
    with pytest.raises(FieldGuideError) as refusal:
        open_run(run, phases(1, 3), load_guide(), resume=True)
    assert refusal.value.facts["option"] == "fit.phases"
