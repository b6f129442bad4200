import pytest

from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon, clean_name

SPECIES = Taxon("Amanita phalloides", Rank.SPECIES, "Amanita", "Amanitaceae")
GENUS = Taxon("Amanita", Rank.GENUS, "Amanita", "Amanitaceae")
FAMILY = Taxon("Amanitaceae", Rank.FAMILY, None, "Amanitaceae")


@pytest.mark.parametrize(
    ("taxon", "names"),
    [
        (SPECIES, ("Amanita phalloides", "Amanita", "Amanitaceae")),
        (GENUS, (None, "Amanita", "Amanitaceae")),
        (FAMILY, (None, None, "Amanitaceae")),
        (BACKGROUND, (None, None, None)),
        (Taxon("Novum ignotum", Rank.SPECIES, "Novum"), ("Novum ignotum", "Novum", None)),
    ],
)
def test_every_rank_at_or_above_its_own_has_a_name(taxon: Taxon, names: tuple[str | None, ...]) -> None:
    assert tuple(taxon.at(rank) for rank in (Rank.SPECIES, Rank.GENUS, Rank.FAMILY)) == names


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Boletus_edulis", "Boletus edulis"),
        ("  boletus \t EDULIS ", "Boletus edulis"),
        ("auricularia_auricula-judae", "Auricularia auricula-judae"),
        ("AMANITA", "Amanita"),
        ("__", ""),
        ("", ""),
    ],
)
def test_a_folder_name_becomes_a_scientific_name(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean
