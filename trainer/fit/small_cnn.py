"""A small plain network to be trained from scratch: what a course in machine learning begins with."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from trainer.config import SMALL_CNN, refuse

LAYERS = (32, 64, 128)
KERNEL = 3
DENSE = (256,)


class SmallCnn(nn.Module):
    """Convolution, batch norm, ReLU and halving for each entry of `layers`; the mean over the picture; dense layers.

    Takes float [N,3,H,W]; gives an embedding [N,D], D being the last entry of `dense` (else of `layers`).
    """

    def __init__(self, layers: tuple[int, ...] = LAYERS, kernel: int = KERNEL, dense: tuple[int, ...] = DENSE) -> None:
        super().__init__()
        widths = (3, *layers)
        self.layers = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False),
                    nn.BatchNorm2d(after),
                    nn.ReLU(),
                    nn.MaxPool2d(2),
                )
                for before, after in zip(widths, layers, strict=False)
            )
        )
        units = (layers[-1], *dense)
        self.dense = nn.Sequential(
            *(nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in zip(units, dense, strict=False))
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        found: Tensor = self.dense(torch.mean(self.layers(pictures), dim=(2, 3)))
        return found


def small_cnn(options: dict[str, Any]) -> SmallCnn:
    """The network of `options`: layers, kernel, dense. Raises FieldGuideError(CONFIG_INVALID)."""
    unknown = sorted(set(options) - {"layers", "kernel", "dense"})
    if unknown:
        refuse(f"network.options.{unknown[0]}", f"{SMALL_CNN} knows layers, kernel and dense")
    layers, dense = (_widths(name, options.get(name, usual)) for name, usual in (("layers", LAYERS), ("dense", DENSE)))
    kernel = options.get("kernel", KERNEL)
    if not isinstance(kernel, int) or kernel % 2 == 0 or not 1 <= kernel <= 15:
        refuse("network.options.kernel", f"{kernel!r} is no odd number from 1 to 15")
    if not 1 <= len(layers) <= 5:
        refuse("network.options.layers", "one to five layers: each halves the picture")
    return SmallCnn(layers, kernel, dense)


def _widths(name: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(width, int) and 0 < width <= 4096 for width in value):
        refuse(f"network.options.{name}", f"{value!r} is no list of whole numbers from 1 to 4096")
    return tuple(value)
