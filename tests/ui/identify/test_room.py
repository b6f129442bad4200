"""On the narrowest window nothing of a find beside a batch is cut off, in any language."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from fieldguide.core.guide import Guide
from fieldguide.core.text import choose_language, languages, text
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.kit.thumbnails import Thumbnails
from fieldguide.ui.shell.pages import PLACES
from fieldguide.ui.shell.rail import Rail
from fieldguide.ui.shell.window import SMALLEST
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
