"""Heat lies where the model looked, in two colours, and nowhere else."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from fieldguide.ui.kit.colours import LIGHT
from fieldguide.ui.kit.heat import LONG_SIDE, paint_heat
from fieldguide.ui.kit.theme import Theme


def test_for_and_against_have_their_colours_inside_the_box(theme: Theme) -> None:
    heat = np.zeros((4, 4), np.float32)
    heat[:, 0], heat[:, 3] = 1.0, -1.0
    image = paint_heat(heat, (100.0, 0.0, 300.0, 200.0), (400, 200))
    assert (image.width(), image.height()) == (LONG_SIDE, LONG_SIDE // 2)
    row = [image.pixelColor(x, 120) for x in (20, 130, 240, 350, 460)]
    assert [colour.alpha() > 100 for colour in row] == [False, True, False, True, False]
    assert row[1].name() == QColor(LIGHT.spoke_for).name()
    assert row[3].name() == QColor(LIGHT.spoke_against).name()


@pytest.mark.parametrize("size", [(4000, 3000), (30, 4000), (1, 1)])
def test_any_shape_of_photo_has_a_map(theme: Theme, size: tuple[int, int]) -> None:
    side = float(min(size))
    image = paint_heat(np.ones((9, 9), np.float32), (0.0, 0.0, side, side), size)
    assert image.pixelColor(0, 0).alpha() > 100
