"""A checkpoint is on the disk whole, or the old one stays."""

import sys
from pathlib import Path

import pytest
import torch

from fieldguide.core.errors import ErrorCode, FieldGuideError
from trainer.fit.checkpoint import FitState, load, save


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
