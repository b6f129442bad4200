"""The page Identify, shown."""

from __future__ import annotations

import pytest

from fieldguide.core.guide import Guide
from fieldguide.ui.identify.page import IdentifyPage
from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.kit.thumbnails import Thumbnails


@pytest.fixture
def page(qtbot, theme: Theme, guide: Guide) -> IdentifyPage:
    made = IdentifyPage(Thumbnails(theme))
    made.use_guide(guide)
    made.missing_views = lambda find: ("underside", "base")
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitActive(made):
        made.show()
    return made
