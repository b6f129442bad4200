"""Notes what would make the processor wait for a device, on "meta", which computes nothing: no GPU is needed."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

READS = (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)


class Waits(TorchDispatchMode):
    """`found`: copies between devices that are not told not to wait, and numbers that are read from a device."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(self, function: Any, types: Any, arguments: Any = (), options: Any = None) -> Any:
        options = options or {}
        source = next((each.device for each in arguments if isinstance(each, torch.Tensor)), None)
        sends = function is torch.ops.aten._to_copy.default and options.get("device") not in (None, source)
        reads = function in READS and source is not None and source.type != "cpu"
        if (sends and not options.get("non_blocking")) or reads:
            self.found.append(f"{function} of {tuple(arguments[0].shape)}")
        return function(*arguments, **options)
