"""The window takes whatever a person brings in, and hands it on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QToolButton, QWidget

from fieldguide.core.text import text
from fieldguide.ui.kit.surfaces import ScrollColumn
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.shell.overlays import DropOverlay, KeysOverlay
from fieldguide.ui.shell.pages import PLACES, KeyGroup, Page
from fieldguide.ui.shell.window import SMALLEST, MainWindow


@pytest.fixture
def window(qtbot, theme: Theme) -> MainWindow:
    first, second = QWidget(), QWidget()
    made = MainWindow(PLACES[:2])
    made.furnish(Page("identify", lambda: first, lambda: (KeyGroup("Identify", [("Z", "Look closer")]),)))
    made.furnish(Page("history", lambda: second))
    qtbot.addWidget(made)
    made.show()
    return made


def urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag(window: MainWindow, mime: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPointF(5, 5).toPoint(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dragEnterEvent(event)
    return event


def drop(window: MainWindow, mime: QMimeData) -> None:
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )


def test_files_and_folders_may_be_dropped_anywhere(qtbot, window: MainWindow, tmp_path: Path) -> None:
    overlay = window.findChild(DropOverlay)
    assert drag(window, urls(tmp_path)).isAccepted()
    assert overlay.isVisible()
    assert not overlay.grab().isNull()
    with qtbot.waitSignal(window.paths_offered) as told:
        drop(window, urls(tmp_path / "a.JPG", tmp_path))
    assert told.args == [[tmp_path / "a.JPG", tmp_path]]
    assert overlay.isHidden()


def test_a_drag_that_leaves_takes_its_invitation_along(window: MainWindow, tmp_path: Path) -> None:
    drag(window, urls(tmp_path))
    window.dragLeaveEvent(QDragLeaveEvent())
    assert window.findChild(DropOverlay).isHidden()


def test_what_is_no_file_is_not_welcome(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    event = drag(window, mime)
    assert window.findChild(DropOverlay).isHidden()
    assert not event.isAccepted() or event.dropAction() is Qt.DropAction.IgnoreAction


def test_ctrl_o_offers_what_was_chosen(qtbot, window: MainWindow, tmp_path: Path, monkeypatch) -> None:
    chosen = [str(tmp_path / "a.jpg"), str(tmp_path / "b.heic")]
    asked = {}

    def ask(_parent, _title, _folder, kinds):
        asked["kinds"] = kinds
        return chosen, ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", ask)
    with qtbot.waitSignal(window.paths_offered) as told:
        qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [[Path(name) for name in chosen]]
    assert "*.heic" in asked["kinds"]
    assert "*.HEIC" in asked["kinds"]


def test_a_dialog_that_was_closed_offers_nothing(qtbot, window: MainWindow, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    with qtbot.assertNotEmitted(window.paths_offered):
        window.choose_photos()
        window.choose_folder()


def test_ctrl_v_takes_copied_files(qtbot, window: MainWindow, tmp_path: Path) -> None:
    QGuiApplication.clipboard().setMimeData(urls(tmp_path / "a.jpg"))
    with qtbot.waitSignal(window.paths_offered) as told:
        qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [[tmp_path / "a.jpg"]]


def test_ctrl_v_takes_a_picture(qtbot, window: MainWindow) -> None:
    image = QImage(6, 4, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkRed)
    QGuiApplication.clipboard().setImage(image)
    with qtbot.waitSignal(window.picture_pasted) as told:
        window.paste()
    assert told.args[0].size() == image.size()


def test_pasting_nothing_says_so(window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("words")
    window.paste()
    assert window.notices.sentences == [text("shell.paste_nothing")]


def test_the_sidebar_and_alt_digits_turn_to_a_page(qtbot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.page_shown) as told:
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert told.args == ["history"]
    assert window.front == "history"
    button = next(made for made in window.findChildren(QToolButton) if made.text() == "Identify")
    with qtbot.waitSignal(window.page_shown):
        button.click()
    assert window.front == "identify"
    assert button.isChecked()


def test_the_question_mark_lists_the_keys_and_any_key_closes_them(qtbot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Question)
    overlay = window.findChild(KeysOverlay)
    assert overlay.isVisible()
    listed = {made.text() for made in overlay.findChildren(QLabel)}
    assert {"Z", "Look closer", "Ctrl+O", "Ctrl+Z"} <= listed
    qtbot.keyClick(overlay, Qt.Key.Key_X)
    assert overlay.isHidden()


def test_ctrl_z_asks_for_undo_but_not_out_of_a_text_field(qtbot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.undo_wanted):
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    field = QLineEdit(window.centralWidget())
    field.show()
    field.setFocus()
    qtbot.keyClicks(field, "?")
    assert field.text() == "?"


def test_it_fits_a_small_laptop(window: MainWindow) -> None:
    assert SMALLEST[0] <= 1024
    assert SMALLEST[1] <= 640
    window.resize(*SMALLEST)
    assert (window.width(), window.height()) == SMALLEST


def test_closing_gives_the_word(qtbot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()


def test_the_overlay_follows_the_window(qtbot, window: MainWindow, tmp_path: Path) -> None:
    drag(window, urls(tmp_path))
    window.resize(1100, 700)
    assert window.findChild(DropOverlay).size() == window.centralWidget().size()


def test_a_page_is_built_once_when_it_is_first_shown_and_one_that_is_not_there_yet_is_waited_for(qtbot) -> None:
    built: list[str] = []

    def build(key: str) -> QWidget:
        built.append(key)
        return QWidget()

    made = MainWindow(PLACES[:3])
    qtbot.addWidget(made)
    made.furnish(Page("identify", lambda: build("identify")))
    made.show_page("guide")
    assert made.front == "identify"
    made.furnish(Page("history", lambda: build("history")))
    assert built == ["identify"]
    made.furnish(Page("guide", lambda: build("guide")))
    assert made.front == "guide"
    made.show_page("identify")
    made.show_page("guide")
    assert built == ["identify", "guide"]


def test_page_keys_move_a_long_page_that_holds_nothing_to_press(qtbot, theme: Theme) -> None:
    column = ScrollColumn()
    column.column.addWidget(QLabel("\n".join("a line" for _ in range(200))))
    window = MainWindow(PLACES[:1])
    window.furnish(Page("identify", lambda: column))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    bar = column.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    where = window.focusWidget() or window
    qtbot.keyClick(where, Qt.Key.Key_PageDown)
    once = bar.value()
    assert once > 0
    qtbot.keyClick(where, Qt.Key.Key_PageUp)
    assert bar.value() < once
