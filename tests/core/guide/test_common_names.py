"""A kind may be named in a living language: misspelt, in the plural, without umlauts, among other words."""

from __future__ import annotations

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.taxonomy import Rank, Taxon


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def label(name: str) -> Taxon:
    return Taxon(name, Rank.SPECIES, name.split()[0])


def test_a_common_name_keeps_its_danger(guide: Guide) -> None:
    deadly = [record for record in guide.records.values() if record.danger is Danger.DEADLY]
    told = [(name, record.danger) for record in deadly for name in record.common_names.values()]
    assert len(told) > 100
    assert [name for name, danger in told if guide.danger(label(name)).severity < danger.severity] == []


@pytest.mark.parametrize(
    "dress",
    [
        *(
            "{}s",
            "young {}",
            "IMG_2031 {}",
            "the {}.jpg",
            "{} / Steinpilz",
            "Boletus edulis or {}",
            "photo of a {} (2)",
        ),
        "{}, Prague, 5.10.2024",
    ],
)
def test_a_common_name_keeps_its_danger_in_any_dress(guide: Guide, dress: str) -> None:
    deadly = [record for record in guide.records.values() if record.danger is Danger.DEADLY]
    names = {name for record in deadly for name in record.common_names.values() if len(name) > 8}
    told = [dress.format(name) for name in sorted(names)]
    assert len(told) > 100
    assert [name for name in told if guide.danger(label(name)) is not Danger.DEADLY] == []


def test_a_common_name_keeps_its_danger_without_umlauts_and_misspelt(guide: Guide) -> None:
    for raw in (
        "Gruener Knollenblaetterpilz",
        "Gruner Knollenblaterpilz",
        "Deathcaps",
        "Amanite phaloide",
        "Gift-Haeubling",
    ):
        assert guide.danger(label(raw)) is Danger.DEADLY, raw


def test_a_mild_kind_beside_authors_and_its_own_common_names_stays_mild(guide: Guide) -> None:
    mild = [each for each in guide.records.values() if not each.danger.harmful and each.taxon.rank is Rank.SPECIES]
    told = [f"{each.taxon.name} (Fr.) Quél." for each in mild]
    assert len(told) > 500
    assert [name for name in told if guide.danger(label(name)).harmful] == []
