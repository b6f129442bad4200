from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from fieldguide.ui.kit.theme import Theme
from fieldguide.ui.shell.overlays import KeysOverlay
from fieldguide.ui.shell.pages import KeyGroup

EVERYWHERE = KeyGroup("Everywhere", tuple((f"Ctrl+{key}", "Does something") for key in "ABCDEFGHIJ"))
OF_A_PAGE = KeyGroup("Guide", (("Ctrl+F", "Search the guide"), ("Down", "To the list"), ("Alt+Left", "Back")))


@pytest.mark.usefixtures("theme")
def test_whichever_keys_were_listed_before_each_line_is_read_whole_and_follows_the_last(qtbot, theme: Theme) -> None:
    window = QWidget()
    window.resize(1280, 700)
    qtbot.addWidget(window)
    overlay = KeysOverlay(window)
    with qtbot.waitExposed(window):
        window.show()
    for groups in ([EVERYWHERE], [OF_A_PAGE, EVERYWHERE], [OF_A_PAGE], [EVERYWHERE]):
        overlay.list_keys(groups)
        qtbot.wait(50)
        lines = [each for each in overlay.findChildren(QLabel) if each.isVisible()]
        assert {each.text() for each in lines} >= {keys for group in groups for keys, _ in group.keys}
        for each in lines:
            assert each.height() >= each.fontMetrics().height(), (groups, each.text())
        for group in groups:
            tops = [each.mapTo(overlay, each.rect().topLeft()).y() for each in lines if each.text() in dict(group.keys)]
            assert max(below - above for above, below in pairwise(tops)) < 40
