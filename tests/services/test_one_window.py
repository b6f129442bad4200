"""A second start for the same library: its photos go to the window that is open, also after signal 9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fieldguide.services.one_window import OneWindow
from fieldguide.storage.inbox import has_window

ROOT = Path(__file__).resolve().parents[2]
SECOND = (
    "import sys\n"
    "from pathlib import Path\n"
    "from fieldguide.services.one_window import OneWindow\n"
    "one = OneWindow(Path(sys.argv[1]))\n"
    "print(one.claim([Path(word) for word in sys.argv[2:]], patience=20.0), flush=True)\n"
)


def second_start(library: Path, *photos: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(library), *photos], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_second_start_hands_its_photos_over(qtbot, tmp_path: Path) -> None:
    one = OneWindow(tmp_path)
    assert one.claim()
    one.listen()
    names = ["a photo.jpg", os.fsdecode(b"not-utf8-\xff.jpg")]
    with qtbot.waitSignal(one.handed, timeout=20_000) as handed:
        second = second_start(tmp_path, *names)
    assert handed.args == [[ROOT / name for name in names]]
    assert second.communicate(timeout=20)[0] == "False\n"
    one.release()
    assert second_start(tmp_path).communicate(timeout=20)[0] == "True\n"


def test_what_was_handed_over_before_the_window_listened_is_not_lost(qtbot, tmp_path: Path) -> None:
    one = OneWindow(tmp_path)
    assert one.claim()
    second = second_start(tmp_path, "early.jpg")
    qtbot.waitUntil(lambda: any((tmp_path / "inbox").glob("*.paths")), timeout=20_000)
    with qtbot.waitSignal(one.handed, timeout=20_000) as handed:
        one.listen()
    assert handed.args == [[ROOT / "early.jpg"]]
    assert second.communicate(timeout=20)[0] == "False\n"
    one.release()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signal 9 here")
def test_a_killed_window_leaves_no_lock(tmp_path: Path) -> None:
    script = SECOND + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert killed.stdout == "True\n"
    assert (tmp_path / "window.lock").exists()
    one = OneWindow(tmp_path)
    assert one.claim()
    one.release()


def test_a_lock_whose_number_another_program_has_by_now_stops_nobody(tmp_path: Path) -> None:
    held = OneWindow(tmp_path)
    assert held.claim()  # this very process lives, and takes nothing
    one = OneWindow(tmp_path)
    assert one.claim([Path("a.jpg")], patience=0.1)
    assert list((tmp_path / "inbox").iterdir()) == []
    one.release()


def test_a_window_on_another_computer_does_not_stop_one_here(tmp_path: Path) -> None:
    (tmp_path / "window.lock").write_text(f"{os.getpid()}\npython3\nanother-computer\n\n\n")
    assert OneWindow(tmp_path).claim(patience=0.1)


def test_the_command_hands_its_photos_over_without_qt_and_without_numbers(
    qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each of those imports would let somebody who opens a photo wait; the whole application took a second and more."""
    monkeypatch.setenv("FIELDGUIDE_HOME", str(tmp_path))
    one = OneWindow(tmp_path / "data")
    assert one.claim()
    one.listen()
    heavy = ("PySide6", "numpy", "PIL", "torch", "fieldguide.app")
    script = (
        "import sys\nfrom fieldguide.cli import main\nstatus = main(['README.md'])\n"
        f"print(status, [name for name in {heavy} if name in sys.modules])"
    )
    with qtbot.waitSignal(one.handed, timeout=20_000) as handed:
        second = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert handed.args == [[ROOT / "README.md"]]
    assert second.communicate(timeout=20)[0] == "0 []\n"
    assert has_window(tmp_path / "data")
    one.release()
    assert not has_window(tmp_path / "data")
