"""Weights kept in half precision in the file and computed with in float32: half the size, the same speed once loaded.

Every large weight becomes a float16 tensor and a cast, which loading folds away. So any reader of TorchScript opens
the file, and nothing has to be said about it beside the weights.
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

Module = TypeVar("Module", bound=nn.Module)

LARGE = 1024  # numbers in a weight that is worth the cast; norms and biases stay as they are
TOLERANCE = 0.1
"""Largest difference of a logit that half precision may make on the test patterns: two and a half points of a
probability of one half; on photos it is smaller. Thresholds and numbers are those of the halved network, which is asked
for them. A network that needs more keeps its float32."""


class _InFloat32(nn.Module):
    def forward(self, kept: Tensor) -> Tensor:
        """float16 of any shape to float32."""
        return kept.float()


def halve(module: Module) -> Module:
    """The same module, its large float32 weights in float16 and cast where they are used; names gain a suffix."""
    for part in list(module.modules()):
        if isinstance(part, torch.jit.ScriptModule):
            continue
        for name, weight in list(part.named_parameters(recurse=False)):
            kept = weight.detach().half()
            if weight.dtype == torch.float32 and weight.numel() >= LARGE and bool(kept.isfinite().all()):
                part.register_parameter(name, nn.Parameter(kept, requires_grad=False))
                parametrize.register_parametrization(part, name, _InFloat32(), unsafe=True)
    return module


def plain_name(name: str) -> str:
    """The name of a weight in the network that was halved: `conv.parametrizations.weight.original` is `conv.weight`."""
    return name.replace(".parametrizations.", ".").removesuffix(".original")
