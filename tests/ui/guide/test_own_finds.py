"""The user's own photos beside a drawing: five at most, of the taxon in front only, each a way to its find."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton

from fieldguide.core.guide import load_guide
from fieldguide.core.records import Observation
from fieldguide.core.text import text
from fieldguide.ui.guide.own_finds import MOST, OwnFinds
from fieldguide.ui.guide.page import GuidePage
from fieldguide.ui.kit.thumbnails import Thumbnails
from tests.helpers.labels import words_in
from tests.helpers.stored_finds import MUSCARIA, make_find

GUIDE = load_guide()


def finds(count: int) -> list[Observation]:
    made = make_find(GUIDE, MUSCARIA)
    return [replace(made, id=number) for number in range(1, count + 1)]


@pytest.fixture
def page(qtbot) -> GuidePage:
    made = GuidePage(GUIDE, Thumbnails())
    qtbot.addWidget(made)
    made.show()
    return made


def openers(page: GuidePage) -> list[QPushButton]:
    return [each for own in page.detail.findChildren(OwnFinds) for each in own.findChildren(QPushButton)]


def test_a_taxon_asks_for_its_finds_and_a_click_opens_one(page: GuidePage, qtbot) -> None:
    with qtbot.waitSignal(page.finds_wanted) as asked:
        page.open_taxon("Amanita muscaria")
    assert asked.args == ["Amanita muscaria"]
    assert openers(page) == []
    page.take_finds("Amanita muscaria", [replace(finds(1)[0], id=9, photos=()), *finds(7)])
    assert len(openers(page)) == MOST
    assert all(each.accessibleName() for each in openers(page))
    assert "A name is no proof." in words_in(page.detail)
    with qtbot.waitSignal(page.find_wanted) as opened:
        qtbot.mouseClick(openers(page)[1], Qt.MouseButton.LeftButton)
    assert opened.args == [2]
    page.take_finds("Amanita muscaria", [replace(finds(1)[0], observed_at=None)])
    assert openers(page)[-1].accessibleName() == text("guide.own_find_undated")
    page.take_finds("Amanita muscaria", [])
    assert all(own.isHidden() for own in page.detail.findChildren(OwnFinds))


def test_finds_that_come_too_late_are_shown_beside_no_other_taxon(page: GuidePage) -> None:
    page.open_taxon("Amanita muscaria")
    page.open_taxon("Boletus edulis")
    page.take_finds("Amanita muscaria", finds(2))
    assert openers(page) == []


def test_a_picture_that_comes_later_takes_its_place(qtbot) -> None:
    pictures = Thumbnails()
    own = OwnFinds(pictures, 8)
    qtbot.addWidget(own)
    with qtbot.waitSignal(pictures.wanted) as wanted:
        own.show_finds(finds(1))
    red = QImage(40, 30, QImage.Format.Format_RGB32)
    red.fill(QColor("red"))
    pictures.take(wanted.args[0], red)
    opener = own.findChild(QPushButton)
    assert opener.icon().pixmap(104, 104).toImage().pixelColor(52, 52) == QColor("red")
