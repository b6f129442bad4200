"""The disk gets full in each step of everything that is written: nothing is half written, and the book goes on."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.faults import run_with_faults


def test_a_disk_that_gets_full_anywhere_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """Takes ten seconds: thirty steps, each with up to eleven amounts of room."""
    disk = str(tmp_path / "disk")
    said = run_with_faults(tmp_path, "-m", "tests.helpers.filled_disks", disk, FULL_BELOW=disk)
    assert "settle_copies disk_full" in said
    assert said.splitlines()[-1].startswith("bring_back disk_full"), "it came to its end"
