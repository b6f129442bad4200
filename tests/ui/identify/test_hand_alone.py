"""Starting without a photo: questions, names with their dangers, the guide's page, and the sheet for who has eaten."""

from __future__ import annotations

from PySide6.QtCore import Qt

from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.text import text
from fieldguide.ui.identify.hand_alone import HandAlone
from fieldguide.ui.poison.case import case_of
from tests.helpers.comfort import comfort_in
from tests.helpers.labels import words_in

GUIDE = load_guide()


def test_the_hand_alone_asks_names_kinds_and_leads_to_the_sheet(qtbot) -> None:
    page = HandAlone(GUIDE)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    page.begin()
    assert page.hand.asked
    page.hand.ask_again("base")
    page.hand.answer(("sac",), dug_out=True)
    words = words_in(page)
    assert text("hands.no_photo") in words
    assert text("hands.alarm_grew") in words
    assert text("hands.deadly", names="").removesuffix(".").strip() in words
    assert comfort_in(words) == []
    with qtbot.waitSignal(page.help_wanted) as told:
        button = next(
            each
            for each in page.findChildren(type(next(iter(page.hand.choices.values()))))
            if each.text() == text("guide.eaten")
        )
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    suspects = case_of(told.args[0], GUIDE).suspects
    assert any(each.danger is Danger.DEADLY and each.taxon.genus == "Amanita" for each in suspects)


def test_another_time_begins_anew(qtbot) -> None:
    page = HandAlone(GUIDE)
    qtbot.addWidget(page)
    page.begin()
    page.hand.answer((next(iter(page.hand.choices)),))
    page.begin()
    assert text("hands.answers") not in words_in(page)
