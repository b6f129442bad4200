from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from fieldguide.core.decision.rollup import label_tree
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon

EDULIS = Taxon("Boletus edulis", Rank.SPECIES, "Boletus", "Boletaceae")
REGIUS = Taxon("Boletus regius", Rank.SPECIES, "Boletus", "Boletaceae")
BOLETUS = Taxon("Boletus", Rank.GENUS, "Boletus", "Boletaceae")
SUILLUS = Taxon("Suillus", Rank.GENUS, "Suillus", "Suillaceae")
CLAVARIACEAE = Taxon("Clavariaceae", Rank.FAMILY, None, "Clavariaceae")
LABELS = (EDULIS, REGIUS, BOLETUS, SUILLUS, CLAVARIACEAE, BACKGROUND)
ROW = np.array([[0.3, 0.1, 0.2, 0.15, 0.05, 0.2]])


def test_a_label_counts_at_its_rank_and_above() -> None:
    tree = label_tree(LABELS)
    for rank, expected in (
        (Rank.SPECIES, {"Boletus edulis": 0.3, "Boletus regius": 0.1}),
        (Rank.GENUS, {"Boletus": 0.6, "Suillus": 0.15}),
        (Rank.FAMILY, {"Boletaceae": 0.6, "Suillaceae": 0.15, "Clavariaceae": 0.05}),
    ):
        names = [taxon.name for taxon in tree.taxa[rank]]
        assert dict(zip(names, tree.sums(ROW, rank)[0], strict=True)) == pytest.approx(expected)


def test_the_best_of_each_rank() -> None:
    tree = label_tree(LABELS)
    best = tree.best(ROW, Rank.GENUS)
    assert tree.taxa[Rank.GENUS][best.place[0]] == BOLETUS
    assert best.probability[0] == pytest.approx(0.6)


def test_a_rank_without_taxa_has_no_chance() -> None:
    assert label_tree((CLAVARIACEAE, BACKGROUND)).best(np.array([[0.5, 0.5]]), Rank.SPECIES).probability[0] == 0.0


def test_a_genus_that_is_no_label_is_made_from_its_species() -> None:
    (taxon,) = label_tree((EDULIS, REGIUS)).taxa[Rank.GENUS]
    assert taxon == BOLETUS


def test_part_of_a_wide_label_goes_to_its_known_species() -> None:
    tree = label_tree(LABELS)
    shared = tree.share_wide(ROW, 0.5)
    assert shared[0, :3] == pytest.approx([0.375, 0.125, 0.1])
    assert shared.sum() == pytest.approx(1.0)
    assert tree.sums(shared, Rank.GENUS) == pytest.approx(tree.sums(ROW, Rank.GENUS))


def test_a_wide_label_without_known_species_keeps_all() -> None:
    assert label_tree(LABELS).share_wide(ROW, 1.0)[0, 3] == ROW[0, 3]


def test_sharing_survives_species_without_any_probability() -> None:
    row = np.array([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]])
    assert label_tree(LABELS).share_wide(row, 0.5).tolist() == row.tolist()


def test_the_same_labels_share_one_tree() -> None:
    assert label_tree(LABELS) is label_tree(tuple(LABELS))


def test_many_thousand_labels_take_a_moment_and_no_square_table() -> None:
    """A model from elsewhere may have ten thousand labels; a table of labels by genera took minutes and gigabytes."""
    labels = tuple(Taxon(f"G{n} x", Rank.SPECIES, f"G{n}", f"F{n % 100}") for n in range(30_000))
    tracemalloc.start()
    tree = label_tree(labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 2**20
    assert tree.sums(np.full((1, 30_000), 1 / 30_000), Rank.FAMILY)[0] == pytest.approx(np.full(100, 0.01))
    assert tree.sums(np.zeros((0, 30_000)), Rank.GENUS).shape == (0, 30_000)
