"""A checkpoint is on the disk whole, or the old one stays."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain
from trainer.fit.checkpoint import FitState, load, restore, save


@pytest.mark.skipif(sys.platform == "win32", reason="this system limits no files")
def test_a_disk_that_fills_while_writing_is_told_as_such_and_the_old_checkpoint_stays(tmp_path: Path) -> None:
    import resource

    save(FitState(epoch=3, network={"a": torch.ones(4)}), tmp_path / "last.pt")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(FieldGuideError) as refusal:
            save(FitState(epoch=4, network={"a": torch.ones(100_000)}), tmp_path / "last.pt")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refusal.value.code is ErrorCode.DISK_FULL
    assert load(tmp_path / "last.pt").epoch == 3


@pytest.mark.parametrize("held", [b"", b"hello\n", b"PK\x03\x04 and no more", b"\x80\x02]q\x01."])
def test_a_file_that_is_no_checkpoint_is_told_by_name(held: bytes, tmp_path: Path) -> None:
    (tmp_path / "last.pt").write_bytes(held)
    with pytest.raises(FieldGuideError) as refused:
        load(tmp_path / "last.pt")
    assert refused.value.code is ErrorCode.RUN_INCOMPLETE


@pytest.mark.parametrize("state", [{"weight": torch.zeros(5, 5)}, {"other": torch.zeros(1)}, {"weight": "none"}])
def test_the_state_of_another_network_is_told_by_name(state: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(FieldGuideError) as refused:
        restore(nn.Linear(2, 2, bias=False), state, tmp_path / "best.pt")
    assert refused.value.code is ErrorCode.RUN_INCOMPLETE
    assert "best.pt" in explain(refused.value)
