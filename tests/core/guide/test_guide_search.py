from __future__ import annotations

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.changes import DangerChange, compare_guides
from fieldguide.core.guide.search import GuideIndex, Order, Wanted, fold, in_season
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
    levels = [GUIDE.records[name].danger.told.severity for name in names(Wanted(order=Order.DANGER))]
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
