"""What the hand found, in sentences: which names an answer moved, which deadly kinds stay, what has to be said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.hands import Seen, hear_hand
from fieldguide.core.hands.wording import answer_words, danger_words, effect_words, notes, states_words, waiting_words
from fieldguide.core.taxonomy import Taxon
from fieldguide.core.text import text
from tests.core.hands.made import identified


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def call(taxon: Taxon) -> str:
    return taxon.name


def test_states_are_told_as_a_range_a_list_or_as_varying_in_the_genus(guide: Guide) -> None:
    own = guide.characters["Amanita virosa"]
    assert own.size_cm is not None
    first, last = (f"{number:g}" for number in own.size_cm)
    assert states_words(own, "size") == text("characters.size_range", first=first, last=last)
    assert states_words(own, "gill_colour") == "white, cream"
    wide = replace(own, wide=frozenset({"gill_colour"}))
    assert states_words(wide, "gill_colour") == text("characters.varies", states="white, cream")


def test_an_answer_says_what_was_seen_or_that_nobody_can_tell_or_that_it_waits() -> None:
    assert answer_words(Seen("gill_colour", ("white", "pink"))) == "Gill colour: white or pink, salmon"
    assert answer_words(Seen("gill_colour", ())).endswith(text("hands.cannot_tell"))
    assert answer_words(Seen("spore_print", (), waits=True)).endswith(text("hands.later"))


def test_an_effect_names_whom_it_speaks_for_and_against(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.5), ("Amanita virosa", 0.3))
    (effect,) = hear_hand(said, [Seen("gill_colour", ("white",))], guide).effects
    words = effect_words(effect, call)
    assert words.startswith("Gill colour: white. It speaks for ")
    assert words.index("Amanita virosa") < words.index(" and against ") < words.index("Agaricus")


def test_deadly_kinds_that_an_answer_does_not_fit_stay_named_apart(guide: Guide) -> None:
    carriers = ("Amanita virosa",)
    named = (("Agaricus campestris", 0.6), ("Amanita virosa", 0.4))
    said = identified(guide, *named, level=guide.records["Amanita virosa"].danger, deadly=0.4, carriers=carriers)
    before = danger_words(hear_hand(said, [], guide), call)
    assert any(
        words.startswith("Deadly kinds that are still possible: ") and "Amanita virosa" in words for words in before
    )
    after = danger_words(hear_hand(said, [Seen("gill_colour", ("black",))], guide), call)
    assert [words for words in after if "Amanita virosa" in words] == [
        words for words in after if words.startswith("The answers do not all fit ")
    ]


def test_what_has_to_be_said_is_said_the_gravest_first(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.9))
    seen = [Seen("underside", ("pores",)), Seen("base", ("sac",)), Seen("spore_print", (), waits=True)]
    opinion = hear_hand(said, seen, guide)
    told = notes(opinion, call)
    assert told[0] == text("hands.contradicts")
    assert [waiting_words(each) for each in opinion.waiting] == [
        text("hands.waits", question=text("characters.ask_spore_print"))
    ]
    assert text("hands.ignored") in told, "the base was not dug out"
    assert notes(hear_hand(said, [], guide), call) == []
