"""The network as the application runs it: uint8 pictures in, logits and embedding out, normalised inside."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.runtime import TOLERANCE
from trainer.fit.validation import instability


class ExportedModule(nn.Module):
    """Takes uint8 RGB [N,3,S,S]; gives float32 logits [N,C] and embedding [N,D].

    With `flip`, runs the pictures and their mirror images and averages both.
    """

    def __init__(self, network: nn.Module, flip: bool) -> None:
        super().__init__()
        self.network = network
        self.flip = flip

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        x = pictures.to(torch.float32)
        logits, embedding = self.network(x)
        if self.flip:
            mirrored, other = self.network(x.flip(3))
            logits, embedding = (logits + mirrored) / 2, (embedding + other) / 2
        return logits, embedding


def refuse_unstable(module: ExportedModule, pictures: Tensor) -> None:
    """Raises FieldGuideError(NETWORK_UNSTABLE) when uint8 [K,3,S,S] get other answers at once than one by one."""
    difference = instability(module, pictures)
    if not difference <= TOLERANCE:
        raise FieldGuideError(ErrorCode.NETWORK_UNSTABLE, difference=f"{difference:.2g}")
