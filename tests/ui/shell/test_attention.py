"""A word outside the window, as the desktop's bus carries it; a window in front needs none."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QWidget

from fieldguide.ui.shell.attention import ask_for_attention

TELLS = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
from fieldguide.ui.shell.attention import ask_for_attention
qt = QApplication([])
qt.setApplicationName("FieldGuide")
ask_for_attention(QWidget(), "The training is over.")
"""
LISTENS = """
dbus-monitor --session > "$1" & monitor=$!
until grep -q NameLost "$1"; do :; done
"$2" -c "$3"
kill $monitor
"""


@pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="no bus can be started here")
def test_the_desktop_is_told_in_its_own_words(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    call = ["dbus-run-session", "--", "bash", "-c", LISTENS, "", str(heard), sys.executable, TELLS]
    subprocess.run(call, check=True, timeout=60, capture_output=True)
    said = heard.read_text()
    assert "member=AddNotification" in said
    for words in ("The training is over.", "FieldGuide"):
        assert f'variant             string "{words}"' in said


def test_a_window_in_front_needs_no_word(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    monkeypatch.setattr(QDBusConnection, "sessionBus", lambda: pytest.fail("asked for the bus"))
    ask_for_attention(window, "over")
