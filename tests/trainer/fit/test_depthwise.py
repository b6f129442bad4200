import copy

import torch
from torch import nn

from trainer.fit.depthwise import depthwise_to_float32


def _network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3, stride=2, groups=8), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 4, 1)
    )


def test_depthwise_convolutions_alone_compute_in_float32() -> None:
    network = _network()
    assert depthwise_to_float32(network) == 2
    assert depthwise_to_float32(network) == 0
    pictures = torch.randn(2, 8, 16, 16, dtype=torch.bfloat16)
    for convolution, stride in ((network[1], 2), (network[2], 1)):
        with torch.autocast("cpu", torch.bfloat16):
            inside = convolution(pictures)
        exact = nn.functional.conv2d(pictures.float(), convolution.weight, convolution.bias, stride=stride, groups=8)
        assert inside.dtype == torch.bfloat16
        assert torch.equal(inside, exact.to(torch.bfloat16))


def test_without_autocast_nothing_changes_and_copies_are_their_own() -> None:
    network = _network()
    pictures = torch.randn(2, 3, 16, 16)
    before = network(pictures)
    names = list(network.state_dict())
    depthwise_to_float32(network)
    twin = copy.deepcopy(network)
    assert list(network.state_dict()) == names
    assert torch.equal(network(pictures), before)
    with torch.no_grad():
        twin[1].weight.zero_()
    assert torch.equal(network(pictures), before)
