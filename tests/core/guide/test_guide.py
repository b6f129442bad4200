"""Finding and joining in the guide, on the shipped tables and on broken copies of them."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import LANGUAGES, Guide, Match, load_guide, promises_a_meal
from fieldguide.core.resources import resource
from fieldguide.core.taxonomy import Rank, Taxon


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The four tables in a folder of their own, to be broken."""
    shutil.copytree(resource("guide"), tmp_path / "guide")
    return tmp_path / "guide"


def edit(table: Path, change) -> None:
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    header = list(rows[0])
    changed = change(rows) or rows
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        writer.writerows(changed)


def broken(folder: Path) -> FieldGuideError:
    with pytest.raises(FieldGuideError) as failure:
        load_guide(folder)
    return failure.value


@pytest.mark.parametrize(
    ("raw", "name", "match"),
    [
        ("Boletus_edulis", "Boletus edulis", Match.ACCEPTED),
        ("Boletus", "Boletus", Match.ACCEPTED),
        ("Amanita-phalloides", "Amanita phalloides", Match.ACCEPTED),
        ("Amanita phalloides (Vaill.) Link", "Amanita phalloides", Match.ACCEPTED),
        ("Boletus_badius_Fr.", "Imleria badia", Match.SYNONYM),
        ("Boletus_badius", "Imleria badia", Match.SYNONYM),
        ("Plateus_cervinus", "Pluteus cervinus", Match.SYNONYM),  # the guide lists misspellings that are common
        ("Fomes_formentarius", "Fomes fomentarius", Match.SYNONYM),
        ("Boletus_eduliss", "Boletus edulis", Match.MISSPELLING),
        ("amanita_phaloides", "Amanita phalloides", Match.MISSPELLING),
    ],
)
def test_a_folder_name_ends_in_one_accepted_taxon(guide: Guide, raw: str, name: str, match: Match) -> None:
    found = guide.resolve(raw)
    assert found is not None
    assert (found.taxon.name, found.match, found.raw) == (name, match, raw)


@pytest.mark.parametrize(
    "raw", ["", "Holiday pictures", "Unknownia mirabilis", "IMG", "edulis", "Boletus edulis nearby", "2019-09-12"]
)
def test_what_fits_nothing_is_not_guessed(guide: Guide, raw: str) -> None:
    assert guide.resolve(raw) is None


def test_a_misspelling_between_two_taxa_is_not_guessed(guide: Guide) -> None:
    pattern = guide.records["Amanita phalloides"]
    taxa = [Taxon(name, Rank.SPECIES, "Novum") for name in ("Novum mirabile", "Novum mirabila")]
    pair = Guide([replace(pattern, taxon=taxon, synonyms=()) for taxon in taxa], [], [], [], "test")
    assert pair.resolve("Novum mirabilo") is None
    assert pair.resolve("Novum mirabile") is not None


def test_a_taxon_without_a_record_is_unknown(guide: Guide) -> None:
    assert guide.danger(Taxon("Unknownia mirabilis", Rank.SPECIES, "Unknownia")) is Danger.UNKNOWN


def test_danger_reaches_a_taxon_under_its_old_name(guide: Guide) -> None:
    assert guide.danger(Taxon("Agaricus phalloides", Rank.SPECIES, "Agaricus")) is Danger.DEADLY


def test_a_genus_is_as_dangerous_as_its_worst_species(guide: Guide) -> None:
    assert guide.danger(Taxon("Amanita", Rank.GENUS, "Amanita", "Amanitaceae")) is Danger.DEADLY


def test_a_common_name_is_of_the_reader_s_language_or_none(guide: Guide) -> None:
    record = guide.record("Amanita phalloides")
    assert record is not None
    assert record.common_name("de") == "Grüner Knollenblätterpilz"
    assert record.common_name("tlh") == ""
    assert "Death cap" in record.shown_names.values(), "the guide's page tells those of other languages, as theirs"


@pytest.mark.parametrize(
    "name",
    [
        "Edible boletus",
        "Smardz jadalny",
        "Mleczaj smaczny",
        "Russule comestible",
        "Rúsula comestible",
        "Boleto commestibile",
        "Ovolo buono",
        "Speise-Morchel",
        "Grüner Speisetäubling",
        "Safe",
        "Harmless mushroom",
        "Non-poisonous",
        "Nontoxic",
        "Ungiftig",
    ],
)
def test_a_name_that_promises_a_meal_is_known_as_one(name: str) -> None:
    assert promises_a_meal(name)


@pytest.mark.parametrize(
    "name",
    ["Inedible bolete", "Non-edible", "Not safe", "Gołąbek niejadalny", "Bonete", "Russula innocua", "Death cap"],
)
def test_other_names_are_shown(name: str) -> None:
    assert not promises_a_meal(name)


def test_a_name_that_promises_a_meal_gives_way_to_the_scientific_one(guide: Guide) -> None:
    record = guide.records["Boletus edulis"]
    assert record.common_names["es"] == "Boleto comestible"
    assert record.common_name("es") == ""
    assert "es" not in record.shown_names
    assert replace(record, common_names={"en": "Edible bolete"}).common_name("en") == ""


def test_no_taxon_of_the_shipped_guide_is_shown_under_such_a_name(guide: Guide) -> None:
    shown = [record.common_name(code) for record in guide.records.values() for code in LANGUAGES]
    assert not [name for name in shown if promises_a_meal(name)]


def test_a_record_that_was_only_recalled_says_so(guide: Guide) -> None:
    read = [record for record in guide.records.values() if guide.rests_on_reading(record)]
    recalled = [record for record in guide.records.values() if not guide.rests_on_reading(record)]
    assert read
    assert recalled
    assert all(not guide.sources[key].was_read for record in recalled for key in record.sources)


def test_any_correction_gives_a_new_version(guide: Guide, copy: Path) -> None:
    assert load_guide(copy).version == guide.version
    edit(copy / "species.csv", lambda rows: rows[0].update(danger="poisonous"))
    assert load_guide(copy).version != guide.version


@pytest.mark.parametrize("table", ["species", "syndromes", "poison_centres", "sources"])
def test_a_missing_table_is_named(copy: Path, table: str) -> None:
    (copy / f"{table}.csv").unlink()
    failure = broken(copy)
    assert failure.code is ErrorCode.GUIDE_MISSING
    assert str(failure.facts["file"]).endswith(f"{table}.csv")


@pytest.mark.parametrize("table", ["species", "syndromes", "poison_centres", "sources"])
def test_a_table_that_is_not_text_is_named(copy: Path, table: str) -> None:
    (copy / f"{table}.csv").write_bytes(b"\xff\xfe\x00binary")
    failure = broken(copy)
    assert (failure.code, failure.facts["file"]) == (ErrorCode.GUIDE_BROKEN, f"{table}.csv")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("species", "danger", "harmless"),
        ("species", "rank", "variety"),
        ("species", "months_north", "spring"),
        ("species", "onset_hours_min", "soon"),
        ("species", "scientific_name", ""),
        ("syndromes", "severity", "high"),
        ("syndromes", "onset_hours_min", ""),
    ],
)
def test_a_broken_cell_names_its_file_and_row(copy: Path, table: str, column: str, value: str) -> None:
    edit(copy / f"{table}.csv", lambda rows: rows[1].update({column: value}))
    failure = broken(copy)
    assert failure.code is ErrorCode.GUIDE_BROKEN
    assert (failure.facts["file"], failure.facts["row"]) == (f"{table}.csv", 3)


def test_a_column_that_is_not_there_is_named(copy: Path) -> None:
    table = copy / "species.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",danger,", ",hazard,", 1), encoding="utf-8")
    assert "danger" in str(broken(copy).facts["problem"])


def test_a_row_cut_short_is_refused(copy: Path) -> None:
    table = copy / "species.csv"
    table.write_text(table.read_text(encoding="utf-8").rstrip("\n").rsplit(",", 8)[0] + "\n", encoding="utf-8")
    assert broken(copy).code is ErrorCode.GUIDE_BROKEN


def test_two_rows_for_one_taxon_are_refused_rather_than_the_milder_believed(copy: Path) -> None:
    def twice(rows):
        return [*rows, {**rows[0], "danger": "edible"}]

    edit(copy / "species.csv", twice)
    failure = broken(copy)
    assert failure.code is ErrorCode.GUIDE_BROKEN
    assert "Amanita phalloides" in str(failure.facts["problem"])
