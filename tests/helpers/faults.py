"""Builds `faults.c`, and runs a program of the tests with it: a disk that gets full, a share whose locks are dead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_with_faults(folder: Path, *arguments: str, **variables: str) -> str:
    """Run `python ARGUMENTS` in the checkout with the faults in `variables`; returns what it printed.

    Skips the test where they cannot be built; fails it when the program does.
    """
    if sys.platform != "linux":
        pytest.skip("preloading is Linux's way")
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no C compiler")
    environment = os.environ | {"LD_PRELOAD": str(library), "FAULTS": str(library), **variables}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout
