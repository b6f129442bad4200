import torch
from torch import nn

from trainer.fit.batchnorm import batch_norms, is_folded, restore


def _network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.BatchNorm2d(4)).eval()


def test_restoring_gives_real_statistics_and_keeps_the_function() -> None:
    network = _network()
    with torch.no_grad():
        for norm in batch_norms(network):
            norm.bias.normal_()
            norm.weight.uniform_(0.5, 2)
    assert is_folded(network)
    pictures = torch.randn(32, 3, 16, 16) * 3 + 1
    with torch.no_grad():
        before = network(pictures)
        restore(network, [pictures[:16], pictures[16:]])
        after = network(pictures)
    assert not is_folded(network)
    assert torch.allclose(before, after, atol=1e-4)


def test_after_restoring_training_mode_sees_what_evaluation_mode_sees() -> None:
    network = _network()
    pictures = torch.randn(64, 3, 16, 16) * 5 - 2
    with torch.no_grad():
        folded_gap = float((network.train()(pictures) - network.eval()(pictures)).abs().max())
        for norm in batch_norms(network):  # the training pass above moved the statistics
            norm.reset_running_stats()
        restore(network, [pictures])
        gap = float((network.train()(pictures) - network.eval()(pictures)).abs().max())
    assert gap < 0.05 < folded_gap


def test_a_trained_network_is_not_folded() -> None:
    network = _network().train()
    network(torch.randn(8, 3, 16, 16))
    assert not is_folded(network)
    assert not is_folded(nn.Linear(2, 2))
