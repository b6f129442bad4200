from __future__ import annotations

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import Check, dangerous_lookalikes
from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import text

GUIDE = load_guide()
CAMPESTRIS, PROCERA, PHALLOIDES, VIROSA = (
    GUIDE.records[name].taxon
    for name in ("Agaricus campestris", "Macrolepiota procera", "Amanita phalloides", "Amanita virosa")
)


def test_the_worst_come_first_and_all_are_harmful() -> None:
    found = dangerous_lookalikes((CAMPESTRIS, PROCERA), GUIDE)
    severities = [each.danger.severity for each in found]
    assert severities == sorted(severities, reverse=True)
    assert found[0].danger is Danger.DEADLY
    assert all(each.danger.harmful for each in found)


def test_each_stands_once_with_what_it_resembles() -> None:
    found = dangerous_lookalikes((CAMPESTRIS, PROCERA), GUIDE)
    assert len({each.taxon for each in found}) == len(found)
    by_name = {each.taxon.name: each for each in found}
    assert by_name["Amanita phalloides"].resembles == CAMPESTRIS
    assert by_name["Chlorophyllum molybdites"].resembles == PROCERA


def test_a_record_that_names_the_plausible_one_counts_too() -> None:
    named = {name for record in GUIDE.records.values() for name in record.lookalikes}
    record = next(
        other
        for other in GUIDE.records.values()
        if other.danger.harmful
        for name in other.lookalikes
        if name in GUIDE.records and other.taxon.name not in GUIDE.records[name].lookalikes and name in named
    )
    plausible = GUIDE.records[
        next(n for n in record.lookalikes if record.taxon.name not in GUIDE.records[n].lookalikes)
    ]
    assert record.taxon in [each.taxon for each in dangerous_lookalikes((plausible.taxon,), GUIDE)]


def test_it_tells_which_ones_the_model_has_never_heard_of() -> None:
    found = {each.taxon: each.known_to_model for each in dangerous_lookalikes((CAMPESTRIS,), GUIDE, (PHALLOIDES,))}
    assert found[PHALLOIDES]
    assert not found[VIROSA]


def test_what_to_check_stands_side_by_side() -> None:
    found = {each.taxon: each for each in dangerous_lookalikes((CAMPESTRIS,), GUIDE)}
    checks = {each.check: each for each in found[PHALLOIDES].checks}
    assert checks[Check.VOLVA].of_lookalike == "sac-like volva"
    assert checks[Check.VOLVA].of_plausible == "no volva"
    assert "white" in checks[Check.GILLS].of_lookalike
    assert checks[Check.HABITAT].of_plausible
    assert Check.SPORE_PRINT in checks  # no photo shows it: always worth making


def test_notes_for_compilers_are_not_shown() -> None:
    everything = dangerous_lookalikes(tuple(record.taxon for record in GUIDE.records.values()), GUIDE)
    said = [check.of_lookalike + check.of_plausible for each in everything for check in each.checks]
    assert any("cap" in words for words in said)
    assert all("[note" not in words for words in said)


def test_who_names_a_kind_is_known_without_looking_through_the_guide() -> None:
    for record in list(GUIDE.records.values())[::25]:
        names = {record.taxon.name, *record.synonyms}
        telling = {other.taxon.name for other in GUIDE.records.values() if names & set(other.lookalikes)}
        assert {other.taxon.name for other in GUIDE.naming(names)} == telling


def test_a_taxon_without_a_record_has_none_to_tell() -> None:
    assert dangerous_lookalikes((Taxon("Nomen nescio", Rank.SPECIES, "Nomen", None),), GUIDE) == ()
    assert dangerous_lookalikes((), GUIDE) == ()


def test_a_genus_has_lookalikes_too() -> None:
    assert dangerous_lookalikes((GUIDE.records["Boletus"].taxon,), GUIDE)


def test_every_check_has_a_name_for_people() -> None:
    assert all(text(f"danger.check_{check.value}") for check in Check)
