"""The rules that the shipped tables keep, read from the raw CSV: what loading forgives, this does not."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict

import pytest

from fieldguide.core.danger import Danger, worst
from fieldguide.core.resources import resource

REGIONS = {"europe", "north_america", "asia", "australasia", "africa", "south_america"}
NAMES = {"species": r"[A-Z][a-z]+ [a-z-]+", "genus": r"[A-Z][a-z]+", "family": r"[A-Z][a-z]+aceae"}
HEADERS = {
    "species": "scientific_name rank gbif_key family synonyms common_name_en common_name_de common_name_fr "
    "common_name_es common_name_it common_name_pl danger syndrome toxins onset_hours_min onset_hours_max "
    "dangerous_lookalikes regions months_north habitat key_features sources",
    "syndromes": "key name toxins onset_hours_min onset_hours_max main_symptoms target_organs severity mortality_note "
    "example_species sources",
    "poison_centres": "country_iso2 name phone hours language verified",
    "sources": "id citation used_for consulted",
}
Row = dict[str, str]


def read(table: str) -> list[Row]:
    with resource("guide", f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


SPECIES, SYNDROMES, CENTRES, SOURCES = (read(table) for table in HEADERS)
TAXA = {row["scientific_name"]: row for row in SPECIES}
SYNDROME_KEYS = {row["key"] for row in SYNDROMES}
SOURCE_IDS = {row["id"] for row in SOURCES}


def several(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def ranked(rank: str) -> dict[str, Row]:
    return {name: row for name, row in TAXA.items() if row["rank"] == rank}


def wrong(rows: list[Row], holds) -> list[str]:
    """Names of the rows that break a rule."""
    return [next(iter(row.values())) for row in rows if not holds(row)]


@pytest.mark.parametrize("table", HEADERS)
def test_every_row_has_the_columns_of_its_header(table: str) -> None:
    with resource("guide", f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == HEADERS[table].split()
    assert [row[0] for row in rows if len(row) != len(header)] == []


@pytest.mark.parametrize(("rows", "key"), [(SPECIES, "scientific_name"), (SYNDROMES, "key"), (SOURCES, "id")])
def test_nothing_stands_twice(rows: list[Row], key: str) -> None:
    assert [name for name, count in Counter(row[key] for row in rows).items() if count > 1] == []


def test_a_gbif_key_is_a_number_and_belongs_to_one_taxon() -> None:
    keys = [row["gbif_key"] for row in SPECIES if row["gbif_key"]]
    assert all(key.isdigit() for key in keys)
    assert len(keys) == len(set(keys))


def test_names_look_like_their_rank() -> None:
    assert wrong(SPECIES, lambda row: re.fullmatch(NAMES[row["rank"]], row["scientific_name"])) == []
    assert wrong(SPECIES, lambda row: row["family"].endswith("aceae")) == []


def test_a_synonym_stands_under_one_taxon_and_is_none_itself() -> None:
    owners = defaultdict(set)
    for row in SPECIES:
        for synonym in several(row["synonyms"]):
            owners[synonym].add(row["scientific_name"])
    assert {synonym: taxa for synonym, taxa in owners.items() if len(taxa) > 1 or synonym in TAXA} == {}


def test_what_harms_names_its_syndrome_and_a_syndrome_its_toxins_and_onset() -> None:
    assert wrong(SPECIES, lambda row: row["syndrome"] or not Danger(row["danger"]).harmful) == []
    poisonings = [row for row in SPECIES if row["syndrome"]]
    assert wrong(poisonings, lambda row: row["syndrome"] in SYNDROME_KEYS) == []
    assert wrong(poisonings, lambda row: row["toxins"]) == []
    assert wrong([*poisonings, *SYNDROMES], onset_is_a_range) == []


def onset_is_a_range(row: Row) -> bool:
    return 0 <= float(row["onset_hours_min"]) <= float(row["onset_hours_max"])


def test_every_record_names_sources_that_are_listed() -> None:
    assert wrong(SPECIES, lambda row: row["sources"]) == []
    assert wrong([*SPECIES, *SYNDROMES], lambda row: set(several(row["sources"])) <= SOURCE_IDS) == []
    assert wrong(SOURCES, lambda row: row["consulted"].startswith(("read", "recalled"))) == []


def test_every_record_has_a_region_a_habitat_features_and_a_possible_season() -> None:
    assert wrong(SPECIES, lambda row: row["regions"] and set(several(row["regions"])) <= REGIONS) == []
    assert wrong(SPECIES, lambda row: row["habitat"] and row["key_features"]) == []
    assert wrong(SPECIES, lambda row: season_is_possible(row["months_north"])) == []


def season_is_possible(months: str) -> bool:
    return not months or (
        re.fullmatch(r"\d{1,2}-\d{1,2}", months) is not None and all(1 <= int(m) <= 12 for m in months.split("-"))
    )


def test_a_dangerous_lookalike_is_another_species_known_to_be_worth_a_warning() -> None:
    pairs = [(row["scientific_name"], name) for row in SPECIES for name in several(row["dangerous_lookalikes"])]
    assert [pair for pair in pairs if pair[0] == pair[1] or pair[1] not in ranked("species")] == []
    assert [pair for pair in pairs if TAXA[pair[1]]["danger"] in {"edible", "unknown"}] == []


def test_every_species_has_its_genus_in_the_same_family() -> None:
    genera = ranked("genus")
    orphans = [name for name in ranked("species") if name.split()[0] not in genera]
    assert orphans == []
    strangers = [name for name, row in ranked("species").items() if genera[name.split()[0]]["family"] != row["family"]]
    assert strangers == []


def test_a_genus_is_never_milder_than_its_species() -> None:
    genera = ranked("genus")
    milder = [
        name
        for name, row in ranked("species").items()
        if Danger(genera[name.split()[0]]["danger"]).severity < Danger(row["danger"]).severity
    ]
    assert milder == []


def test_a_family_is_exactly_as_dangerous_as_its_worst_member_and_names_one() -> None:
    families = ranked("family")
    members = defaultdict(list)
    for row in SPECIES:
        if row["rank"] != "family":
            members[row["family"]].append(row)
    assert set(members) == set(families)
    assert wrong(list(families.values()), lambda row: row["family"] == row["scientific_name"]) == []
    for name, row in families.items():
        expected = worst(Danger(member["danger"]) for member in members[name]).told
        assert row["danger"] == expected, name
        named = [member["scientific_name"] for member in members[name] if member["danger"] == expected]
        assert expected is Danger.CAUTION or any(member in row["key_features"] for member in named), name


def test_a_wide_taxon_is_never_told_to_be_mild_and_always_has_a_note() -> None:
    wide = [row for row in SPECIES if row["rank"] != "species"]
    assert wrong(wide, lambda row: row["danger"] != "edible" and "[note:" in row["key_features"]) == []


def test_a_syndrome_is_graded_and_its_examples_have_it() -> None:
    assert wrong(SYNDROMES, lambda row: row["severity"] in {"1", "2", "3", "4", "5"}) == []
    for row in SYNDROMES:
        for name in several(row["example_species"]):
            assert TAXA[name]["syndrome"] == row["key"], name


def test_a_poison_centre_has_a_country_a_number_and_a_page_it_was_read_on() -> None:
    assert wrong(CENTRES, lambda row: re.fullmatch(r"[A-Z]{2}", row["country_iso2"])) == []
    assert wrong(CENTRES, lambda row: re.search(r"\d", row["phone"])) == []
    assert wrong(CENTRES, lambda row: row["verified"].startswith(("official", "secondary"))) == []
