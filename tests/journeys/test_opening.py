"""The start: painted before anything heavy is imported, and what happens between that and the whole application."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from fieldguide.app.opening import Opening
from fieldguide.core.errors import ErrorCode
from fieldguide.inference.child import Children
from fieldguide.storage.locations import create_locations
from tests.helpers.bundles import write_photo

PATIENCE = 60_000

STARTED = """
import json, sys
from pathlib import Path
from fieldguide import app
from fieldguide.app.opening import Opening
build, told = Opening.__init__, []
HEAVY = ("numpy", "PIL", "sqlite3", "torch", "psutil", "fieldguide.core.guide", "fieldguide.services.library")
def watched(self, *given):
    build(self, *given)
    window = self.front.window
    def painted():
        told.append([name for name in HEAVY if name in sys.modules])
        window.paths_offered.emit([Path(sys.argv[1])])
        window.show_page("settings")
    def ended(*_):
        page = self.application.identify.page
        told.append([page.observation is not None, window.front, "torch" in sys.modules,
            "PySide6.QtNetwork" in sys.modules, "fieldguide.app.settings" in sys.modules])
        window.close()
    window.first_painted.connect(painted)
    self.opened.connect(lambda: self.application.parts.jobs.ended.connect(ended))
Opening.__init__ = watched
status = app.main(model=Path(sys.argv[2]))
print(json.dumps([*told, status]))
"""


def test_the_window_is_there_before_numpy_and_what_was_dropped_on_it_is_identified_without_torch(
    tmp_path: Path, bundle_path: Path
) -> None:
    command = [sys.executable, "-c", STARTED, str(write_photo(tmp_path / "a.jpg")), str(bundle_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.stdout, done.stderr
    heavy, (shown, front, *imported, controller), status = json.loads(done.stdout.splitlines()[-1])
    assert heavy == []
    assert shown
    assert front == "identify", "the photo came after the page that was asked for"
    assert imported == [False, False]
    assert controller
    assert status == 0


@pytest.fixture
def opening(qapp: QApplication, qtbot, bundle_path: Path) -> Iterator[Opening]:
    made = Opening(qapp, create_locations(), bundle_path, Children())
    yield made
    QLocale.setDefault(QLocale.system())
    made.front.window.close()
    qtbot.waitUntil(lambda: made.application is not None or made.rested, timeout=PATIENCE)
    if made.application is None:
        made.front.put_back()
    made.front.window.deleteLater()
    made.front.theme.deleteLater()


def test_a_page_that_is_asked_for_too_early_comes_when_it_can(qtbot, opening: Opening) -> None:
    with qtbot.waitSignal(opening.opened, timeout=PATIENCE):
        opening.front.show()
        opening.front.window.show_page("history")
        opening.front.page.ask_hand()
    assert opening.application is not None
    assert opening.front.window.front == "history"
    assert opening.application.history.page.isVisible()
    assert not opening.front.page.alone.isHidden(), "the hand was asked for, before there was a guide"


def test_a_library_that_cannot_be_opened_is_refused_with_its_reason(qtbot, opening: Opening) -> None:
    create_locations().database.write_bytes(b"no database" * 1000)
    with qtbot.waitSignal(opening.refused, timeout=PATIENCE) as refused:
        opening.front.show()
    assert refused.args[0].code is ErrorCode.DATABASE_DAMAGED
    assert opening.application is None


def test_a_window_that_is_closed_before_the_rest_is_there_leaves_nothing_open(qtbot, opening: Opening) -> None:
    with qtbot.waitSignal(opening.front.window.first_painted, timeout=PATIENCE):
        opening.front.show()
    opening.front.window.close()
    qtbot.waitUntil(lambda: opening.rested, timeout=PATIENCE)  # importing takes its time on a busy machine
    assert opening.application is None
    create_locations().database.unlink(missing_ok=True)  # nobody holds it, which Windows would tell
