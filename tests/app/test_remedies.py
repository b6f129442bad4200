"""An error that says what to do has a button that does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldguide.app.remedies import remedy_for
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.ui.kit.notices import NoticeKind
from fieldguide.ui.shell.pages import PLACES, Page
from fieldguide.ui.shell.window import MainWindow


@pytest.fixture
def window(qtbot) -> MainWindow:
    made = MainWindow(PLACES)
    for place in PLACES:
        made.furnish(Page(place.key, QWidget))
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("code", "page"),
    [
        (ErrorCode.BUNDLE_DAMAGED, "models"),
        (ErrorCode.MODEL_CRASHED, "models"),
        (ErrorCode.GUIDE_REFUSED, "guide"),
        (ErrorCode.DATABASE_DAMAGED, "settings"),
    ],
)
def test_the_button_leads_where_the_sentence_says(window: MainWindow, code: ErrorCode, page: str) -> None:
    action = remedy_for(FieldGuideError(code, file="x", path="/x"), window)
    assert action is not None
    window.notices.tell("It failed.", NoticeKind.PROBLEM, action=action)
    window.notices.act()
    assert window.front == page
    assert window.notices.sentences == []


def test_a_folder_can_be_chosen_and_a_file_is_shown_in_its_own(window: MainWindow, monkeypatch, tmp_path: Path) -> None:
    asked: list[str] = []
    monkeypatch.setattr(window, "choose_folder", lambda: asked.append("folder"))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()))
    for error in (
        FieldGuideError(ErrorCode.FOLDER_WITHOUT_PHOTOS, file=str(tmp_path)),
        FieldGuideError(ErrorCode.DISK_FULL, path=str(tmp_path / "finds.csv")),
    ):
        action = remedy_for(error, window)
        assert action is not None
        action[1]()
    unread = remedy_for(FieldGuideError(ErrorCode.PHOTO_EMPTY, file="a.jpg"), window, tmp_path / "card")
    assert unread is not None
    unread[1]()
    assert asked == ["folder", str(tmp_path), str(tmp_path / "card")]


def test_a_missing_photo_asks_for_one_folder_to_look_in(
    qtbot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    action = remedy_for(FieldGuideError(ErrorCode.PHOTO_MISSING, file="a.jpg"), window)
    assert action is not None
    with qtbot.waitSignal(window.moved_wanted) as told:
        action[1]()
    assert told.args == [tmp_path]


def test_where_nothing_in_the_window_helps_there_is_no_button(window: MainWindow) -> None:
    assert remedy_for(FieldGuideError(ErrorCode.DATABASE_BUSY, path="/x"), window) is None
    assert remedy_for(FieldGuideError(ErrorCode.PHOTO_EMPTY, file="only-a-name.jpg"), window) is None
