"""What `make run` does: opens the window, or, without a display, says so and identifies photos on the command line.

python packaging/first_run.py [PHOTO...]     no photo: the sample picture
"""

from __future__ import annotations

import os
import subprocess
import sys

import prepare

from fieldguide.cli import main as fieldguide
from fieldguide.core.resources import resource
from fieldguide.core.text import text

UNSEEN = {"offscreen", "minimal", "vnc"}  # Qt platforms that show nothing to the person at the machine
PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


def main(photos: list[str]) -> int:
    """Exit status of the window, or of `fieldguide identify`."""
    if has_display():
        return fieldguide(photos)
    print(text("setup.no_display_photos" if photos else "setup.no_display_sample"), flush=True)
    return fieldguide(["identify", *(photos or [str(resource("samples", "fly_agaric.png"))])])


def has_display() -> bool:
    """Whether Qt can open a window here. Tried in a process of its own: Qt aborts where it cannot."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in UNSEEN:
        return False
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    opens = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, check=False).returncode == 0
    if not opens and sys.platform.startswith("linux") and (missing := prepare.missing_packages()):
        prepare.name_packages(missing)  # every time: the set-up, which names them too, runs once
    return opens


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
