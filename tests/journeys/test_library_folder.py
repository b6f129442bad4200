"""The finds are taken to another folder from the settings, and the window goes on there."""

from __future__ import annotations

from pathlib import Path

from fieldguide.app.run import _change_library
from fieldguide.services.notices import Severity
from fieldguide.storage.locations import create_locations
from fieldguide.storage.observations import ObservationStore
from fieldguide.ui.settings.library_dialog import LibraryDialog
from tests.helpers.patience import PATIENCE
from tests.helpers.stored_finds import make_find
from tests.journeys.conftest import OpenWindow


def test_the_book_is_taken_to_another_folder(qtbot, open_window: OpenWindow, tmp_path: Path) -> None:
    first, stick = open_window(tmp_path / "none.fieldguide"), tmp_path / "stick"
    first.show()
    find = make_find(first.parts.guide, notes="a ring in the grass")
    ObservationStore(first.parts.files.database, first.parts.guide).add(find)
    page = first.settings.page
    page.library_wanted.emit(stick)
    (dialog,) = page.findChildren(LibraryDialog)
    assert dialog.focusWidget() is dialog.take
    with qtbot.waitSignal(first.settings.library_chosen, timeout=PATIENCE):
        dialog.take.click()
    qtbot.waitUntil(lambda: not first.window.isVisible(), timeout=PATIENCE)
    assert (first.reopens, first.library) == (True, (stick, True))
    told = _change_library(first, first.parts.locations)
    assert told is not None
    assert (told.severity, told.facts["path"]) == (Severity.NEWS, str(stick))
    assert create_locations().database == stick / "observations.db"
    again = open_window(tmp_path / "none.fieldguide")
    again.show()
    with qtbot.waitSignal(again.parts.library.page().done, timeout=PATIENCE) as came:
        pass
    assert [each.notes for each in came.args[0].observations] == ["a ring in the grass"]
