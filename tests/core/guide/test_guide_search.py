from __future__ import annotations

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.changes import DangerChange, compare_guides
from fieldguide.core.guide.search import GuideIndex, Order, Wanted, fold, in_season, is_near, read_characters_of
from fieldguide.core.taxonomy import Rank
from tests.helpers.guides import corrected, without

GUIDE = load_guide()
INDEX = GuideIndex(GUIDE)


def names(wanted: Wanted) -> list[str]:
    return [hit.record.taxon.name for hit in INDEX.find(wanted)]


@pytest.mark.parametrize(
    "typed",
    ["amanita phalloides", "Agaricus phalloides", "death cap", "knollenblatter", "amanite phalloïde", "oronja verde",
     "tignosa verdognola", "muchomor zielonawy", "AMANITA_PHALLOIDES"],
)  # fmt: skip
def test_a_taxon_is_found_by_any_of_its_names(typed: str) -> None:
    assert "Amanita phalloides" in names(Wanted(typed))[:6]


def test_the_name_that_was_typed_is_told_when_it_is_not_the_accepted_one() -> None:
    hit = INDEX.find(Wanted("agaricus phalloides"))[0]
    assert (hit.record.taxon.name, hit.found_as) == ("Amanita phalloides", "Agaricus phalloides")
    assert INDEX.find(Wanted("amanita phalloides"))[0].found_as == ""


def test_a_name_that_promises_a_meal_finds_and_is_not_shown() -> None:
    hit = next(hit for hit in INDEX.find(Wanted("boleto comestible")))
    assert (hit.record.taxon.name, hit.found_as) == ("Boletus edulis", "")


def test_the_very_name_comes_first() -> None:
    assert names(Wanted("boletus"))[0] == "Boletus"


def test_letters_without_accents_find_those_with() -> None:
    assert fold("Świerkowy Łuskwiak Grün") == "swierkowy luskwiak grun"


def test_nothing_typed_lists_all_by_name_or_the_worst_first() -> None:
    assert len(names(Wanted())) == len(GUIDE.records)
    assert names(Wanted()) == sorted(GUIDE.records)
    levels = [GUIDE.records[name].danger.shown.severity for name in names(Wanted(order=Order.DANGER))]
    assert levels == sorted(levels, reverse=True)


def test_filters_narrow_together() -> None:
    found = INDEX.find(Wanted(dangers=frozenset({Danger.DEADLY}), ranks=frozenset({Rank.SPECIES}), region="europe"))
    assert found
    assert all(hit.record.danger is Danger.DEADLY and "europe" in hit.record.regions for hit in found)


def test_what_the_guide_calls_by_its_mildest_word_is_found_under_caution() -> None:
    mild = [record.taxon.name for record in GUIDE.records.values() if record.danger is Danger.EDIBLE]
    assert set(mild) <= set(names(Wanted(dangers=frozenset({Danger.CAUTION}))))


def test_a_season_may_wrap_round_the_year_and_an_untold_one_is_never_left_out() -> None:
    wrapping = next(r for r in GUIDE.records.values() if r.months and r.months[0] > r.months[1])
    first, last = wrapping.months
    assert in_season(wrapping, first)
    assert in_season(wrapping, last)
    assert not in_season(wrapping, last + 1)
    untold = next(r for r in GUIDE.records.values() if r.months is None)
    assert in_season(untold, 1)


def test_changes_between_guides_name_what_is_told_milder_first() -> None:
    after = corrected(
        corrected(GUIDE, "Boletus edulis", danger=Danger.DEADLY), "Amanita muscaria", danger=Danger.CAUTION
    )
    changes = compare_guides(GUIDE, after)
    before = GUIDE.records["Amanita muscaria"].danger
    assert changes.dangers[0] == DangerChange("Amanita muscaria", before, Danger.CAUTION)
    assert changes.dangers[0].milder
    assert not changes.dangers[1].milder
    assert compare_guides(GUIDE, without(GUIDE, "Amanita muscaria")).removed == ("Amanita muscaria",)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("death kap", "Amanita phalloides"),
        ("deaht cap", "Amanita phalloides"),
        ("amanita faloides", "Amanita phalloides"),
        ("muchomor sromotnikowy", "Amanita phalloides"),
        ("muchomor zielonawi", "Amanita phalloides"),
        ("gruener knollenblaetterpilz", "Amanita phalloides"),
        ("gruner knollenblatterpilz", "Amanita phalloides"),
        ("knolenblätterpilz grüner", "Amanita phalloides"),
    ],
)
def test_slips_and_missing_accents_are_forgiven(typed: str, name: str) -> None:
    found = [hit.record.taxon.name for hit in GuideIndex(load_guide()).find(Wanted(typed))]
    assert name in found[:5]


@pytest.mark.parametrize(
    ("typed", "word", "near"),
    [
        ("kap", "cap", True),
        ("ab", "ac", False),
        ("deaht", "death", True),
        ("boletus", "boletes", True),
        ("zzzz", "cap", False),
    ],
)
def test_one_slip_is_near(typed: str, word: str, near: bool) -> None:
    assert is_near(typed, word) is near


def test_characters_are_typed_between_commas_and_found() -> None:
    assert read_characters_of("white print, sac, on soil") == {
        ("spore_print", "white"),
        ("base", "sac"),
        ("substrate", "soil"),
    }
    assert ("ring", "skirt") in read_characters_of("ring")
    assert ("ring", "none") not in read_characters_of("ring")
    assert read_characters_of("white print, blue whales") == frozenset()
    found = {hit.record.taxon.name for hit in GuideIndex(load_guide()).find(Wanted("white print, ring, sac, on soil"))}
    assert {"Amanita phalloides", "Amanita virosa"} <= found
    assert not {"Agaricus campestris", "Boletus edulis"} & found


def test_a_deadly_kind_of_which_nothing_is_told_is_not_left_out() -> None:
    guide = load_guide()
    characters = frozenset({("milk", "white")})
    for hit in GuideIndex(guide).find(Wanted(characters=characters)):
        told = guide.characters_of(hit.record.taxon.name)
        assert told is not None
        assert "white" in told.states("milk") or (not told.states("milk") and hit.record.danger is Danger.DEADLY)
