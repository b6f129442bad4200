from __future__ import annotations

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.changes import DangerChange, compare_guides
from fieldguide.core.guide.phrases import Phrases, read_phrases
from fieldguide.core.guide.search import Order, Wanted, in_season, index_of
from fieldguide.core.guide.spelling import Words, fold, is_near, spellings
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import choose_language, languages, text
from tests.helpers.guides import corrected, without

GUIDE = load_guide()
INDEX = index_of(GUIDE)


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
    found = [hit.record.taxon.name for hit in index_of(load_guide()).find(Wanted(typed))]
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


@pytest.mark.parametrize("typed", ["a", "am", "agar", "cap", "knollen", "death cap", "ritterling b", "e"])
def test_every_name_that_holds_the_words_is_found(typed: str) -> None:
    """As the slow way finds them: name by name; one or two letters begin a word."""
    expected = set()
    for record in GUIDE.records.values():
        for name in (record.taxon.name, *record.common_names.values(), *record.other_names, *record.synonyms):
            for spelt in spellings(name):
                if all((word in spelt) if len(word) > 2 else f" {word}" in f" {spelt}" for word in typed.split()):
                    expected.add(record.taxon.name)
    assert set(names(Wanted(typed))) == expected


def test_slips_are_looked_for_among_all_words_as_among_each() -> None:
    words = sorted({word for record in GUIDE.records.values() for word in fold(record.taxon.name).split()})
    for typed in ("boletis", "faloides", "agarikus", "cap", "ab", "gallerina"):
        assert Words(words).near(typed) == {word for word in words if is_near(typed, word)}


def test_characters_are_typed_between_commas_and_found() -> None:
    assert read_phrases("white print, sac, on soil").characters == {
        ("spore_print", "white"),
        ("base", "sac"),
        ("substrate", "soil"),
    }
    assert read_phrases("whiet print").characters == {("spore_print", "white")}, "slips are forgiven here too"
    assert ("ring", "skirt") in read_phrases("ring").characters
    assert ("ring", "none") not in read_phrases("ring").characters
    found = {hit.record.taxon.name for hit in index_of(load_guide()).find(Wanted("white print, ring, sac, on soil"))}
    assert {"Amanita phalloides", "Amanita virosa"} <= found
    assert not {"Agaricus campestris", "Boletus edulis"} & found


def test_dangers_regions_and_names_stand_beside_characters() -> None:
    regions = ("asia", "europe", "north_america")
    told = read_phrases("white print, deadly, Eurpoe, blue whales", regions)
    deadly = frozenset({Danger.DEADLY})
    assert told == Phrases(frozenset({("spore_print", "white")}), deadly, "europe", ("blue whales",))
    assert not read_phrases("blue whales", regions)
    assert names(Wanted("blue whales, ring")) == []
    hits = INDEX.find(Wanted("galerina, deadly, europe"))
    assert "Galerina marginata" in {hit.record.taxon.name for hit in hits}
    assert all(hit.record.danger is Danger.DEADLY for hit in hits)
    assert all("Galerina" in hit.record.taxon.name for hit in hits)
    assert names(Wanted("Europe")) == names(Wanted(region="europe"))


def test_dangers_are_typed_in_the_language_in_use() -> None:
    choose_language("de")
    try:
        assert read_phrases("tödlich, weisses Sporenpulver, Europa", ("europe",)).dangers == {Danger.DEADLY}
        assert read_phrases("Europa", ("europe",)).region == "europe"
    finally:
        choose_language("en")


@pytest.mark.parametrize("code", languages())
def test_what_the_field_proposes_to_type_is_understood_in_every_language(code: str) -> None:
    choose_language(code)
    try:
        for key in ("guide.search", "guide.search_hint"):
            told = read_phrases(text(key).rpartition(":")[2].rstrip("."), ("europe", "asia"))
            assert {("spore_print", "white"), ("base", "sac")} <= told.characters
            assert told.rest == ()
        assert (told.dangers, told.region) == ({Danger.DEADLY}, "europe")
    finally:
        choose_language("en")


@pytest.mark.parametrize("typed", ["Muenchen", "München", "munchen", "muench"])
def test_a_poison_centre_is_found_by_its_town(typed: str) -> None:
    (centre,) = INDEX.centres(typed)
    assert centre.phone == "+49 89 19240"


def test_poison_centres_are_found_by_their_country_and_not_by_a_mushroom() -> None:
    assert {centre.country for centre in INDEX.centres("germany")} == {"DE"}
    assert INDEX.centres("amanita") == INDEX.centres("mar") == INDEX.centres("") == []


@pytest.mark.parametrize("typed", ["death-cap", "deathcap", "Death Cap!", "  death   cap "])
def test_signs_and_gaps_between_words_do_not_matter(typed: str) -> None:
    assert "Amanita phalloides" in names(Wanted(typed))[:1]


def test_a_deadly_kind_of_which_nothing_is_told_is_not_left_out() -> None:
    guide = load_guide()
    characters = frozenset({("milk", "white")})
    for hit in index_of(guide).find(Wanted(characters=characters)):
        told = guide.characters_of(hit.record.taxon.name)
        assert told is not None
        assert "white" in told.states("milk") or (not told.states("milk") and hit.record.danger is Danger.DEADLY)
