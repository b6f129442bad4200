"""A mild name with a deadly look-alike comes with the one check that parts them."""

from __future__ import annotations

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.decision.lookalikes import dangerous_lookalikes
from fieldguide.core.decision.parting import Parting, deadly_double
from fieldguide.core.guide import Guide
from fieldguide.core.text import FALLBACK, catalogue, languages
from tests.helpers.finds import taxon


@pytest.mark.parametrize(
    ("name", "deadly", "check"),
    [
        ("Calvatia gigantea", "Amanita virosa", Parting.CUT_IN_HALF),
        ("Apioperdon pyriforme", "Amanita virosa", Parting.CUT_IN_HALF),  # by its family: any young puffball
        ("Amanita vaginata", "Amanita phalloides", Parting.RING_AND_EDGE),
        ("Amanita rubescens", "Amanita phalloides", Parting.NO_CHECK),
        ("Agaricus campestris", "Amanita virosa", Parting.GILLS_AND_BASE),
        ("Armillaria mellea", "Galerina marginata", Parting.RUSTY_PRINT),
        ("Cantharellus cibarius", "Cortinarius orellanus", Parting.TURN_OVER),
        ("Morchella esculenta", "Gyromitra esculenta", Parting.CUT_LENGTHWISE),
        ("Russula virescens", "Amanita phalloides", Parting.BREAK_STEM),
        ("Volvariella volvacea", "Amanita phalloides", Parting.PINK_PRINT),
    ],
)
def test_the_check_parts_the_pair(guide: Guide, name: str, deadly: str, check: Parting) -> None:
    double = deadly_double(taxon(name, guide), guide)
    assert double is not None
    assert (double.deadly[0].taxon.name, double.check) == (deadly, check)


@pytest.mark.parametrize("name", ["Amanita phalloides", "Amanita", "Paxillus involutus", "Trametes versicolor"])
def test_what_harms_itself_or_resembles_nothing_deadly_has_no_double(guide: Guide, name: str) -> None:
    assert deadly_double(taxon(name, guide), guide) is None


def test_every_mild_kind_with_a_deadly_look_alike_is_answered(guide: Guide) -> None:
    mild = [record.taxon for record in guide.records.values() if not record.danger.harmful]
    resembling = {
        each for each in mild if any(one.danger is Danger.DEADLY for one in dangerous_lookalikes([each], guide))
    }
    assert len(resembling) > 200
    assert {each.name for each in resembling if deadly_double(each, guide) is None} == set()
    checks = {double.check for each in mild if (double := deadly_double(each, guide)) is not None}
    assert checks == set(Parting), "a check that no pair uses says nothing"


@pytest.mark.parametrize("code", languages())
def test_every_check_has_a_sentence_that_names_the_deadly_one(code: str) -> None:
    sentences = {**catalogue(FALLBACK), **catalogue(code)}
    assert all("{name}" in sentences[f"danger.part_{check.value}"] for check in Parting)
