"""Several processes that train one network, as `torchrun` starts them: one leads, prepares, judges and saves.

`torchrun --nproc-per-node 4 -m trainer.cli run PHOTOS --out RUN ...` trains on four GPUs; `fit.batch_size` is shared
out among them. Several machines need RUN on a disk that all of them see. Without torchrun the crew is one process, and
nothing here does anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from trainer.config import refuse

PATIENCE = timedelta(days=1)  # how long the others wait while the leader reads a million photos

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Crew:
    """This process among its `size` fellows; `local` is its number on this machine, and so its GPU."""

    rank: int = 0
    size: int = 1
    local: int = 0

    @property
    def leads(self) -> bool:
        """Whether this process is the one that prepares, judges, saves and speaks."""
        return self.rank == 0

    def wait(self) -> None:
        """Until everybody is here."""
        if self.size > 1:
            distributed.barrier()

    def first(self, work: Callable[[], Result]) -> Result:
        """The leader's work before everybody else's, so that they find done what it writes."""
        done = work() if self.leads else None
        self.wait()
        return work() if done is None else done

    def agree(self, values: dict[str, float]) -> dict[str, float]:
        """The leader's numbers, for all; the names must be the same everywhere."""
        if self.size == 1:
            return values
        told = [values]
        distributed.broadcast_object_list(told, src=0)
        return told[0]

    def part(self, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """This process's share of a batch."""
        return positions[self.rank :: self.size]

    def share(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network as the crew trains it: the leader's weights for all, gradients averaged over all."""
        if self.size == 1:
            return network
        return DistributedDataParallel(network, device_ids=[device] if device.type == "cuda" else None)


@contextmanager
def join_crew(device: str, batch_size: int) -> Iterator[Crew]:
    """Join the processes that torchrun started, if it did, and leave them at the end.

    Raises:
        FieldGuideError: CONFIG_INVALID when a batch cannot be shared out evenly.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Crew()
        return
    if batch_size % size:
        refuse("fit.batch_size", f"{batch_size} cannot be shared out evenly among {size} processes")
    crew = Crew(int(os.environ["RANK"]), size, int(os.environ.get("LOCAL_RANK", "0")))
    on_gpus = device != "cpu" and torch.cuda.is_available()
    if on_gpus:
        torch.cuda.set_device(crew.local)
    distributed.init_process_group("nccl" if on_gpus else "gloo", timeout=PATIENCE)
    try:
        yield crew
    finally:
        distributed.destroy_process_group()
