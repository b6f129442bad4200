"""The command line as a shell sees it."""

from __future__ import annotations

import os
import subprocess
import sys

from fieldguide.core.resources import resource


def test_a_reader_that_goes_away_is_no_error() -> None:
    gone, output = os.pipe()
    os.close(gone)
    inspect = [sys.executable, "-m", "trainer.cli", "inspect", str(resource("model", "starter.fieldguide"))]
    ended = subprocess.run(inspect, stdout=output, stderr=subprocess.PIPE, check=False)
    os.close(output)
    assert (ended.returncode, ended.stderr) == (1, b"")
