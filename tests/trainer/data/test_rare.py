"""What becomes of labels with few photos or finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import Rank
from trainer.config import DataConfig
from trainer.data.labels import Fate, Labels, build_tree, read_labels
from trainer.data.rare import name_labels, rare_in_words
from trainer.data.scan import ScannedPhoto
from trainer.data.split import LEFT_OUT, split
from trainer.run_folder import write_json

GUIDE = load_guide()
CONFIG = DataConfig(min_photos=6, min_finds=2)
COUNTS = {
    "Amanita_muscaria": 8,
    "Amanita_phalloides": 3,  # its genus has another label
    "Russula_emetica": 4,  # with the folder of the genus enough for the genus
    "Russula": 3,
    "Suillus_luteus": 7,
    "Gomphidius_glutinosus": 2,  # nothing near it
    "Amanitaceae": 7,
    "Lactarius_deliciosus": 2,  # of the family of Russula
    "Boletus_edulis": 8,  # of one find
    "Imleria_badia": 7,
}


def _photos(counts: dict[str, int]) -> list[ScannedPhoto]:
    names = [(label, number) for label, count in counts.items() for number in range(count)]
    return [
        ScannedPhoto(
            index,
            f"/photos/{label}/{number}.jpg",
            label,
            "club",
            "one" if label == "Boletus_edulis" else "",
            f"{index:064x}",
            f"{(index * 0x9E3779B97F4A7C15) % 2**64:016x}",
            100,
            100,
        )
        for index, (label, number) in enumerate(names)
    ]


def _named(config: DataConfig, counts: dict[str, int] = COUNTS) -> tuple[Labels, dict[str, str]]:
    labels = name_labels(_photos(counts), config, GUIDE)
    return labels, {raw: labels.taxa[row].name for raw, row in labels.of_folder.items()}


def test_a_rare_species_teaches_its_genus_or_its_family() -> None:
    labels, taught = _named(CONFIG)
    assert {taxon.name for taxon in labels.taxa} == {
        *("Amanita muscaria", "Amanita", "Amanitaceae", "Russula", "Suillus luteus", "Imleria badia", "Boletus")
    }
    assert (taught["Amanita_phalloides"], taught["Russula_emetica"], taught["Russula"]) == (
        "Amanita",
        "Russula",
        "Russula",
    )
    assert taught["Boletus_edulis"] == "Boletus"  # eight photos of one find are one witness
    assert labels.of_family == {"Lactarius_deliciosus": "Russulaceae"}
    fates = {label.name: (label.fate, label.teaches) for label in labels.rare}
    assert fates == {
        "Amanita phalloides": (Fate.GENUS, "Amanita"),
        "Russula emetica": (Fate.GENUS, "Russula"),
        "Boletus edulis": (Fate.GENUS, "Boletus"),
        "Lactarius deliciosus": (Fate.FAMILY, "Russulaceae"),
        "Gomphidius glutinosus": (Fate.LEFT_OUT, ""),
    }
    told = " ".join(rare_in_words(labels))
    assert all(name in told for name in fates)
    assert labels.taxon_of["Amanita_phalloides"].name == "Amanita phalloides"


def test_what_teaches_a_family_learns_through_the_tree_and_never_judges() -> None:
    labels, _ = _named(CONFIG)
    tree = build_tree(labels.taxa)
    placed = split(_photos(COUNTS), labels, tree, CONFIG, 1)
    family = [row for row in placed if row.taxon == "Lactarius deliciosus"]
    assert {(row.split, row.label, tree.names[row.target]) for row in family} == {("train", -1, "Russulaceae")}
    assert {row.split for row in placed if row.taxon == "Gomphidius glutinosus"} == {LEFT_OUT}
    genus = {row.label for row in placed if row.taxon in ("Amanita phalloides",)}
    assert [labels.taxa[label].rank for label in genus] == [Rank.GENUS]


def test_the_other_ways_with_rare_labels() -> None:
    labels, taught = _named(replace(CONFIG, rare="teach"))
    assert len(labels.taxa) == len(COUNTS)
    assert taught["Gomphidius_glutinosus"] == "Gomphidius glutinosus"
    assert {label.fate for label in labels.rare} == {Fate.TEACHES}
    labels, taught = _named(replace(CONFIG, rare="leave-out"))
    assert set(taught) == {"Amanita_muscaria", "Suillus_luteus", "Amanitaceae", "Imleria_badia"}
    assert {label.fate for label in labels.rare} == {Fate.LEFT_OUT}
    with pytest.raises(FieldGuideError) as refusal:
        _named(replace(CONFIG, rare="refuse"))
    assert refusal.value.code is ErrorCode.DATA_TOO_FEW
    assert "Gomphidius glutinosus (2)" in str(refusal.value.facts["labels"])


def test_what_is_held_out_or_judges_makes_no_label_and_does_not_count() -> None:
    photos = [replace(p, source="other") if p.raw_label == "Suillus_luteus" else p for p in _photos(COUNTS)]
    config = replace(CONFIG, hold_out=("Russula",), elsewhere_sources=("other",))
    labels = name_labels(photos, config, GUIDE, without={p.file for p in photos if p.raw_label == "Imleria_badia"})
    names = {taxon.name for taxon in labels.taxa}
    assert not names & {"Russula", "Suillus luteus", "Imleria badia"}
    assert labels.taxon_of["Suillus_luteus"].name == "Suillus luteus"


def test_a_species_outside_the_guide_teaches_the_genus_of_its_name() -> None:
    labels, taught = _named(CONFIG, {"Aeshna_cyanea": 3, "Aeshna_mixta": 4, "Amanita_muscaria": 8})
    assert taught["Aeshna_cyanea"] == taught["Aeshna_mixta"] == "Aeshna"
    assert labels.unresolved == ("Aeshna_cyanea", "Aeshna_mixta")


def test_labels_read_back_as_they_were_written(tmp_path: Path) -> None:
    labels, _ = _named(CONFIG)
    write_json(tmp_path / "labels.json", labels.as_json())
    assert read_labels(tmp_path / "labels.json") == labels
