"""The Python of the system, with which the trainer's environment is made: which one, and what it is given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from fieldguide.core.errors import ErrorCode, FieldGuideError

OLDEST = (3, 11)
_PYTHONS = ("python3", "python", "python3.14", "python3.13", "python3.12", "python3.11")
_ASKS = "import sys; print(*sys.version_info[:2]); import ensurepip, venv; print(sys.executable)"


def find_python() -> str:
    """A Python of the system that can make environments.

    Raises:
        FieldGuideError: PYTHON_WITHOUT_VENV with `version` where all that it lacks is the module; else PYTHON_MISSING.
    """
    without = ""
    for name in _PYTHONS:
        program = shutil.which(name, path=clean_environment().get("PATH"))
        if program is None:
            continue
        asked = subprocess.run(
            [program, "-c", _ASKS], capture_output=True, text=True, check=False, env=clean_environment()
        )
        version, *rest = asked.stdout.splitlines() or [""]
        numbers = tuple(int(part) for part in version.split() if part.isdigit())
        if numbers >= OLDEST and rest:
            return rest[0]
        if numbers >= OLDEST:
            without = without or ".".join(map(str, numbers))
    if without:
        raise FieldGuideError(ErrorCode.PYTHON_WITHOUT_VENV, version=without)
    raise FieldGuideError(ErrorCode.PYTHON_MISSING, version=".".join(map(str, OLDEST)))


def has_graphics_card() -> bool:
    """Whether a driver for a card that torch computes on is at work here."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def clean_environment(around: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of this process without those with which a frozen program finds its own libraries."""
    own = {name for name in around if name.endswith("_ORIG")}
    kept = {name: value for name, value in around.items() if name not in own}
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"):
            kept.pop(name, None)
        kept |= {name.removesuffix("_ORIG"): around[name] for name in own}
    return kept
