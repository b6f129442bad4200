"""Half precision in the file, float32 in the computation: half the size and the same answers, speed and weights."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.photo.preprocess import InputSpec
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.inference.runtime import Runtime
from trainer.config import NetworkConfig
from trainer.export.bundle import export_network, golden_pictures
from trainer.fit.network import Classifier, create_network

LABELS = tuple(Taxon(name, Rank.GENUS, name) for name in ("Amanita", "Boletus"))
SIZE = 64


def network(name: str) -> Classifier:
    torch.manual_seed(2)
    return create_network(NetworkConfig(name, "random"), 2)


def written(found: Classifier, file: Path, *, half: bool) -> Runtime:
    manifest = Manifest("x", "x", "1", LABELS, InputSpec(SIZE, SIZE))
    export_network(file, found, manifest, flip=False, half=half)
    return Runtime.load(file, "cpu")


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "test_convnext", "test_vit"])
def test_the_file_is_half_and_the_answers_are_the_same(name: str, tmp_path: Path) -> None:
    found = network(name)
    full, half = (written(found, tmp_path / f"{half}.fieldguide", half=half) for half in (False, True))
    pictures = np.random.default_rng(3).integers(0, 256, (5, 3, SIZE, SIZE), dtype=np.uint8)
    assert np.abs(full.run(pictures)[0] - half.run(pictures)[0]).max() < 0.01
    sizes = [sum(value.nbytes for value in _weights(runtime)) for runtime in (full, half)]
    assert sizes[1] < 0.65 * sizes[0]
    kinds = [Counter(node.kind() for node in runtime._module.inlined_graph.nodes()) for runtime in (full, half)]
    assert kinds[0]["aten::to"] == kinds[1]["aten::to"], "a cast is left in the program that runs"


def _weights(runtime: Runtime) -> list[torch.Tensor]:
    from fieldguide.inference.torchscript import read_weights

    return list(read_weights(runtime.bundle.path).values())


def test_a_run_starts_from_weights_that_were_halved(tmp_path: Path) -> None:
    found = network("test_convnext")
    written(found, tmp_path / "half.fieldguide", half=True)
    again = create_network(NetworkConfig("test_convnext", str(tmp_path / "half.fieldguide")), 2)
    for name, weight in again.backbone.state_dict().items():
        assert weight.dtype == found.backbone.state_dict()[name].dtype
        torch.testing.assert_close(weight, found.backbone.state_dict()[name], atol=1e-3, rtol=1e-3)


def test_weights_that_half_precision_would_change_stay_as_they_are(tmp_path: Path) -> None:
    found = network("test_convnext")
    with torch.no_grad():
        found.head.weight.mul_(3e5)
    golden = written(found, tmp_path / "big.fieldguide", half=True).golden.logits
    assert np.abs(golden - found(torch.from_numpy(golden_pictures(SIZE)))[0].detach().numpy()).max() <= 1e-3
