"""Every icon that the code names is drawn, and takes any colour."""

import pytest
from PySide6.QtGui import QColor

from fieldguide.core.danger import Danger
from fieldguide.core.resources import resource
from fieldguide.ui.kit.icons import application_icon, danger_icon, icon, pixmap

DRAWN = sorted(file.stem for file in resource("icons").glob("*.svg"))


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_paints_something(qapp, name: str) -> None:
    image = pixmap(name, "#123456", 24, 2.0).toImage()
    assert image.width() == 48
    inked = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 250]
    assert inked
    if "_on_" not in name and name != "fieldguide":
        assert QColor("#123456") in inked


@pytest.mark.parametrize("level", list(Danger))
def test_every_danger_has_its_own_sign(level: Danger) -> None:
    assert danger_icon(level) in DRAWN
    others = {danger_icon(other) for other in Danger if other.shown is not level.shown}
    assert danger_icon(level) not in others


def test_the_icon_of_the_application_has_colours_of_its_own(qapp) -> None:
    assert not application_icon().isNull()
    assert not icon("zoom").pixmap(20, 20).isNull()
