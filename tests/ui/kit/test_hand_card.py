"""Ask the hand on the screen: a question, an answer, what it did, and ways out of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget

from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands.wording import character_name
from fieldguide.core.records import Observation, Seen
from fieldguide.core.text import choose_language, languages, text
from fieldguide.ui.kit.bar import ProbabilityBar
from fieldguide.ui.kit.hand_card import HandCard
from fieldguide.ui.kit.metrics import SPACE
from fieldguide.ui.kit.surfaces import ScrollColumn
from fieldguide.ui.kit.theme import Theme
from tests.core.hands.made import identified
from tests.helpers.comfort import comfort_in
from tests.helpers.labels import words_in

GUIDE = load_guide()
FIND = Observation((), identification=identified(GUIDE, ("Agaricus campestris", 0.5), ("Amanita virosa", 0.1)), id=7)


@pytest.fixture
def card(qtbot) -> HandCard:
    made = HandCard(GUIDE)
    qtbot.addWidget(made)
    made.show_find(FIND, GUIDE)
    made.resize(400, 900)
    made.show()
    return made


def test_it_asks_when_it_is_asked_to_and_each_answer_says_what_it_did(card: HandCard, qtbot) -> None:
    assert card.asked == ""
    card.open()
    first = card.asked
    assert text(f"characters.ask_{first}") in words_in(card)
    with qtbot.waitSignal(card.answered) as told:
        card.answer((next(iter(card.choices)),))
    (seen,) = told.args[0]
    assert (seen.character, seen.guide_version) == (first, GUIDE.version)
    assert seen.answered_at is not None
    assert card.asked not in ("", first)
    words = words_in(card)
    assert text("hands.after") in words
    assert comfort_in(words) == []


def test_digits_answer_and_nought_cannot_tell(card: HandCard, qtbot) -> None:
    card.open()
    card.setFocus()
    with qtbot.waitSignal(card.answered) as told:
        qtbot.keyClick(card, Qt.Key.Key_0)
    assert told.args[0][0].values == ()
    assert text("hands.cannot_tell") in words_in(card)


def test_the_base_waits_for_the_spade(card: HandCard, qtbot) -> None:
    card.ask_again("base")
    assert not card.choices["sac"].isEnabled()
    (dug,) = card.findChildren(QCheckBox)
    dug.click()
    with qtbot.waitSignal(card.answered) as told:
        card.choices["sac"].click()
    assert told.args[0] == (replace(told.args[0][0], character="base", values=("sac",), dug_out=True),)
    assert text("hands.alarm_grew") in words_in(card)


def test_a_print_can_be_answered_tomorrow(card: HandCard, qtbot) -> None:
    card.ask_again("spore_print")
    card.answer((), waits=True)
    assert text("hands.waits", question=text("characters.ask_spore_print")) in words_in(card)
    card.ask_again("spore_print")
    card.answer(("white",))
    assert text("hands.waits", question=text("characters.ask_spore_print")) not in words_in(card)


def test_an_answer_of_another_guide_is_to_be_looked_at_again(card: HandCard) -> None:
    card.show_find(replace(FIND, seen=(Seen("ring", ("skirt",), guide_version="older"),)), GUIDE)
    assert text("hands.other_guide") in words_in(card)


def test_a_guide_without_questions_says_so(card: HandCard) -> None:
    bare = Guide(GUIDE.records.values(), GUIDE.syndromes.values(), GUIDE.centres, GUIDE.sources.values(), "bare")
    card.show_find(FIND, bare)
    assert text("hands.no_questions") in words_in(card)


def test_what_another_guide_asked_is_asked_again(card: HandCard) -> None:
    old = Seen("ring", ("skirt",), guide_version="older")
    card.show_find(replace(FIND, seen=(old,)), GUIDE)
    assert card.asked == "ring"
    card.answer(("none",))
    assert card.asked not in ("", "ring")


def test_bars_on_their_way_stay_when_the_stored_find_comes_back(card: HandCard, qtbot) -> None:
    card.open()
    with qtbot.waitSignal(card.answered) as told:
        card.answer((next(iter(card.choices)),))
    before = card.findChildren(ProbabilityBar)
    card.show_find(replace(FIND, seen=told.args[0]), GUIDE)
    assert [bar for bar in card.findChildren(ProbabilityBar) if not bar.isHidden()] == [
        bar for bar in before if not bar.isHidden()
    ]


def test_several_colours_are_answered_by_keys_alone(card: HandCard, qtbot) -> None:
    card.ask_again("cap_colour")
    assert card.hasFocus(), "who is asked can answer at once"
    qtbot.keyClick(card, Qt.Key.Key_1)
    qtbot.keyClick(card, Qt.Key.Key_3)
    with qtbot.waitSignal(card.answered) as told:
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert told.args[0][0].values == CHARACTERS["cap_colour"][0:3:2]
    assert card.hasFocus()


def test_the_names_and_the_next_question_come_into_view(qtbot) -> None:
    page = ScrollColumn()
    qtbot.addWidget(page)
    tall = QWidget()
    tall.setFixedHeight(2000)
    card = HandCard(GUIDE)
    page.column.addWidget(tall)
    page.column.addWidget(card)
    page.column.addStretch(1)
    page.resize(440, 640)
    page.show()
    seen = tuple(
        Seen(name, GUIDE.characters["Agaricus campestris"].states(name)[:1]) for name in ("ring", "flesh", "milk")
    )
    card.show_find(replace(FIND, seen=seen), GUIDE)
    card.ask_again("smell")
    card.answer(("none",))
    first = next(iter(card.choices.values()))
    qtbot.waitUntil(lambda: page.viewport().rect().contains(first.mapTo(page.viewport(), first.rect().center())))
    assert card.mapTo(page.viewport(), card.rect().topLeft()).y() >= 0, "the names are in view too"


def test_what_was_seen_without_being_asked_can_be_answered(card: HandCard, qtbot) -> None:
    card.open()
    (opener,) = [each for each in card.findChildren(QPushButton) if each.text() == text("hands.something_else")]
    actions = {action.text(): action for action in opener.menu().actions()}
    assert len(actions) == len(GUIDE.questions) - 1
    actions[character_name("smell")].trigger()
    assert card.asked == "smell"


def test_what_waits_is_answered_where_it_says_so(card: HandCard, qtbot) -> None:
    card.ask_again("spore_print")
    card.answer((), waits=True)
    (now,) = [each for each in card.findChildren(QPushButton) if each.text() == text("hands.answer_now")]
    now.click()
    assert card.asked == "spore_print"


def test_a_stored_find_says_what_its_model_has_no_label_for(card: HandCard) -> None:
    """The model that is loaded tells its labels of finds that it named, and of no others."""
    assert FIND.identification is not None
    card.show_find(replace(FIND, seen=(Seen("ring", ("skirt",)),)), GUIDE)
    shown = [GUIDE.records[name].taxon for name in ("Agaricus campestris", "Amanita virosa")]
    unnamed = text("hands.unnamed", names="").split(":")[0]
    assert unnamed in words_in(card)
    card.know_model(FIND.identification.model, [record.taxon for record in GUIDE.records.values()])
    assert unnamed not in words_in(card), "it has labels for all of them"
    card.know_model(replace(FIND.identification.model, id="another"), shown)
    assert unnamed in words_in(card)


def test_what_kills_stands_above_the_names(card: HandCard) -> None:
    """A field mushroom leads, a destroying angel is possible: that comes first, with a photo and without."""
    for find in (
        replace(FIND, seen=(Seen("ring", ("skirt",)),)),
        Observation((), seen=(Seen("base", ("sac",), True),)),
    ):
        card.show_find(find, GUIDE)
        QApplication.processEvents()
        (danger,) = [
            each
            for each in card.findChildren(QLabel)
            if each.isVisible() and each.text().startswith(text("hands.deadly", names="").split(":")[0])
        ]
        bars = [each for each in card.findChildren(ProbabilityBar) if each.isVisible()]
        assert bars
        assert all(danger.mapTo(card, QPoint()).y() < each.mapTo(card, QPoint()).y() for each in bars)


@pytest.mark.parametrize("code", languages())
def test_every_question_fits_into_the_narrowest_column(qtbot, theme: Theme, code: str) -> None:
    choose_language(code)
    try:
        card = HandCard(GUIDE)
        qtbot.addWidget(card)
        card.show_find(FIND, GUIDE)
        for character in CHARACTERS:
            card.ask_again(character)
            widest = max(choice.sizeHint().width() for choice in card.choices.values())
            assert widest <= 364 - 4 * SPACE, (character, widest)
    finally:
        choose_language("en")
