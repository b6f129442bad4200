"""Networks of one size: what nobody said follows them, what somebody said is refused."""

from dataclasses import replace

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.config import ExportConfig, FitConfig, NetworkConfig, Phase, RunConfig, input_size, phases_of
from trainer.fit.network import create_network
from trainer.fit.sizes import follow_network, refuse_sizes
from trainer.pipeline.wanted import complete

SWIN = NetworkConfig("swinv2_tiny_window8_256", "random")


@pytest.mark.parametrize("preset", ["quick", "standard", "best"])
def test_every_usual_size_follows_the_network(preset: str) -> None:
    config, size = follow_network(complete(RunConfig(preset=preset, network=SWIN)))
    assert size == 256
    assert {phase.size_at(epoch) for phase in config.fit.phases for epoch in range(phase.epochs)} <= {256}
    assert [phase.epochs for phase in config.fit.phases] == [phase.epochs for phase in phases_of(preset)]
    assert config.fit.probe_size == config.data.cache_size == input_size(config) == 256
    assert follow_network(config) == (config, 0), "a resumed run keeps what it began with"


def test_a_network_of_any_size_changes_nothing() -> None:
    config = complete(RunConfig(network=NetworkConfig("test_resnet", "random")))
    assert follow_network(config) == (config, 0)


@pytest.mark.parametrize(
    "asked",
    [
        RunConfig(network=SWIN, fit=FitConfig(phases=(Phase(1, 96),))),
        RunConfig(network=SWIN, export=ExportConfig(size=128)),
    ],
)
def test_a_size_that_was_asked_for_is_refused_not_changed(asked: RunConfig) -> None:
    config, _ = follow_network(complete(asked))
    small = replace(SWIN, options={"embed_dim": 16, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 4, 8]})
    with pytest.raises(FieldGuideError) as refusal:
        refuse_sizes(create_network(small, 2), config)
    assert refusal.value.code is ErrorCode.CONFIG_INVALID
    assert "256" in str(refusal.value.facts["problem"])
