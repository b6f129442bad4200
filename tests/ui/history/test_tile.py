"""What a tile shows of a find's questions: one that waits for a spore print is seen, and heard by a screen reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from fieldguide.core.guide import load_guide
from fieldguide.core.records import Observation, Seen
from fieldguide.core.text import text
from fieldguide.ui.history.tile import GalleryTile
from fieldguide.ui.history.wording import spoken_find
from fieldguide.ui.kit.colours import DARK, LIGHT, Colours

FIND = Observation((), seen=(Seen("ring", ("skirt",)), Seen("smell")))
WAITING = replace(FIND, seen=(*FIND.seen, Seen("spore_print", waits=True)))
ANSWERED = replace(FIND, seen=(*FIND.seen, Seen("spore_print", ("white",))))


def painted(find: Observation, colours: Colours) -> QImage:
    picture = QImage(200, 140, QImage.Format.Format_RGB32)
    picture.fill(0)
    painter = QPainter(picture)
    GalleryTile._paint_marks(painter, QRectF(picture.rect()), find, colours, QStyleOptionViewItem())
    painter.end()
    return picture


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_one_question_waits_is_written_on_the_photo_until_it_is_answered(qapp, colours: Colours) -> None:
    assert painted(WAITING, colours) != painted(FIND, colours)
    assert painted(ANSWERED, colours) == painted(FIND, colours)


def test_a_screen_reader_hears_that_a_question_waits() -> None:
    guide = load_guide()
    assert text("hands.waits_short") in spoken_find(WAITING, guide)
    assert text("hands.waits_short") not in spoken_find(ANSWERED, guide)
