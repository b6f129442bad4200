"""The fit on drawn pictures with a tiny network: it learns, and after kill -9 it goes on to the bit."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.inference.runtime import TOLERANCE
from tests.helpers.photo_folders import make_photo_folders
from trainer.config import DataConfig, FitConfig, NetworkConfig, Phase, RunConfig, write_config
from trainer.fit import probe
from trainer.fit.checkpoint import FitState
from trainer.fit.choice import read_choice
from trainer.fit.network import create_network
from trainer.fit.validation import instability
from trainer.pipeline.preparation import fit_run, prepare_run
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder

LABELS = ["Amanita_muscaria", "Amanita_phalloides", "Boletus_edulis"]
QUIET = Progress(Style.QUIET)
ASTRAY = 3.0  # a learning rate that spoils what was right

FIT_IN_A_PROCESS = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from fieldguide.core.guide import load_guide
from trainer.config import read_config
from trainer.pipeline.preparation import fit_run, prepare_run
from trainer.fit import loop
from trainer.progress import Progress, Style
from trainer.run_folder import RunFolder
loop.SAVE_EVERY = 0.0
run = RunFolder(Path(sys.argv[1])).create()
quiet = Progress(Style.QUIET)
config = read_config(Path(sys.argv[2]))
print("ready", flush=True)
fit_run(config, run, prepare_run(config, run, load_guide(), quiet), quiet, resume=True)
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> RunConfig:
    folder = make_photo_folders(tmp_path_factory.mktemp("data") / "photos", LABELS, 24)
    return RunConfig(
        device="cpu",
        data=DataConfig(folders=(str(folder),), cache_size=64),
        network=NetworkConfig(name="test_resnet", dropout=0.1),
        fit=FitConfig(
            phases=(Phase(2, 48, "head", 3e-3), Phase(4, 64, "all", 3e-3, from_size=48)),
            batch_size=8,
            mixup=0.2,
            cutmix=0.2,
            average=0.5,
            probe_epochs=3,
            precision="float32",
        ),
    )


def test_a_run_may_end_between_what_it_learned_and_where_it_began(config: RunConfig, tmp_path: Path) -> None:
    config = replace(config, fit=replace(config.fit, keep_start=0.25))
    run = RunFolder(tmp_path / "run").create()
    network = fit_run(config, run, prepare_run(config, run, load_guide(), QUIET), QUIET, resume=False)
    best, start = (
        torch.load(run.checkpoints / f"{name}.pt", weights_only=True)["network"] for name in ("best", "start")
    )
    assert any(not torch.equal(best[name], start[name]) for name in best)
    for name, weights in network.state_dict().items():
        if weights.is_floating_point():
            assert torch.allclose(weights, 0.75 * best[name] + 0.25 * start[name], atol=1e-6), name


def _digest(run: RunFolder) -> str:
    state = torch.load(run.checkpoints / "last.pt", weights_only=True)
    digest = hashlib.sha256()
    for part in ("network", "average"):
        for name, tensor in sorted(state[part].items()):
            digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def test_it_learns_what_is_easy(config: RunConfig, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run").create()
    network = fit_run(config, run, prepare_run(config, run, load_guide(), QUIET), QUIET, resume=False)
    assert not network.training
    state = torch.load(run.checkpoints / "last.pt", weights_only=True)
    assert len(state["history"]) == 6
    assert state["best"] > 0.6
    log = run.log.read_text(encoding="utf-8")
    assert len(log.splitlines()) == 6
    assert "val_top5" not in log  # five of three names say nothing


def test_of_equal_epochs_the_later_is_the_best_and_untrained_or_unstable_ones_never_are() -> None:
    state = FitState()
    ended = [(1, 1, 1.0), (1, 2, 1.0), (2, 1, 0.25), (2, 2, 0.5), (2, 3, 0.5), (2, 4, 0.25), (2, 5, -1.0)]
    taken = [state.close(phase, epoch, top1, counts=phase > 1) for phase, epoch, top1 in ended]
    assert taken == [False, False, True, True, True, False, False]
    assert (state.best_phase, state.best_epoch, state.best, state.stale) == (2, 3, 0.5, 3)


def test_luck_on_few_photos_never_ships_what_nobody_trained(config: RunConfig, tmp_path: Path) -> None:
    """A head on random features is right by luck, in the phase that trains it alone; then training goes astray."""
    phases = (Phase(1, 48, "head", 3e-3), Phase(1, 48, "all", ASTRAY))
    random = replace(config, network=replace(config.network, init="random"), fit=replace(config.fit, phases=phases))
    run = RunFolder(tmp_path / "run").create()
    fit_run(random, run, prepare_run(random, run, load_guide(), QUIET), QUIET, resume=False)
    alone, trained = (json.loads(line)["val_top1"] for line in run.log.read_text(encoding="utf-8").splitlines())
    assert alone > trained
    chosen = read_choice(random, run)
    assert (chosen.phase, chosen.epoch, chosen.top1, chosen.compared) == (2, 1, trained, 2)
    assert "phase 2, epoch 1" in chosen.reason


def test_trained_weights_may_win_with_their_head_alone_and_that_is_told(
    config: RunConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(5)
    torch.save(create_network(config.network, 3).backbone.state_dict(), tmp_path / "weights.pth")
    network = replace(config.network, init=str(tmp_path / "weights.pth"))
    trained = replace(config, network=network, fit=replace(config.fit, phases=(Phase(1, 48, "all", ASTRAY),)))
    run = RunFolder(tmp_path / "run").create()
    fit_run(trained, run, prepare_run(trained, run, load_guide(), QUIET), Progress(), resume=False)
    chosen = read_choice(trained, run)
    assert (chosen.phase, chosen.epoch, chosen.compared, chosen.trained) == (0, 0, 1, True)
    told = capsys.readouterr().err
    assert chosen.reason in told
    assert "among five" not in told


def test_an_epoch_whose_answers_are_no_numbers_never_ships(config: RunConfig, tmp_path: Path) -> None:
    sound, lost = Phase(1, 48, "all", 3e-3), Phase(1, 48, "all", 1e30)
    run = RunFolder(tmp_path / "run").create()
    both = replace(config, fit=replace(config.fit, phases=(sound, lost)))
    fit_run(both, run, prepare_run(both, run, load_guide(), QUIET), QUIET, resume=False)
    assert read_choice(both, run).stage == "phase 1, epoch 1"
    only = replace(config, fit=replace(config.fit, phases=(lost,)))
    other = RunFolder(tmp_path / "other").create()
    with pytest.raises(FieldGuideError) as refusal:
        fit_run(only, other, prepare_run(only, other, load_guide(), QUIET), QUIET, resume=False)
    assert refusal.value.code is ErrorCode.NETWORK_UNSTABLE


def test_answers_that_depend_on_the_batch_are_noticed(config: RunConfig) -> None:
    torch.manual_seed(3)
    network, pictures = create_network(config.network, 3), torch.rand(4, 3, 64, 64)
    assert instability(network, pictures) <= TOLERANCE
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_mean = norm.running_var = None  # it then uses those of the batch
    assert instability(network, pictures) > 10 * TOLERANCE


def test_a_run_of_an_earlier_version_still_tells_which_epoch_ships(config: RunConfig, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run").create()
    lines = [{"phase": 1, "epoch": epoch, "val_top1": top1} for epoch, top1 in ((1, 0.4), (2, 0.6), (3, 0.6), (4, 0.5))]
    run.log.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    torch.save({"best": 0.6, "network": {}}, run.checkpoints / "best.pt")
    assert read_choice(config, run).stage == "phase 1, epoch 3"


def test_a_head_that_was_fitted_is_not_fitted_again(
    config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = replace(config, fit=replace(config.fit, phases=()))
    run = RunFolder(tmp_path / "run").create()
    ready = prepare_run(quick, run, load_guide(), QUIET)
    first = fit_run(quick, run, ready, QUIET, resume=False)
    monkeypatch.delattr(probe, "extract_features")
    again = fit_run(quick, run, ready, QUIET, resume=True)
    assert torch.equal(first.head.weight, again.head.weight)


def test_after_kill_9_a_resumed_fit_ends_in_the_same_bits(config: RunConfig, tmp_path: Path) -> None:
    recipe = tmp_path / "run.toml"
    write_config(config, recipe)
    whole, killed = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "killed")
    script = [sys.executable, "-c", FIT_IN_A_PROCESS]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    subprocess.run([*script, str(whole.root), str(recipe)], check=True, env=environment)
    with subprocess.Popen([*script, str(killed.root), str(recipe)], env=environment, stdout=subprocess.PIPE) as process:
        while not (killed.log.exists() and len(killed.log.read_text().splitlines()) >= 3):
            assert process.poll() is None, "it ended before it could be killed"
        process.send_signal(signal.SIGKILL)
    lines = len(killed.log.read_text().splitlines())
    assert lines < 6
    subprocess.run([*script, str(killed.root), str(recipe)], check=True, env=environment)
    assert _digest(killed) == _digest(whole)
