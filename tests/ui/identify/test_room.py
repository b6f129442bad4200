"""On the narrowest window nothing of a find beside a batch is cut off, in any language."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QToolButton

from fieldguide.core.guide import Guide
from fieldguide.core.text import choose_language, languages, text
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.pages import PLACES, Page
from fieldguide.ui.shell.rail import Rail
from fieldguide.ui.shell.window import FIRST, SMALLEST, MainWindow
from tests.helpers.finds import deadly_find


@pytest.mark.parametrize("code", languages())
def test_names_and_alarm_are_whole_beside_a_batch(
    qtbot, theme: Theme, guide: Guide, pictures: tuple[Path, ...], code: str
) -> None:
    choose_language(code)
    page = IdentifyPage(Thumbnails(theme))
    page.use_guide(guide)
    page.missing_views = lambda _: ("underside", "section", "base")
    qtbot.addWidget(page)
    page.resize(SMALLEST[0] - Rail(PLACES).sizeHint().width(), 560)
    page.show()
    page.begin([[picture] for picture in pictures[:3]])
    for place in range(3):
        page.take_result(place, deadly_find(guide, pictures[place : place + 1], place + 1))
    QApplication.processEvents()
    for words in ("identify.choose_first", "identify.verify"):
        button = next(each for each in page.findChildren(QPushButton) if each.text() == text(words))
        assert button.width() >= button.sizeHint().width(), words
        assert button.mapTo(page, button.rect().bottomRight()).x() < page.width()
        banner = page.work.result.panel.banner
        assert banner.mapTo(page, banner.rect().bottomRight()).x() < page.width()
        page.work.choose_candidate(0)
        QApplication.processEvents()


@pytest.mark.parametrize("code", languages())
def test_on_the_smallest_window_the_sidebar_gives_way_and_the_photo_stays(
    qtbot, theme: Theme, guide: Guide, pictures: tuple[Path, ...], code: str
) -> None:
    """With a sidebar of names the figure of an alarm was cut off; on a low screen names and tiles were cut in half."""
    choose_language(code)
    page = IdentifyPage(Thumbnails(theme))
    page.use_guide(guide)
    page.missing_views = lambda _: ("underside", "section", "base")
    window = MainWindow()
    qtbot.addWidget(window)
    window.furnish(Page("identify", lambda: page))
    window.show()
    page.begin([[picture] for picture in pictures[:3]])
    for place in range(3):
        page.take_result(place, deadly_find(guide, pictures[place : place + 1], place + 1))
    strip, rail = page.work.result.strip, window.findChild(Rail)
    for size in (SMALLEST, (900, 600), (910, 490), (1000, 600), FIRST):
        window.resize(*size)
        QApplication.processEvents()
        assert page.work.width() >= page.work.minimumSizeHint().width(), size
        for made in rail.findChildren(QToolButton):
            assert made.height() >= made.sizeHint().height(), size
        tiles = [tile for tile in strip.findChildren(QAbstractButton) if tile.isVisible()]
        assert len(tiles) == 4
        for tile in tiles:
            assert tile.visibleRegion().boundingRect() == tile.rect(), size
        assert page.work.result.photo.height() >= 160
