"""Characters and questions of the shipped guide: inheritance, sizes, words in six languages, and guides without any."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import (
    CERTAINTIES,
    CHARACTERS,
    IN_CELLS,
    Characters,
    first_check,
    parting_characters,
    size_class,
)
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import catalogue, languages


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def test_every_species_and_genus_has_characters_of_its_own_or_of_its_genus(guide: Guide) -> None:
    lacking = [
        name
        for name, record in guide.records.items()
        if record.taxon.rank is not Rank.FAMILY and guide.characters_of(name) is None
    ]
    assert lacking == []


def test_a_species_without_a_row_takes_that_of_its_genus_and_says_whose_it_is(guide: Guide) -> None:
    species = [each.taxon for each in guide.records.values() if each.taxon.rank is Rank.SPECIES]
    heirs = [taxon for taxon in species if taxon.name not in guide.characters]
    assert len(heirs) > 100
    for taxon in heirs:
        found = guide.characters_of(taxon.name)
        assert found is not None
        assert found.name == taxon.genus
        assert guide.records[taxon.name].danger not in (Danger.DEADLY, Danger.POISONOUS)


def test_an_old_name_finds_them_and_a_strange_one_finds_none(guide: Guide) -> None:
    assert guide.characters_of("Agaricus phalloides") == guide.characters["Amanita phalloides"]
    assert guide.characters_of("Amanitaceae") is None
    assert guide.characters_of("Passer domesticus") is None


def test_gill_colours_part_amanita_from_agaricus_and_are_marked_as_recalled(guide: Guide) -> None:
    amanita, agaricus = (guide.characters[name] for name in ("Amanita virosa", "Agaricus campestris"))
    assert "white" in amanita.states("gill_colour")
    assert "black" not in amanita.states("gill_colour")
    assert {"pink", "brown", "black"} <= set(agaricus.states("gill_colour"))
    told = [each for each in guide.characters.values() if each.states("gill_colour")]
    assert all("k_gill_colour" in each.sources for each in told)
    assert not guide.sources["k_gill_colour"].was_read


def test_what_parts_two_kinds_is_no_state_of_both(guide: Guide) -> None:
    field, angel = (guide.characters[name] for name in ("Agaricus campestris", "Amanita virosa"))
    assert "gill_colour" in parting_characters(field, angel)
    assert parting_characters(field, angel) == parting_characters(angel, field)
    assert parting_characters(field, field) == ()


def test_the_first_check_looks_for_what_only_the_other_has(guide: Guide) -> None:
    field, angel = (guide.characters[name] for name in ("Agaricus campestris", "Amanita virosa"))
    assert first_check(field, angel) == ("base", ("sac",)), "who misses a sac misses a death cap"
    character, states = first_check(angel, field) or ("", ())
    assert set(states) <= set(field.states(character)) - set(angel.states(character))
    assert first_check(field, field) is None


def test_gills_have_a_colour_and_what_has_none_has_no_colour_of_them(guide: Guide) -> None:
    for name, each in guide.characters.items():
        gilled = bool({"gills"} & set(each.states("underside")))
        assert not gilled or each.states("gill_colour"), name
        assert gilled or "ridges" in each.states("underside") or not each.states("gill_colour"), name


@pytest.mark.parametrize(
    ("range_", "classes"),
    [
        ((4.0, 20.0), ("2_to_5", "5_to_10", "10_to_20")),
        ((0.5, 2.0), ("up_to_2",)),
        ((2.5, 2.6), ("2_to_5",)),
        ((21.0, 60.0), ("over_20",)),
        (None, ()),
    ],
)
def test_a_size_is_asked_in_the_classes_that_it_touches(range_: tuple[float, float], classes: tuple[str, ...]) -> None:
    assert Characters("Amanita", {}, range_, "high", ()).states("size") == classes


@pytest.mark.parametrize("length", [0.0, -3.0, 251.0, float("nan")])
def test_what_is_no_length_of_a_mushroom_is_refused(length: float) -> None:
    with pytest.raises(ValueError, match="cm"):
        size_class(length)


def test_every_character_is_asked_and_its_answers_are_its_values(guide: Guide) -> None:
    assert set(guide.questions) == set(CHARACTERS)
    for character, question in guide.questions.items():
        assert set(question.likelihood) == set(CHARACTERS[character])
        for state, given in question.likelihood.items():
            assert sum(given.values()) == pytest.approx(1, abs=0.002)
            assert max(given, key=lambda answer: given[answer]) == state
    assert [name for name, question in guide.questions.items() if question.digging] == ["base"]


@pytest.mark.parametrize("code", languages())
def test_every_word_of_it_is_there_in_every_language(code: str) -> None:
    wanted = {f"characters.{form}{name}" for name in CHARACTERS for form in ("", "ask_", "how_")}
    wanted |= {f"characters.{name}_{value}" for name, values in CHARACTERS.items() for value in values}
    wanted |= {f"characters.certainty_{certainty}" for certainty in CERTAINTIES}
    assert wanted - catalogue(code).keys() == set()


@pytest.mark.parametrize("code", languages())
def test_no_two_answers_of_a_question_read_alike(code: str) -> None:
    for name, values in CHARACTERS.items():
        words = [catalogue(code)[f"characters.{name}_{value}"] for value in values]
        assert len(set(words)) == len(words), name


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(resource("guide"), tmp_path / "guide")
    return tmp_path / "guide"


def test_a_guide_without_characters_is_read_and_has_another_version(copy: Path, guide: Guide) -> None:
    for name in ("characters", "questions"):
        (copy / f"{name}.csv").unlink()
    bare = load_guide(copy)
    assert bare.records.keys() == guide.records.keys()
    assert bare.characters_of("Amanita phalloides") is None
    assert bare.questions == {}
    assert bare.version != guide.version


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("characters", ",none|skirt|zone_or_fleeting,", ",none|necklace,"),
        ("characters", ",4,20,high,", ",four,20,high,"),
        ("questions", "\nring,skirt,", "\nring,necklace,"),
        ("questions", "\nring,skirt,", "\nring,none,"),
    ],
)
def test_a_broken_cell_is_an_error_with_its_table(copy: Path, table: str, old: str, new: str) -> None:
    file = copy / f"{table}.csv"
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FieldGuideError) as refused:
        load_guide(copy)
    assert refused.value.code is ErrorCode.GUIDE_BROKEN
    assert refused.value.facts["file"] == f"{table}.csv"


def test_a_corrected_character_is_another_version_of_the_guide(copy: Path, guide: Guide) -> None:
    file = copy / "characters.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",4,20,high,", ",4,21,high,", 1), encoding="utf-8")
    assert load_guide(copy).version != guide.version


def test_only_known_columns_are_read(guide: Guide) -> None:
    assert {character for each in guide.characters.values() for character in each.values} == set(IN_CELLS)
