"""Before the first epoch: every family of networks can become a model file, and what cannot is refused by name."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config import ExportConfig, NetworkConfig, RunConfig
from trainer.export.bundle import golden_pictures
from trainer.export.module import ExportedModule, refuse_unstable
from trainer.export.trial import try_export
from trainer.fit.network import Classifier
from trainer.pipeline.preparation import follow_sizes, look_at_network
from trainer.pipeline.wanted import complete
from trainer.progress import Progress, Style

SMALL_SWIN = {"embed_dim": 16, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8]}
FAMILIES = [
    NetworkConfig("test_resnet", "random"),
    NetworkConfig("resnet18", "random"),
    NetworkConfig("test_convnext", "random"),
    NetworkConfig("vit_tiny_patch16_224", "random", {"depth": 2}),
    NetworkConfig("vit_b_32", "random"),
    NetworkConfig("swin_tiny_patch4_window7_224", "random", SMALL_SWIN),
    NetworkConfig("swinv2_tiny_window8_256", "random", SMALL_SWIN),
    NetworkConfig("mobilenetv3_small_050", "random"),
    NetworkConfig("mobilenet_v3_small", "random"),
    NetworkConfig("efficientnetv2_rw_t", "random"),
    NetworkConfig("inception_resnet_v2", "random"),
    NetworkConfig("legacy_xception", "random"),
    NetworkConfig("shufflenet_v2_x0_5", "random"),
]
QUIET = Progress(Style.QUIET)


@pytest.mark.parametrize("network", FAMILIES, ids=lambda network: network.name)
def test_a_network_of_each_family_can_be_exported_and_opened(network: NetworkConfig) -> None:
    look_at_network(follow_sizes(complete(RunConfig(preset="quick", network=network)), QUIET))


class Flattened(nn.Module):
    def forward(self, pictures: Tensor) -> Tensor:
        return pictures.mean(dim=(2, 3))


class Distances(Flattened):
    """Computes with an operator that no model file may hold."""

    def forward(self, pictures: Tensor) -> Tensor:
        means = super().forward(pictures)
        return torch.cdist(means, torch.ones(3, 3))


class OfTheBatch(Flattened):
    """What it says of a picture depends on those beside it."""

    def forward(self, pictures: Tensor) -> Tensor:
        means = super().forward(pictures)
        return means - means.mean(dim=0)


def classifier(backbone: nn.Module) -> Classifier:
    torch.manual_seed(0)
    return Classifier(backbone, 3, 2, torch.zeros(3), torch.ones(3), dropout=0.0)


def test_an_operator_that_no_model_may_hold_is_named_before_training() -> None:
    with pytest.raises(FieldGuideError) as refusal:
        try_export(classifier(Distances()), RunConfig(export=ExportConfig(size=32)))
    assert refusal.value.code is ErrorCode.CONFIG_INVALID
    assert "cdist" in str(refusal.value.facts["problem"])


def test_answers_that_depend_on_the_batch_are_called_unstable() -> None:
    pictures = torch.from_numpy(golden_pictures(32))
    refuse_unstable(ExportedModule(classifier(Flattened()), flip=False).eval(), pictures)
    with pytest.raises(FieldGuideError) as refusal:
        refuse_unstable(ExportedModule(classifier(OfTheBatch()), flip=False).eval(), pictures)
    assert refusal.value.code is ErrorCode.NETWORK_UNSTABLE


def test_nothing_is_left_of_the_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    try_export(classifier(Flattened()), RunConfig(export=ExportConfig(size=32)))
    assert not list(tmp_path.iterdir())
