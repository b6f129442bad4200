"""Several processes that teach one network: what one has no memory for, all take in parts, and learn the same."""

from pathlib import Path

import numpy as np
import torch

from tests.helpers.torchrun import torchrun
from trainer.fit.process_group import ProcessGroup


def test_out_of_memory_in_one_process_all_go_on_in_parts(tmp_path: Path) -> None:
    done = torchrun("-m", "tests.trainer.fit.short_of_memory", str(tmp_path), "nowhere", "forward", "backward")
    assert done.returncode == 0, done.stderr
    usual = torch.load(tmp_path / "nowhere-0.pt", weights_only=True)
    assert usual["parts"] == 1
    for where in ("nowhere", "forward", "backward"):
        first, second = (torch.load(tmp_path / f"{where}-{rank}.pt", weights_only=True) for rank in (0, 1))
        assert first["parts"] == second["parts"] == (1 if where == "nowhere" else 2)
        for name, weight in first["weights"].items():
            assert torch.equal(weight, second["weights"][name])
            assert torch.allclose(weight, usual["weights"][name], atol=1e-5)


def test_a_batch_is_shared_out_and_nobody_goes_without() -> None:
    batch = np.arange(7)
    shares = [ProcessGroup(rank, 3).part(batch).tolist() for rank in range(3)]
    assert sorted(row for share in shares for row in share) == batch.tolist()
    assert [ProcessGroup(rank, 3).part(batch[:2]).tolist() for rank in range(3)] == [[0], [1], [0]]
