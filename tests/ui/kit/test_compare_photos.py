"""Two photos side by side: looked at together, gone through by keys, read one after the other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldguide.core.guide import Guide
from fieldguide.ui.kit.compare_photos import PairDialog, exhibits_of
from fieldguide.ui.kit.photo_view import PhotoView
from tests.helpers.labels import words_in
from tests.helpers.stored_finds import EDULIS, PHALLOIDES, make_find, make_photo


@pytest.fixture
def asked() -> list[tuple[Path, int]]:
    return []


@pytest.fixture
def dialog(qtbot: QtBot, theme, guide: Guide, asked: list[tuple[Path, int]]) -> PairDialog:
    """One photo of a death cap beside two of penny buns."""
    left = make_find(guide, PHALLOIDES, observed_at=datetime(2026, 9, 1))
    right = make_find(guide, EDULIS, photos=(make_photo("a.jpg"), make_photo("b.jpg")))
    made = PairDialog(exhibits_of([left]), exhibits_of([right]), guide)
    qtbot.addWidget(made)
    made.photo_wanted.connect(lambda path, short: asked.append((path, short)))
    made.resize(900, 500)
    with qtbot.waitActive(made):
        made.show()
    made.begin()
    return made


def picture(side: int = 60) -> QImage:
    image = QImage(QSize(side, side), QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.darkRed)
    return image


def bring(dialog: PairDialog, asked: list[tuple[Path, int]]) -> None:
    """Answer everything that is asked for."""
    done = 0
    while done < len(asked):
        dialog.take_photo(asked[done][0], picture(), QSize(2000, 1500))
        done += 1


def state(view: PhotoView) -> tuple[bool, float, float, float]:
    target = view._target()
    return view.zoomed, round(target.width() / view._fit_rect().width(), 2), view._centre.x(), view._centre.y()


def test_photos_are_asked_for_one_after_the_other(dialog, asked) -> None:
    assert [path.name for path, _ in asked] == ["Amanita phalloides.jpg"]
    bring(dialog, asked)
    assert [path.name for path, _ in asked] == ["Amanita phalloides.jpg", "a.jpg"]


def test_what_is_done_to_one_is_done_to_the_other(qtbot, dialog, asked) -> None:
    bring(dialog, asked)
    left, right = dialog.left.photo, dialog.right.photo
    wheel = QWheelEvent(
        QPointF(60, 90),
        left.mapToGlobal(QPointF(60, 90)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(left, wheel)
    assert state(left) == state(right)
    assert state(left)[1] == 1.25
    before = state(left)
    qtbot.mousePress(right, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(right, QPoint(140, 120))
    qtbot.mouseRelease(right, Qt.MouseButton.LeftButton, pos=QPoint(140, 120))
    assert state(left) == state(right) != before
    qtbot.keyClick(dialog, Qt.Key.Key_0)
    assert state(left) == state(right)
    assert not left.zoomed


def test_keys_look_closer_and_go_through_the_photos(qtbot, dialog, asked) -> None:
    bring(dialog, asked)
    qtbot.keyClick(dialog, Qt.Key.Key_Plus)
    assert state(dialog.right.photo)[1] == 1.5
    qtbot.keyClick(dialog, Qt.Key.Key_Minus)
    assert not dialog.right.photo.zoomed
    qtbot.keyClick(dialog, Qt.Key.Key_Right)
    bring(dialog, asked)
    assert (asked[-1][0].name, dialog.right.place) == ("b.jpg", 1)
    qtbot.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog.right.place == 0, "round the end"
    qtbot.keyClick(dialog, Qt.Key.Key_Z)
    assert dialog.left.photo.zoomed
    bring(dialog, asked)
    assert state(dialog.right.photo) == state(dialog.left.photo), "what comes later is looked at in the same way"


def test_each_side_says_what_it_is_and_how_dangerous(dialog) -> None:
    words = words_in(dialog)
    assert "Death cap" in words
    assert "Penny bun" in words
    assert dialog.left._chip.accessibleName() == "Deadly"


def test_a_lost_photo_is_told_and_the_other_one_comes(dialog, asked) -> None:
    dialog.lose_photo(asked[0][0], "It is not there.")
    assert dialog.left.photo.accessibleName() == "It is not there."
    assert asked[-1][0].name == "a.jpg"
