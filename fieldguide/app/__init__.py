"""The window application, in the order in which a person waits for it: what is seen first is built first.

the model's process -> Qt -> front (sidebar, empty page; painted) -> opening (guide and finds, off the GUI thread)
    -> application (services, connected) -> each page, when it is first shown
"""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from pathlib import Path


def main(photos: Sequence[Path] = (), model: Path | None = None) -> int:
    """Run the window until it is closed; `photos` are identified at once. Returns the exit code."""
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # torch's threads give the cores back quickly
    gc.disable()  # what is built at the start stays: looking through it took a fifth of the time; see `opening`
    from fieldguide.inference.child import Children

    children = Children()
    children.prepare()  # torch takes longest: its process begins before Qt is imported here
    from fieldguide.app.run import run

    try:
        return run(photos, model, children)
    finally:
        children.end_all()
