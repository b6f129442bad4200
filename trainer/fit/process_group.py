"""Several processes that train one network, as `torchrun` starts them: one leads, prepares, validates and saves.

`torchrun --standalone --nproc-per-node 4 -m trainer.cli run PHOTOS --out RUN ...` trains on four GPUs; `fit.batch_size`
is shared out among them. Several machines need RUN on a disk that all of them see. Without torchrun the group is one
process, and nothing here does anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from inspect import signature
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from trainer.config import refuse

PATIENCE = timedelta(days=1)  # how long the others wait while the leader reads a million photos
_KNOWN = signature(DistributedDataParallel).parameters
NO_BUFFER_SYNC: dict[str, Any] = {
    "forward_sync_buffers" if "forward_sync_buffers" in _KNOWN else "broadcast_buffers": False
}
"""By which no forward waits for the leader's statistics: its name, or its older one."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """This process among `world_size` that train one network; `local` is its number on this machine, and so its GPU.

    A step is an attempt that any process may have no memory for. Averaging gradients within backward, as
    DistributedDataParallel does, would leave the others waiting for the one that failed. So it wraps the network to
    see that all hold the same one with the leader's weights, its own averaging is off (`no_sync`), and gradients are
    averaged after everybody said that the attempt fitted (`all`, `average`). Nobody ever waits within backward. The
    price is that sending gradients and computing them do not overlap.
    """

    rank: int = 0
    world_size: int = 1
    local: int = 0

    @property
    def is_main(self) -> bool:
        """Whether this process is the one that prepares, validates, saves and speaks."""
        return self.rank == 0

    def wait(self) -> None:
        """Until everybody is here."""
        self.all(True)

    def all(self, fine: bool) -> bool:
        """Whether everybody's word is yes. On the processor, so that a wait keeps no GPU busy."""
        if self.world_size == 1:
            return fine
        word = torch.tensor([int(fine)])
        distributed.all_reduce(word, distributed.ReduceOp.MIN)
        return bool(word)

    def led(self, work: Callable[[], Result]) -> Result | None:
        """What the leader alone does while the others wait; they get None.

        When the leader fails, it says why, and the others end without a word.
        """
        try:
            done = work() if self.is_main else None
        except Exception:
            self.all(False)
            raise
        if not self.all(True):
            raise SystemExit(1)
        return done

    def first(self, work: Callable[[], Result]) -> Result:
        """The leader's work before everybody else's, so that they find done what it writes."""
        done = self.led(work)
        if not self.is_main:
            done = work()
        self.wait()
        return done  # type: ignore[return-value]  # None only if `work` gives it

    def agree(self, values: dict[str, float]) -> dict[str, float]:
        """The leader's numbers, for all; the names must be the same everywhere."""
        if self.world_size == 1:
            return values
        shared = [values]
        distributed.broadcast_object_list(shared, src=0)
        return shared[0]

    def part(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """This process's share of a batch; with fewer photos than processes some of them get the same one."""
        return positions[self.rank % len(positions) :: self.world_size]

    def share(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network as the group trains it, with the leader's weights and statistics for all; see the class."""
        if self.world_size == 1:
            return network
        for buffer in network.buffers():
            distributed.broadcast(buffer, src=0)
        devices = [device] if device.type == "cuda" else None
        return DistributedDataParallel(network, device_ids=devices, **NO_BUFFER_SYNC)

    def no_sync(self, network: nn.Module) -> AbstractContextManager[None]:
        """Within it forward and backward of a shared network wait for nobody."""
        return network.no_sync() if isinstance(network, DistributedDataParallel) else nullcontext()

    def pooled(self, parameters: Sequence[nn.Parameter]) -> Tensor:
        """Room for `average`: this process's gradients as one vector, empty when it is alone."""
        if self.world_size == 1:
            return torch.empty(0)
        found = [torch.zeros_like(each) if each.grad is None else each.grad for each in parameters]
        return torch.cat([gradient.reshape(-1) for gradient in found])

    def average(self, parameters: Sequence[nn.Parameter], pooled: Tensor) -> None:
        """Give the parameters the mean of everybody's `pooled` gradients."""
        if self.world_size == 1:
            return
        distributed.all_reduce(pooled)
        pooled /= self.world_size
        for each, mean in zip(parameters, torch.split(pooled, [each.numel() for each in parameters]), strict=True):
            each.grad = torch.zeros_like(each) if each.grad is None else each.grad
            each.grad.copy_(mean.view_as(each))

    def refuse_uneven(self, batch_size: int) -> None:
        """Raises FieldGuideError(CONFIG_INVALID) when a batch cannot be shared out evenly."""
        if batch_size % self.world_size:
            refuse("fit.batch_size", f"{batch_size} cannot be shared out evenly among {self.world_size} processes")


@contextmanager
def join_process_group() -> Iterator[ProcessGroup]:
    """Join the processes that torchrun started, if it did, and leave them at the end."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ProcessGroup()
        return
    group = ProcessGroup(int(os.environ["RANK"]), size, int(os.environ.get("LOCAL_RANK", "0")))
    on_gpus = group.local < torch.cuda.device_count() and distributed.is_nccl_available()
    if on_gpus:
        torch.cuda.set_device(group.local)
    distributed.init_process_group("cpu:gloo,cuda:nccl" if on_gpus else "gloo", timeout=PATIENCE)
    try:
        yield group
    finally:
        distributed.destroy_process_group()
