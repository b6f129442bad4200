"""Drawings on the screen: what Qt renders of them, in both themes, and guides without characters."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from fieldguide.core.drawing import draw_value
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.ui.kit.drawings import FormDrawings, KindDrawing, answer_icon, drawing_of
from fieldguide.ui.kit.empty import EmptyState


def test_qt_renders_what_the_pencil_draws(qtbot: QtBot) -> None:
    guide = load_guide()
    for name in ("Amanita phalloides", "Fomes fomentarius", "Morchella esculenta", "Claviceps purpurea", "Tuber"):
        if guide.record(name) is not None:
            assert QSvgRenderer(QByteArray(drawing_of(name, guide).encode())).isValid()
    for character, values in CHARACTERS.items():
        for value in values:
            svg = draw_value(character, value)
            assert not svg or QSvgRenderer(QByteArray(svg.encode())).isValid()


def test_a_kind_is_painted_and_says_that_it_is_no_portrait(qtbot: QtBot) -> None:
    made = KindDrawing("Amanita phalloides", load_guide(), 120, ("base",))
    qtbot.addWidget(made)
    picture = made.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 120, 6) for y in range(0, 120, 6)}
    assert len(colours) > 6
    assert "no portrait" in made.toolTip()


def test_an_answer_has_its_icon_and_a_smell_has_none(qtbot: QtBot) -> None:
    assert not answer_icon("base", "sac", 48).isNull()
    assert answer_icon("smell", "almond", 48).isNull()


def test_a_guide_without_characters_draws_nothing_and_breaks_nothing(qtbot: QtBot) -> None:
    guide = load_guide()
    bare = Guide(guide.records.values(), guide.syndromes.values(), guide.centres, guide.sources.values(), "bare")
    made = KindDrawing("Amanita phalloides", bare, 80)
    qtbot.addWidget(made)
    assert made.empty
    made.grab()


def test_an_empty_page_shows_each_shape_it_names(qtbot: QtBot) -> None:
    state = EmptyState("guide", "Look something up", "Type a name.", drawn=("cup", "cap_and_stem"))
    qtbot.addWidget(state)
    row = state.findChild(FormDrawings)
    assert row.width() == 2 * row.height()
    painted = row.grab().toImage()
    for half in (0, 1):
        part = painted.copy(half * painted.height(), 0, painted.height(), painted.height())
        colours = {part.pixel(x, y) for x in range(0, part.width(), 4) for y in range(0, part.height(), 4)}
        assert len(colours) > 5
