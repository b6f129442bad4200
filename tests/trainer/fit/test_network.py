from pathlib import Path

import pytest
import timm
import torch
import torchvision

from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config import SMALL_CNN, FitConfig, NetworkConfig, Phase
from trainer.fit import network as network_module
from trainer.fit.known import known_networks
from trainer.fit.network import create_network, stages
from trainer.fit.schedule import changes, create_optimizer, learning_stages, optimizer_at


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet34", "squeezenet1_1", "inception_v3", "efficientnet_b0", "legacy_xception"]
)
def test_the_networks_of_the_field_can_be_built(name: str) -> None:
    with torch.device("meta"):  # shapes alone: no weights are made, nothing is computed
        network = create_network(NetworkConfig(name=name, init="random"), 7)
        logits, embedding = network.train()(torch.zeros(2, 3, 128, 128))
    assert logits.shape == (2, 7)
    assert embedding.shape[0] == 2
    assert len(stages(network.backbone)) > 3


def test_names_that_people_ask_for_are_known() -> None:
    assert {"inception_resnet_v2", "legacy_xception", "resnet34", "convnext_tiny"} <= set(timm.list_models())


def test_a_small_network_is_as_its_options_say() -> None:
    options = {"layers": [8, 16], "kernel": 5, "dense": [12]}
    network = create_network(NetworkConfig("small-cnn", "random", options), 2)
    kernels = [tuple(weight.shape) for weight in network.parameters() if weight.ndim == 4]
    assert kernels == [(8, 3, 5, 5), (16, 8, 5, 5)]
    assert network.head.in_features == 12


def test_a_head_that_also_pools_leaves_its_pooling_behind() -> None:
    with torch.device("meta"):
        network = create_network(NetworkConfig("maxvit_t", "random"), 7)
    assert network.head.in_features == 512


def test_the_networks_are_those_that_the_libraries_themselves_list() -> None:
    listed = {*timm.list_models(), *torchvision.models.list_models(torchvision.models), SMALL_CNN}
    assert set(known_networks()) == listed


@pytest.mark.parametrize(
    ("name", "near"), [("xception", "legacy_xception"), ("torchvision.swin_t", "swin_t"), ("rsnet34", "resnet34")]
)
def test_who_mistypes_a_network_is_told_the_nearest(name: str, near: str) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        create_network(NetworkConfig(name), 7)
    assert refusal.value.code is ErrorCode.NETWORK_UNKNOWN
    assert near in str(refusal.value.facts["near"]).split(", ")


@pytest.mark.parametrize(
    "network",
    [
        NetworkConfig("small-cnn", options={"layers": []}),
        NetworkConfig("small-cnn", options={"kernel": 4}),
        NetworkConfig("small-cnn", options={"depth": 4}),
        NetworkConfig("test_resnet", options={"nonsense": 4}),
        NetworkConfig("test_resnet", identity=("nowhere",)),
    ],
)
def test_options_that_cannot_be_built_are_refused(network: NetworkConfig) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        create_network(network, 2)
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1"])
def test_weights_that_nobody_can_send_are_refused_in_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_module.constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(network_module, "try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(FieldGuideError) as refusal:
        create_network(NetworkConfig(name, "pretrained"), 2)
    assert "cannot be reached" in str(refusal.value.facts["problem"])


def test_without_colours_only_brightness_counts() -> None:
    network = create_network(NetworkConfig("small-cnn", "random", grayscale=True), 2).eval()
    pictures = torch.rand(2, 3, 32, 32) * 255
    gray = (pictures * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True).expand(-1, 3, -1, -1)
    assert torch.allclose(network(pictures)[0], network(gray)[0], atol=1e-4)


def test_extra_is_the_last_stage_that_mixes_channels() -> None:
    network = create_network(NetworkConfig("test_efficientnet", "random"), 2)
    extra = learning_stages(network, "extra", 0)
    assert any(parameter.ndim > 1 for part in extra for parameter in part.parameters())
    assert len(extra) < len(learning_stages(network, "half", 0)) < len(learning_stages(network, "all", 0))


def test_adam_gives_way_to_sgd_at_half_of_all_epochs() -> None:
    config = FitConfig(phases=(Phase(2, 64, "head"), Phase(4, 64)), optimizer="adam-then-sgd", sgd_scale=5.0)
    kinds = [optimizer_at(config, number, epoch) for number, count in ((0, 2), (1, 4)) for epoch in range(count)]
    assert kinds == ["adam", "adam", "adam", "sgd", "sgd", "sgd"]
    assert [changes(config, 1, epoch) for epoch in range(1, 4)] == [True, False, False]
    network = create_network(NetworkConfig("small-cnn", "random"), 2)
    early, late = (create_optimizer(network, [], config, 1, epoch) for epoch in (0, 1))
    assert isinstance(early, torch.optim.Adam)
    assert isinstance(late, torch.optim.SGD)
    assert late.param_groups[0]["peak"] == pytest.approx(5 * early.param_groups[0]["peak"])
