"""What every test shares: Qt without a screen, one thread per torch, a home of its own, and no thread left behind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LC_ALL"] = os.environ["LANGUAGE"] = "C.UTF-8"  # a window in the desktop's language would be another here
os.environ["OMP_NUM_THREADS"] = "1"  # before anything imports torch: two spinning processes cost seconds per inference

import pytest

from fieldguide.core.text import choose_language
from fieldguide.inference import child
from tests.helpers.forked import begin_forked

pytest_plugins = ["tests.helpers.bundles"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


if sys.platform != "win32":
    # Importing torch takes a second: one process does it for all models of a run, as real children as any other's.
    child.begin_process = begin_forked


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own, so that no test sees or touches the finds of the person who runs it."""
    home = tmp_path / "fieldguide-home"
    monkeypatch.setenv("FIELDGUIDE_HOME", str(home))
    choose_language("en")
    return home


@pytest.fixture(autouse=True)
def no_dangling_threads() -> Iterator[None]:
    """Fail when a test leaves a thread running that it started."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before and not thread.daemon]
    assert not left, f"threads still running: {left}"


@pytest.fixture
def shared_photos() -> Path:
    """The folder of training photos beside the checkout; the test is skipped where there is none."""
    photos = SHARED / "photos"
    if not photos.is_dir():
        pytest.skip("the photos beside the checkout are not here")
    return photos
