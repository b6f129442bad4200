"""The shipped tables keep every rule, a remark included; and each rule is broken once, to see that it is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fieldguide.core.guide.check import Problem, Rule, check_tables
from fieldguide.core.guide.tables import COLUMNS, Line, Table, read_table
from fieldguide.core.resources import resource
from fieldguide.core.text import catalogue

SHIPPED = {name: read_table(resource("guide", f"{name}.csv").read_bytes()) for name in COLUMNS}
SPECIES, SYNDROME = "Amanita phalloides", "amatoxin"
MILDEST = next(line.name for line in SHIPPED["species"].lines if line.cells["danger"] == "edible")
MILD_FAMILY = next(
    line.name
    for line in SHIPPED["species"].lines
    if line.cells["rank"] == "family" and line.cells["danger"] == "inedible"
)


@pytest.mark.parametrize("rule", Rule)
def test_the_shipped_tables_keep_it(rule: Rule) -> None:
    assert [problem for problem in check_tables(SHIPPED) if problem.rule is rule] == []


def test_the_shipped_tables_have_these_columns_in_this_order() -> None:
    assert {name: table.header for name, table in SHIPPED.items()} == dict(COLUMNS)


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_a_sentence(rule: Rule) -> None:
    assert f"guide.rule_{rule.value}" in catalogue("en")


def changed(table: str, name: str, **cells: str) -> dict[str, Table]:
    """The shipped tables with other cells in one row."""
    lines = [
        replace(line, cells={**line.cells, **cells}) if line.name == name else line for line in SHIPPED[table].lines
    ]
    return SHIPPED | {table: replace(SHIPPED[table], lines=tuple(lines))}


def without(*names: str) -> dict[str, Table]:
    lines = tuple(line for line in SHIPPED["species"].lines if line.name not in names)
    return SHIPPED | {"species": replace(SHIPPED["species"], lines=lines)}


def doubled(table: str, name: str) -> dict[str, Table]:
    line = next(line for line in SHIPPED[table].lines if line.name == name)
    twin = Line(len(SHIPPED[table].lines) + 2, line.cells)
    return SHIPPED | {table: replace(SHIPPED[table], lines=(*SHIPPED[table].lines, twin))}


def species(**cells: str) -> Callable[[], dict[str, Table]]:
    return lambda: changed("species", SPECIES, **cells)


def characters(**cells: str) -> Callable[[], dict[str, Table]]:
    return lambda: changed("characters", SPECIES, **cells)


def changed_answer(character: str, state: str, **cells: str) -> dict[str, Table]:
    lines = [
        replace(line, cells={**line.cells, **cells})
        if (line.cells["column"], line.cells["answer"]) == (character, state)
        else line
        for line in SHIPPED["questions"].lines
    ]
    return SHIPPED | {"questions": replace(SHIPPED["questions"], lines=tuple(lines))}


BROKEN: dict[Rule, Callable[[], dict[str, Table]]] = {
    Rule.EMPTY_KEY: species(scientific_name=""),
    Rule.TWICE: lambda: doubled("species", SPECIES),
    Rule.RANK: species(rank="variety"),
    Rule.NAME: species(rank="genus"),
    Rule.WORDS: species(key_features="Safe to eat after boiling"),
    Rule.FAMILY_NAME: species(family="Amanita"),
    Rule.GBIF: species(gbif_key="5240323"),
    Rule.SYNONYM: species(synonyms="Amanita virosa"),
    Rule.DANGER: species(danger="lethal"),
    Rule.NO_SYNDROME: species(syndrome=""),
    Rule.SYNDROME: species(syndrome="bellyache"),
    Rule.TOXINS: species(toxins=""),
    Rule.ONSET: species(onset_hours_min="24", onset_hours_max="6"),
    Rule.NO_SOURCE: species(sources=""),
    Rule.SOURCE: species(sources="grandmother"),
    Rule.REGION: species(regions="europe|moon"),
    Rule.MONTHS: species(months_north="7-13"),
    Rule.DESCRIPTION: species(habitat=""),
    Rule.LOOKALIKE: species(dangerous_lookalikes=SPECIES),
    Rule.LOOKALIKE_MILD: species(dangerous_lookalikes=MILDEST),
    Rule.NO_GENUS: lambda: without("Amanita"),
    Rule.OTHER_FAMILY: species(family="Agaricaceae"),
    Rule.GENUS_MILDER: lambda: changed("species", "Amanita", danger="caution"),
    Rule.NO_FAMILY: lambda: without("Amanitaceae"),
    Rule.FAMILY_MILDER: lambda: changed("species", "Amanitaceae", danger="poisonous"),
    Rule.FAMILY_HARSHER: lambda: changed("species", MILD_FAMILY, danger="deadly"),
    Rule.FAMILY_NAMES_NONE: lambda: changed("species", "Amanitaceae", key_features="[note: several]"),
    Rule.WIDE_MILD: lambda: changed("species", "Boletus", danger="edible"),
    Rule.WIDE_NOTE: lambda: changed("species", "Amanita", key_features="warts"),
    Rule.SEVERITY: lambda: changed("syndromes", SYNDROME, severity="9"),
    Rule.EXAMPLE: lambda: changed("syndromes", SYNDROME, example_species="Boletus edulis"),
    Rule.COUNTRY: lambda: changed("poison_centres", "US", country_iso2="Usa"),
    Rule.PHONE: lambda: changed("poison_centres", "US", phone="ask"),
    Rule.VERIFIED: lambda: changed("poison_centres", "US", verified="hearsay"),
    Rule.CONSULTED: lambda: changed("sources", "k_general", consulted="guessed"),
    Rule.CHARACTERS_UNLISTED: characters(scientific_name="Amanita imaginaria"),
    Rule.CHARACTERS_RANK: characters(rank="genus"),
    Rule.CHARACTERS_FEW: characters(form=""),
    Rule.VALUE: characters(ring="skirt|necklace"),
    Rule.SIZE: characters(size_cm_min="20", size_cm_max="4"),
    Rule.CERTAINTY: characters(certainty="sure"),
    Rule.CAVEAT: characters(caveat=""),
    Rule.STEMLESS: characters(underside="pores", gill_attachment="stemless"),
    Rule.GILLED: characters(form="cap_and_stem", underside="gills", spore_print=""),
    Rule.LOST_STATE: characters(ring="skirt"),
    Rule.GENUS_NARROWER: lambda: changed("characters", "Amanita", ring="none"),
    Rule.QUESTION: lambda: changed_answer("ring", "skirt", answer="necklace"),
    Rule.LIKELIHOOD: lambda: changed_answer("ring", "skirt", likelihood_if_true="none:0.5|skirt:0.4"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_row_is_named(rule: Rule) -> None:
    found = [problem for problem in check_tables(BROKEN[rule]()) if problem.rule is rule]
    assert found
    assert all(problem.row > 1 for problem in found)


def test_a_mild_kind_may_lack_the_states_that_a_harmful_one_must_have() -> None:
    tables = changed("characters", MILDEST, ring="skirt", smell="almond", surface="slimy", base="bulb")
    assert Rule.LOST_STATE not in {problem.rule for problem in check_tables(tables)}


def test_a_kind_without_characters_and_an_answer_without_a_row_are_named_for_the_whole_table() -> None:
    lines = tuple(line for line in SHIPPED["characters"].lines if line.name != SPECIES)
    tables = SHIPPED | {"characters": replace(SHIPPED["characters"], lines=lines)}
    assert Problem("characters", 0, SPECIES, Rule.CHARACTERS_MISSING, SPECIES) in check_tables(tables)
    answers = tuple(line for line in SHIPPED["questions"].lines if line.cells["answer"] != "skirt")
    tables = SHIPPED | {"questions": replace(SHIPPED["questions"], lines=answers)}
    assert Problem("questions", 0, "ring", Rule.ANSWERS, "ring skirt") in check_tables(tables)


def test_a_guide_may_do_without_characters_and_questions() -> None:
    assert check_tables(SHIPPED | {"characters": read_table(b""), "questions": read_table(b"")}) == []


def test_what_could_hide_a_danger_blocks_and_what_is_untidy_does_not() -> None:
    blocking = (Rule.DANGER, Rule.GENUS_MILDER, Rule.FAMILY_MILDER, Rule.TWICE, Rule.PHONE, Rule.LOST_STATE)
    assert all(rule.blocks for rule in blocking)
    assert not any(rule.blocks for rule in (Rule.DESCRIPTION, Rule.FAMILY_HARSHER, Rule.GBIF))


def test_a_table_that_is_no_table_is_told_once_and_alone() -> None:
    tables = SHIPPED | {"species": read_table("scientific_name,né\n".encode("latin-1"))}
    assert [(p.table, p.row, p.rule) for p in check_tables(tables)] == [("species", 0, Rule.TABLE_DAMAGED)]


def test_missing_columns_are_named_one_by_one() -> None:
    tables = SHIPPED | {"sources": read_table(b"id,citation,consulted\n")}
    assert check_tables(tables) == [Problem("sources", 1, "", Rule.COLUMN_MISSING, "used_for")]


def test_a_row_of_the_wrong_length_is_found_by_its_number_and_blank_lines_count() -> None:
    data = b"id,citation,used_for,consulted\n\na,b,c,read\nx,y,read\n"
    assert read_table(data).crooked == (4,)


def test_a_byte_order_mark_is_let_pass() -> None:
    assert read_table(b"\xef\xbb\xbfid,citation\n").header == ("id", "citation")
