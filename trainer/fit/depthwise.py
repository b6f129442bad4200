"""Depthwise convolutions in float32 under bfloat16 autocast on the processor.

oneDNN has no fast bfloat16 kernel for many of their gradients (128 px, batches of 32, one thread): on a Zen 4 for those
with a stride (MobileNetEdgeTPU: 18.3 ms a photo became 10.6), on a Xeon with AMX for those of 5 x 5 too
(EfficientNet-Lite2: 47 ms became 27, and 47 in float32 throughout). Knows nothing of the fit.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class _InFloat32:
    """Comes before a convolution's own class."""

    def forward(self, pictures: Tensor) -> Tensor:
        """As the convolution, computed in float32; the result has the dtype of `pictures`."""
        if not torch.is_autocast_enabled("cpu"):
            plain: Tensor = super().forward(pictures)  # type: ignore[misc]
            return plain
        with torch.autocast("cpu", enabled=False):
            wide: Tensor = super().forward(pictures.float())  # type: ignore[misc]
        return wide.to(pictures.dtype)


def depthwise_to_float32(network: nn.Module) -> int:
    """Give every depthwise convolution of the network that way to compute; returns how many there are.

    Weights and names stay as they are; without autocast on the processor so do the results.
    """
    found = [
        module
        for module in network.modules()
        if type(module).forward is not _InFloat32.forward
        and isinstance(module, nn.Conv2d)
        and module.groups == module.in_channels > 1
    ]
    for module in found:
        kind = type(module)
        module.__class__ = type(kind.__name__, (_InFloat32, kind), {})
    return len(found)
