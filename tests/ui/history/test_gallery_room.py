"""Every language has room on the smallest window."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fieldguide.core.text import FALLBACK, choose_language, languages
from fieldguide.services.library import Library
from fieldguide.ui.history.page import HistoryPage
from fieldguide.ui.shell.window import SMALLEST

RAIL = 96  # pixels of the sidebar


@pytest.mark.parametrize("code", languages())
def test_the_gallery_forces_no_language_wider(qtbot: QtBot, library: Library, thumbnails, theme, code: str) -> None:
    choose_language(code)
    try:
        page = HistoryPage(library, thumbnails)
    finally:
        choose_language(FALLBACK)
    qtbot.addWidget(page)
    page.gallery._show_count(1000)
    page.gallery.view.setVisible(True)
    heads = [page.gallery._head.widget(place) for place in range(2)]
    assert max(head.sizeHint().width() for head in heads) + 40 <= SMALLEST[0] - RAIL
