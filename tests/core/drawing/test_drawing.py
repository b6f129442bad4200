"""Drawings: one of every kind, well-formed, the same each time, and different where characters differ."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace

import pytest

from fieldguide.core.drawing import DAY, NIGHT, Look, draw_kind, draw_value, look_of
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.guide.characters import CHARACTERS

SHOWN = ("form", "underside", "gill_attachment", "gill_colour", "ring", "base", "surface", "cap_colour", "stem_pattern")


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def look(guide: Guide, name: str) -> Look:
    record, told = guide.records[name], guide.characters_of(name)
    assert told is not None
    return look_of(told, record.key_features, record.habitat, name)


def test_every_kind_with_characters_is_drawn_in_both_themes(guide: Guide) -> None:
    drawn = [name for name in guide.records if guide.characters_of(name) is not None]
    assert len(drawn) > 1300
    for name in drawn:
        for paper in (DAY, NIGHT):
            svg = draw_kind(look(guide, name), paper)
            assert ET.fromstring(svg).tag.endswith("svg"), name
            assert "nan" not in svg


def test_numbers_stay_on_the_page(guide: Guide) -> None:
    for name in ("Amanita phalloides", "Calvatia gigantea", "Mycena pura", "Fomes fomentarius", "Ramaria formosa"):
        for x, y in re.findall(r"M(-?[\d.]+),(-?[\d.]+)", draw_kind(look(guide, name))):
            assert -10 <= float(x) <= 210
            assert -10 <= float(y) <= 210


def test_a_drawing_is_the_same_each_time_and_two_of_a_genus_differ(guide: Guide) -> None:
    assert draw_kind(look(guide, "Russula emetica")) == draw_kind(look(guide, "Russula emetica"))
    assert draw_kind(look(guide, "Russula emetica")) != draw_kind(look(guide, "Russula sanguinea"))


@pytest.mark.parametrize("character", SHOWN)
def test_each_character_shows(guide: Guide, character: str) -> None:
    plain = look(guide, "Agaricus campestris")
    drawn = {draw_kind(replace(plain, **{character: value})) for value in CHARACTERS[character]}
    assert len(drawn) >= len(CHARACTERS[character]) - 3  # soft differences may fall together


def test_what_one_has_to_know_is_drawn(guide: Guide) -> None:
    death_cap = look(guide, "Amanita phalloides")
    assert (death_cap.ring, death_cap.base, death_cap.cap_colour) == ("skirt", "sac", "olive")
    assert death_cap.other_colours
    assert look(guide, "Boletus edulis").stem_pattern == "net"
    assert look(guide, "Amanita muscaria").surface == "warts"
    assert look(guide, "Phallus impudicus").form == "phallus_or_cage"
    assert look(guide, "Morchella esculenta").underside == "pits_or_folds"
    assert look(guide, "Gyromitra esculenta").underside == "smooth"
    assert look(guide, "Amanita muscaria").base == "rim_or_scales"
    assert look(guide, "Amanita phalloides").base == look(guide, "Amanita virosa").base == "sac"
    assert look(guide, "Calvatia gigantea").cap_colour == "white"
    assert look(guide, "Pleurotus ostreatus").substrate == look(guide, "Galerina marginata").substrate == "wood"
    assert look(guide, "Armillaria mellea").growth == look(guide, "Hypholoma fasciculare").growth == "clustered"


@pytest.mark.parametrize(
    ("name", "form", "colour"),
    [
        ("Pleurocybella porrigens", "bracket", "white"),  # "thin pure white fans without stem"
        ("Pleurotus ostreatus", "bracket", "grey"),
        ("Pleurotus eryngii", "cap_and_stem", "brown"),
        ("Coprinus comatus", "cap_and_stem", "white"),  # "tall white shaggy cylinder turning to ink"
        ("Trichaptum biforme", "bracket", "grey"),  # "thin grey shelves with violet toothed underside"
    ],
)
def test_form_and_colour_are_what_the_features_name(guide: Guide, name: str, form: str, colour: str) -> None:
    drawn = look(guide, name)
    assert (drawn.form, drawn.cap_colour) == (form, colour)


def test_spines_of_a_ball_hang(guide: Guide) -> None:
    beard = look(guide, "Hericium erinaceus")
    assert draw_kind(beard) != draw_kind(replace(beard, underside="smooth"))


def test_what_is_below_a_funnel_and_on_a_shelf_shows(guide: Guide) -> None:
    hedgehog, shelf = look(guide, "Hydnum repandum"), look(guide, "Trametes versicolor")
    assert draw_kind(hedgehog) != draw_kind(replace(hedgehog, underside="smooth"))
    assert draw_kind(shelf) != draw_kind(replace(shelf, surface="dry"))
    assert draw_kind(shelf) != draw_kind(replace(shelf, size=25.0))


def test_marked_characters_are_ringed_in_the_theme_s_colour(guide: Guide) -> None:
    plain = draw_kind(look(guide, "Amanita phalloides"), NIGHT)
    ringed = draw_kind(look(guide, "Amanita phalloides"), NIGHT, ("base", "ring", "smell"))
    assert ringed.count(NIGHT.mark) == plain.count(NIGHT.mark) + 2
    ball = draw_kind(look(guide, "Calvatia gigantea"), DAY, ("surface", "cap_colour"))
    assert ball.count(DAY.mark) == 1


def test_every_answer_that_one_can_see_has_its_small_drawing() -> None:
    for character in (
        "form",
        "underside",
        "gill_colour",
        "gill_attachment",
        "spore_print",
        "ring",
        "base",
        "cap_colour",
        "growth",
        "size",
    ):
        drawn = [draw_value(character, value) for value in CHARACTERS[character]]
        found = [svg for svg in drawn if svg]
        assert len(found) >= len(drawn) - 1, character
        assert len(set(found)) == len(found), character
        assert all(ET.fromstring(svg).tag.endswith("svg") for svg in found)
    assert draw_value("smell", "almond") == ""


def test_a_look_is_made_of_words_that_the_pencil_knows(guide: Guide) -> None:
    for name in guide.characters:
        found = look(guide, name) if name in guide.records else None
        for field in fields(Look):
            value = getattr(found, field.name)
            if field.name in CHARACTERS and isinstance(value, str) and value:
                assert value in CHARACTERS[field.name], (name, field.name)


@pytest.mark.parametrize(
    ("name", "form", "shape"),
    [
        ("Clathrus ruber", "phallus_or_cage", "cage"),
        ("Aseroe rubra", "phallus_or_cage", "rays"),
        ("Mutinus caninus", "phallus_or_cage", "horn"),
        ("Phallus indusiatus", "phallus_or_cage", "skirt"),
        ("Helvella lacunosa", "morel_like", "saddle"),
        ("Gyromitra esculenta", "morel_like", ""),
        ("Gyromitra perlata", "cup", ""),
        ("Ramaria formosa", "coral_or_club", "branched"),
        ("Clavariadelphus pistillaris", "coral_or_club", "clubs"),
        ("Geastrum triplex", "star", ""),
    ],
)
def test_a_shape_within_a_form_is_what_the_features_name(guide: Guide, name: str, form: str, shape: str) -> None:
    drawn = look(guide, name)
    assert (drawn.form, drawn.shape) == (form, shape)
    assert (draw_kind(drawn) == draw_kind(replace(drawn, shape=""))) == (shape in ("", "branched"))
