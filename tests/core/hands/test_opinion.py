"""Names that rise and fall, reasons, kinds that no model knows, contradictions, the next question, and its cost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.hands import Effort, Seen, effort_of, hear_find, hear_hand, read_seen
from fieldguide.core.hands.asking import QUICK_FIRST, expected_gains, next_question
from fieldguide.core.hands.kinds import Kinds, kinds_of
from fieldguide.core.hands.opinion import HandOpinion
from fieldguide.core.hands.prior import prior
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Rank, Taxon
from tests.core.hands.made import identified


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def names(opinion: HandOpinion) -> list[str]:
    return [each.taxon.name for each in opinion.names]


def answered_as(guide: Guide, name: str, *characters: str) -> list[Seen]:
    told = guide.characters_of(name)
    assert told is not None
    return [Seen(character, told.states(character)[:1], True) for character in characters]


def test_white_gills_speak_against_the_field_mushroom_and_for_the_destroying_angel(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.4), ("Agaricus bitorquis", 0.3), ("Amanita virosa", 0.2))
    effect = hear_hand(said, [Seen("gill_colour", ("white",))], guide).effects[0]
    assert "Agaricus campestris" in {taxon.name for taxon in effect.speaks_against}
    assert "Amanita virosa" in {taxon.name for taxon in effect.speaks_for}


def test_an_answer_that_speaks_against_several_of_a_genus_names_the_genus(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.4), ("Agaricus arvensis", 0.3), ("Amanita virosa", 0.2))
    effect = hear_hand(said, [Seen("spore_print", ("white",))], guide).effects[0]
    assert "Agaricus" in {taxon.name for taxon in effect.speaks_against}


def test_a_genus_of_which_a_species_can_be_so_is_not_spoken_against(guide: Guide) -> None:
    """Some of Boletus turn blue: an answer speaks against the two that do not, not against all of it."""
    said = identified(guide, ("Boletus edulis", 0.4), ("Boletus aereus", 0.3), ("Caloboletus calopus", 0.2))
    effect = hear_hand(said, [Seen("bruising", ("blue",))], guide).effects[0]
    assert {taxon.name for taxon in effect.speaks_against} == {"Boletus edulis", "Boletus aereus"}


def test_no_answer_speaks_against_a_kind_that_is_told_to_be_so(guide: Guide) -> None:
    """A death cap has several gill colours, and so each of them is less its mark: none speaks against it."""
    said = identified(guide, ("Amanita vaginata", 0.27), ("Amanita virosa", 0.14), ("Amanita phalloides", 0.13))
    for character, states in guide.characters["Amanita phalloides"].values.items():
        for state in states:
            effect = hear_hand(said, [Seen(character, (state,), True)], guide).effects[0]
            assert not {"Amanita", "Amanita phalloides"} & {taxon.name for taxon in effect.speaks_against}, state


def test_an_answer_that_speaks_of_a_genus_both_ways_names_its_species(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.4), ("Agaricus xanthodermus", 0.3), ("Amanita virosa", 0.2))
    effect = hear_hand(said, [Seen("gill_colour", ("white",))], guide).effects[0]
    assert "Agaricus" not in {taxon.name for taxon in (*effect.speaks_against, *effect.speaks_for)}


def test_a_kind_that_the_model_has_no_label_for_ends_first(guide: Guide) -> None:
    """A strange genus altogether: the photo named others of its look only."""
    said = identified(guide, ("Boletus edulis", 0.5), ("Imleria badia", 0.2))
    asked = ("bruising", "cap_colour", "stem_pattern", "smell", "gill_attachment")
    seen = [Seen("bruising", ("blue",)), *answered_as(guide, "Rubroboletus satanas", *asked)[1:]]
    opinion = hear_hand(said, seen, guide, labels=[guide.records["Boletus edulis"].taxon])
    assert names(opinion)[0] != "Boletus edulis"
    assert opinion.names[0].taxon in opinion.unnamed


def test_region_and_season_weigh_the_kinds_that_nobody_named(guide: Guide) -> None:
    kinds = kinds_of(guide)
    here = np.array([1.4 if "europe" in record.regions else 0.6 for record in guide.records.values()])
    plain, placed = prior(kinds, None), prior(kinds, None, here)
    european, american = kinds.place["Amanita caesarea"], kinds.place["Amanita ocreata"]
    assert plain[european] == pytest.approx(plain[american])
    assert placed[european] > 2 * placed[american]


def test_the_prior_gives_more_to_relatives_of_what_was_named(guide: Guide) -> None:
    kinds = kinds_of(guide)
    start = prior(kinds, identified(guide, ("Russula emetica", 0.8)))
    assert start.sum() == pytest.approx(1)
    assert start[kinds.place["Russula emetica"]] > 0.55
    assert start[kinds.place["Russula vesca"]] > 3 * start[kinds.place["Amanita citrina"]] > 0
    assert start[kinds.place["Lactarius torminosus"]] > start[kinds.place["Amanita citrina"]]


def test_a_wide_label_is_spread_over_its_kinds_and_stays_partly_itself(guide: Guide) -> None:
    kinds = kinds_of(guide)
    start = prior(kinds, identified(guide, ("Lepiota", 1.0)))
    lepiotas = [place for place, taxon in enumerate(kinds.taxa) if taxon.genus == "Lepiota"]
    assert start[lepiotas].sum() > 0.85
    assert start[kinds.place["Lepiota"]] > 0.3
    assert start[kinds.place["Lepiota brunneoincarnata"]] > 0.01


def test_a_name_that_the_guide_lacks_is_its_genus_and_one_without_any_says_nothing(guide: Guide) -> None:
    kinds = kinds_of(guide)
    said = identified(guide, ("Russula emetica", 0.8))
    strange = replace(said.candidates[0], taxon=Taxon("Russula imaginaria", Rank.SPECIES, "Russula", "Russulaceae"))
    start = prior(kinds, replace(said, candidates=(strange,)))
    assert start[kinds.place["Russula"]] > 0.2
    nobody = replace(strange, taxon=Taxon("Nihil nullum", Rank.SPECIES, "Nihil", None))
    start = prior(kinds, replace(said, candidates=(nobody,)))
    assert start.max() < 0.01


def test_answers_that_fit_no_name_say_so_and_offer_what_fits(guide: Guide) -> None:
    said = identified(guide, ("Cantharellus cibarius", 0.7), ("Cantharellus pallens", 0.2))
    seen = [Seen("underside", ("gills",)), Seen("gill_attachment", ("free",)), Seen("base", ("sac",), True)]
    opinion = hear_hand(said, seen, guide)
    assert opinion.contradicts
    assert opinion.fits
    assert all(each.taxon.genus != "Cantharellus" for each in opinion.fits)
    calm = hear_hand(said, [Seen("underside", ("ridges",))], guide)
    assert not calm.contradicts


def test_a_family_answers_as_its_species_do_and_gains_nothing_by_being_silent(guide: Guide) -> None:
    """Of a family no table tells anything: it would fit every answer, and hide that nothing fits the photo's names."""
    said = identified(guide, ("Amanita phalloides", 0.4), ("Amanitaceae", 0.3), ("Pluteaceae", 0.1))
    seen = [Seen("form", ("bracket",)), Seen("underside", ("pores",)), Seen("milk", ("blue",))]
    opinion = hear_hand(said, seen, guide)
    assert opinion.contradicts
    assert Rank.SPECIES in {each.taxon.rank for each in opinion.names[:2]}
    kinds = kinds_of(guide)
    gills = kinds.asked["underside"].of("gills")
    assert gills[kinds.place["Amanitaceae"]] > 0.7
    assert gills[kinds.place["Boletaceae"]] < 0.1


def test_answers_that_contradict_each_other_fit_nothing(guide: Guide) -> None:
    seen = [
        Seen("form", ("truffle",)),
        Seen("ring", ("skirt",)),
        Seen("milk", ("blue",)),
        Seen("substrate", ("insect",)),
    ]
    opinion = hear_hand(identified(guide, ("Boletus edulis", 0.9)), seen, guide)
    assert opinion.contradicts
    assert opinion.fits == ()
    assert len(opinion.names) == 5


def test_the_hand_alone_finds_a_kind_and_nothing_known_counts_as_a_warning(guide: Guide) -> None:
    asked = ("form", "underside", "milk", "cap_colour", "surface", "substrate", "smell")
    opinion = hear_hand(None, answered_as(guide, "Lactarius deliciosus", *asked), guide)
    assert hear_hand(None, [], guide).alarm.level.severity >= 3
    assert "Lactarius" in {each.taxon.genus for each in opinion.names[:2]}


def test_quick_questions_come_first_and_none_twice(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.4), ("Amanita virosa", 0.2), ("Macrolepiota procera", 0.1))
    seen: list[Seen] = []
    efforts = []
    while (following := hear_hand(said, seen, guide).next) is not None:
        character = following.question.character
        assert character not in {each.character for each in seen}
        told = guide.characters["Amanita virosa"].states(character)
        seen.append(Seen(character, told[:1], True))
        efforts.append(following.effort)
    assert set(efforts[:QUICK_FIRST]) == {Effort.QUICK}
    assert len(seen) > QUICK_FIRST
    assert {"gill_colour", "base"} & {each.character for each in seen[:6]}


def test_who_told_of_the_gills_is_not_asked_for_the_underside(guide: Guide) -> None:
    kinds = kinds_of(guide)
    even = prior(kinds, None)
    assert "underside" not in asked_in_turn(kinds, even, {"gill_colour"})
    assert "underside" in asked_in_turn(kinds, even, set())


def asked_in_turn(kinds: Kinds, probabilities: np.ndarray, asked: set[str]) -> set[str]:
    found = set(asked)
    while (following := next_question(kinds, probabilities, found)) is not None:
        found.add(following.question.character)
    return found


def test_a_character_that_the_names_do_not_have_is_not_asked(guide: Guide) -> None:
    kinds = kinds_of(guide)
    boletes = prior(kinds, identified(guide, ("Boletus edulis", 0.5), ("Caloboletus calopus", 0.5)))
    crowd = np.where([taxon.family == "Boletaceae" for taxon in kinds.taxa], boletes, 0)
    gains = dict(zip(kinds.asked, expected_gains(kinds, crowd / crowd.sum()), strict=True))
    assert gains["gill_colour"] == 0
    assert gains["bruising"] > 0


def test_many_finds_at_once_promise_what_each_alone_does(guide: Guide) -> None:
    kinds = kinds_of(guide)
    finds = np.stack([prior(kinds, identified(guide, (name, 0.6))) for name in ("Boletus edulis", "Amanita virosa")], 1)
    together = expected_gains(kinds, finds, photo=False)
    for column in range(2):
        np.testing.assert_allclose(together[:, column], expected_gains(kinds, finds[:, column], photo=False))


def test_a_question_that_parts_the_deadly_counts_extra(guide: Guide) -> None:
    kinds = kinds_of(guide)
    pair = np.zeros(len(kinds.taxa))
    pair[[kinds.place["Amanita virosa"], kinds.place["Agaricus arvensis"]]] = 0.5
    same = np.zeros(len(kinds.taxa))
    same[[kinds.place["Macrolepiota procera"], kinds.place["Agaricus arvensis"]]] = 0.5
    print_ = list(kinds.asked).index("spore_print")
    ratio = [expected_gains(kinds, each)[print_] for each in (pair, same)]
    assert ratio[0] > 2 * ratio[1] > 0


def test_efforts_are_read_from_what_a_question_needs(guide: Guide) -> None:
    efforts = {name: effort_of(question) for name, question in guide.questions.items()}
    assert efforts["base"] is Effort.DIG
    assert efforts["spore_print"] is Effort.HOURS
    assert {name for name, effort in efforts.items() if effort is Effort.CUT} == {"gill_attachment", "milk", "bruising"}


def test_a_print_is_asked_for_once_six_quick_questions_are_answered(guide: Guide) -> None:
    """What tells most of field mushroom and destroying angel is the print; it was asked last, after thirteen others."""
    kinds, asked = kinds_of(guide), []
    said = identified(guide, ("Agaricus campestris", 0.4), ("Amanita virosa", 0.2))
    while (following := next_question(kinds, prior(kinds, said), asked)).question.character != "spore_print":
        asked.append(following.question.character)
    assert len([name for name in asked if effort_of(guide.questions[name]) is Effort.QUICK]) == 6
    assert len(asked) <= 8


def test_a_guide_without_characters_has_no_question_and_breaks_nothing(guide: Guide) -> None:
    bare = Guide(guide.records.values(), guide.syndromes.values(), guide.centres, guide.sources.values(), "bare")
    said = identified(guide, ("Boletus edulis", 0.9))
    opinion = hear_hand(said, [Seen("ring", ("skirt",))], bare)
    assert opinion.next is None
    assert opinion.alarm.level is said.alarm.level
    assert opinion.names[0].taxon.name == "Boletus edulis"


def test_the_later_of_two_answers_counts(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.5), ("Amanita virosa", 0.2))
    changed = hear_hand(said, [Seen("ring", ("none",)), Seen("ring", ("skirt",))], guide)
    assert changed.names == hear_hand(said, [Seen("ring", ("skirt",))], guide).names


def steps(act: Callable[[], object]) -> int:
    """How many functions are called: what costs time, on any machine."""
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


def test_the_next_question_is_found_in_few_steps_over_all_kinds(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.4), ("Amanita virosa", 0.2))
    seen = answered_as(guide, "Amanita virosa", "gill_colour", "ring", "cap_colour", "surface", "smell", "base")
    hear_hand(said, seen, guide)  # builds the columns once
    assert steps(lambda: hear_hand(said, seen, guide)) < 4000


def test_ten_thousand_kinds_of_an_imported_guide_are_no_trouble(guide: Guide) -> None:
    records = list(guide.records.values())
    many = [
        replace(record, taxon=replace(record.taxon, name=f"{record.taxon.name}{'abcdefgh'[copy]}"), synonyms=())
        for copy in range(7)
        for record in records
        if record.taxon.rank is Rank.SPECIES
    ]
    rest = (guide.syndromes.values(), guide.centres, guide.sources.values(), "many")
    large = Guide([*records, *many], *rest, guide.characters.values(), guide.questions)
    assert len(large.records) > 9000
    said = identified(guide, ("Agaricus campestris", 0.4), ("Amanita virosa", 0.2))
    assert hear_hand(said, [Seen("base", ("sac",), True)], large).names
    assert steps(lambda: hear_hand(said, [Seen("base", ("sac",), True)], large)) < 4000  # not one by one


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["ring=skirt"], [Seen("ring", ("skirt",))]),
        (["cap_colour=white|cream"], [Seen("cap_colour", ("white", "cream"))]),
        (["cap_colour=cream", "cap_colour=white"], [Seen("cap_colour", ("white", "cream"))]),
        (["Ring = Skirt"], [Seen("ring", ("skirt",))]),
        (["size=12"], [Seen("size", ("10_to_20",))]),
        (["size=4.5cm"], [Seen("size", ("2_to_5",))]),
        (["smell=?"], [Seen("smell")]),
        (["base=sac"], [Seen("base", ("sac",), True)]),
        (["base=plain"], [Seen("base", ("plain",), False)]),
    ],
)
def test_answers_are_read_as_they_are_typed(words: list[str], found: list[Seen]) -> None:
    assert list(read_seen(words)) == found


def test_what_was_dug_out_is_said_for_the_base() -> None:
    assert read_seen(["base=plain"], dug_out=True)[0].counts
    assert not read_seen(["base=plain"])[0].counts


@pytest.mark.parametrize(
    ("word", "code", "named"),
    [
        ("colour=white", ErrorCode.CHARACTER_UNKNOWN, list(CHARACTERS)),
        ("necklace", ErrorCode.CHARACTER_UNKNOWN, list(CHARACTERS)),
        ("ring", ErrorCode.VALUE_UNKNOWN, list(CHARACTERS["ring"])),
        ("ring=necklace", ErrorCode.VALUE_UNKNOWN, list(CHARACTERS["ring"])),
        ("ring=skirt|necklace", ErrorCode.VALUE_UNKNOWN, list(CHARACTERS["ring"])),
        ("size=-3", ErrorCode.VALUE_UNKNOWN, list(CHARACTERS["size"])),
    ],
)
def test_what_is_unknown_is_named_with_what_there_is(word: str, code: ErrorCode, named: list[str]) -> None:
    with pytest.raises(FieldGuideError) as refused:
        read_seen([word])
    assert refused.value.code is code
    assert all(each in str(refused.value.facts["known"]) for each in named)


def test_for_the_order_of_names_the_answers_of_every_kind_sum_to_one(guide: Guide) -> None:
    """Else every answer, whatever it is, lifts the harmful kinds, whose highest states sum to more."""
    for asked in kinds_of(guide).asked.values():
        np.testing.assert_allclose(asked.even.sum(axis=0), 1)
        np.testing.assert_allclose(asked.even * asked.likelihood.sum(axis=0), asked.likelihood)
    kinds = kinds_of(guide)
    seen = (Seen("cap_colour", ("brown",)), Seen("ring", ("none",)), Seen("smell", ("none",)))
    cautious, even = kinds.scores(seen), kinds.scores(seen, even=True)
    assert (cautious >= even - 1e-12).all()
    assert (cautious - even)[kinds.poisonous].mean() > 1
    mild = [danger not in (Danger.DEADLY, Danger.POISONOUS) for danger in kinds.dangers]
    np.testing.assert_allclose(cautious[mild], even[mild], atol=0.05)  # only the floor parts them


def test_place_and_date_of_a_find_weigh_the_kinds_and_hide_no_danger(guide: Guide) -> None:
    said = identified(guide, ("Agaricus campestris", 0.5))
    seen = (Seen("gill_colour", ("white",)), Seen("base", ("sac",), True))
    nowhere = Observation((), identification=said, seen=seen)
    abroad = replace(nowhere, latitude=-25.0, longitude=133.0, observed_at=datetime(2026, 5, 3, 9, 0))
    here, there = hear_find(nowhere, guide), hear_find(abroad, guide)
    assert here.names != there.names
    assert there.alarm.level.severity >= here.alarm.level.severity
    assert there.alarm.deadly >= here.alarm.deadly
    assert {each.candidate.taxon for each in there.deadly} >= {each.candidate.taxon for each in here.deadly}
    assert hear_find(nowhere, guide, home="australasia").names != here.names
