"""What each layer sees: every kind of network gives maps that can be drawn, and the section says why it is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from fieldguide.core.decision.thresholds import Thresholds
from tests.helpers.bundles import LABELS, write_photo
from tests.helpers.made_predictions import GUIDE, predictions
from tests.helpers.made_predictions import LABELS as SEVERAL
from trainer.config import NetworkConfig, RunConfig, write_config
from trainer.data.labels import Labels
from trainer.evaluation.fitting import DecisionPolicy
from trainer.evaluation.metrics import evaluate
from trainer.evaluation.records import Mistakes, SplitMeasures
from trainer.fit.checkpoint import FitState, save
from trainer.fit.network import create_network
from trainer.report.layers import MOST, STRONGEST, channels_of, heat, layers, look, summarise
from trainer.run_folder import RunFolder, write_json

SMALL = NetworkConfig(name="small-cnn", options={"layers": [4, 8], "dense": [8]})


@pytest.fixture
def measures(tmp_path: Path) -> SplitMeasures:
    """The lists that the section chooses its photos from."""
    found = evaluate(predictions(20), SEVERAL, GUIDE, DecisionPolicy(1.0, Thresholds()))
    row, name = found.mistakes.surest[0], LABELS[0].name
    files = [write_photo(tmp_path / f"{number}.jpg", number, number) for number in range(3)]
    rows = tuple(replace(row, file=str(file), true=name, said=name, danger="deadly") for file in files)
    mistakes = Mistakes(missed_deadly=rows[1:2], surest=rows[:1], unsure=rows, top_losses=rows[:2])
    return replace(found, mistakes=mistakes)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run folder with what rebuilding its network needs, and nothing else."""
    folder = RunFolder(tmp_path / "run").create()
    write_config(RunConfig(network=SMALL), folder.config)
    write_json(folder.labels, Labels(LABELS, {}, (), ()).as_json())
    save(FitState(network=create_network(SMALL, len(LABELS)).state_dict()), folder.checkpoints / "best.pt")
    return folder


@pytest.mark.parametrize("name", ["small-cnn", "test_resnet", "test_vit", "shufflenet_v2_x0_5"])
def test_every_kind_of_network_shows_its_layers(name: str) -> None:
    network = create_network(NetworkConfig(name=name, init="random"), 3).eval()
    size = 160 if name == "test_vit" else 64
    seen = look(network, torch.randint(0, 256, (1, 3, size, size), dtype=torch.uint8))
    assert 2 <= len(seen) <= MOST
    for each in seen:
        assert each.overall.ndim == 2
        assert each.strongest.shape == (STRONGEST, *each.overall.shape)
        assert 0 <= each.overall.min() <= each.overall.max() <= 1
    sides = [each.overall.shape[0] for each in seen]
    assert sides == sorted(sides, reverse=True), "the picture grows coarser"
    assert not [hook for module in network.modules() for hook in module._forward_hooks], "no hook stays behind"


def test_a_photo_walks_through_the_network_of_its_run(measures: SplitMeasures, run: RunFolder) -> None:
    page = layers(measures, run)
    assert page.count('<div class="layers">') == 3, "each photo once: right, dangerous, least sure"
    assert page.count('class="heat"') == 3 * 2
    assert page.count('class="channel"') == 3 * 2 * STRONGEST
    assert len(page) < 400_000


def test_without_a_checkpoint_the_section_says_why(measures: SplitMeasures, run: RunFolder) -> None:
    (run.checkpoints / "best.pt").unlink()
    for told in (layers(measures, run), layers(measures, None)):
        assert "Nothing can be shown here" in told
        assert "<img" not in told


def test_a_checkpoint_of_another_network_is_said(measures: SplitMeasures, run: RunFolder) -> None:
    write_json(run.labels, {"taxa": [{"name": label.name} for label in LABELS[:2]]})
    assert "could not be built again" in layers(measures, run)


def test_the_heat_counts_every_channel_alike() -> None:
    """One loud channel and one quiet one, each with its peak elsewhere: both peaks are equally bright."""
    channels = np.zeros((2, 2, 2), np.float32)
    channels[0, 0, 0], channels[1, 1, 1] = -1000.0, 1.0
    found = summarise(channels)
    assert found.overall.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert found.strongest.shape == (2, 2, 2), "a stage of two channels shows two"
    assert np.asarray(heat(found.overall))[0, 0].sum() > np.asarray(heat(found.overall))[0, 1].sum()


@pytest.mark.parametrize(
    ("output", "shape"),
    [
        (torch.zeros(1, 5, 4, 4), (5, 4, 4)),
        (torch.zeros(1, 4, 4, 5), (5, 4, 4)),
        (torch.zeros(1, 17, 5), (5, 4, 4)),
        (torch.zeros(1, 16, 5), (5, 4, 4)),
        (torch.zeros(1, 8), None),
        (torch.zeros(1, 8, 1, 1), None),
        (None, None),
    ],
)
def test_answers_of_every_form_become_channels(output: Tensor | None, shape: tuple[int, ...] | None) -> None:
    found = channels_of(output)
    assert (None if found is None else found.shape) == shape
