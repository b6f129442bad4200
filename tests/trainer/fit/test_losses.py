import numpy as np
import pytest
import torch
from torch.nn import functional

from fieldguide.core.guide import load_guide
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit.losses import TreeLoss, rivals_by_source

LABELS = resolve_labels(["Boletus", "Boletus_edulis", "Suillus_luteus", "Amanita_muscaria"], load_guide())
TREE = build_tree(LABELS.taxa)
ROW = {taxon.name: number for number, taxon in enumerate(LABELS.taxa)}


def test_without_hierarchy_a_species_has_plain_cross_entropy() -> None:
    logits = torch.randn(5, 4)
    target = torch.full((5,), ROW["Suillus luteus"])
    loss = TreeLoss(TREE, 4, (), 0.0)
    assert torch.allclose(loss(logits, target), functional.cross_entropy(logits, target, reduction="none"))
    smooth = TreeLoss(TREE, 4, (), 0.1)
    expected = functional.cross_entropy(logits, target, reduction="none", label_smoothing=0.1)
    assert torch.allclose(smooth(logits, target), expected)


def test_a_photo_named_to_a_genus_does_not_deny_its_species() -> None:
    sure = torch.full((1, 4), -9.0)
    sure[0, ROW["Boletus edulis"]] = 9.0
    stranger = torch.full((1, 4), -9.0)
    stranger[0, ROW["Amanita muscaria"]] = 9.0
    genus = torch.tensor([ROW["Boletus"]])
    loss = TreeLoss(TREE, 4, (), 0.0)
    assert loss(sure, genus) == pytest.approx(9.0, abs=0.1)  # half of naming the genus itself, nothing for the rest
    assert loss(stranger, genus) == pytest.approx(18.0, abs=0.8)


def test_the_hierarchy_punishes_the_wrong_family_more_than_the_wrong_species() -> None:
    loss = TreeLoss(TREE, 4, (0.5, 0.5), 0.0)
    target = torch.tensor([ROW["Boletus edulis"]])
    values = []
    for wrong in ("Boletus", "Amanita muscaria"):
        logits = torch.zeros(1, 4)
        logits[0, ROW[wrong]] = 6.0
        values.append(float(loss(logits, target)))
    assert values[0] < values[1] - 1


def test_gradients_are_finite_for_very_sure_and_wrong_logits() -> None:
    logits = torch.tensor([[200.0, -200.0, 0.0, 5.0]], requires_grad=True)
    TreeLoss(TREE, 4, (0.3, 0.1), 0.1)(logits, torch.tensor([1])).sum().backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_within_a_source_only_its_own_labels_compete() -> None:
    edulis, suillus, amanita = (ROW[name] for name in ("Boletus edulis", "Suillus luteus", "Amanita muscaria"))
    rivals = rivals_by_source(TREE, 4, np.array([edulis, suillus, amanita]), np.array([0, 0, 1]))
    loss = TreeLoss(TREE, 4, (), 0.1, 1.0, rivals)
    logits = torch.randn(1, 4)
    found = loss(logits, torch.tensor([edulis]), torch.tensor([0]))
    two, target = logits[:, [edulis, suillus]], torch.tensor([0])
    assert torch.allclose(found, functional.cross_entropy(two, target, reduction="none", label_smoothing=0.1))
    assert float(loss(logits, torch.tensor([amanita]), torch.tensor([1]))) == pytest.approx(
        0, abs=1e-5
    )  # it has no rival
    assert loss(logits, torch.tensor([amanita])) > 0.1  # a photo of nobody knows what source competes with all


def test_half_within_a_source_is_the_mean_of_both() -> None:
    target, source, logits = torch.tensor([0, 1, 2, 3]), torch.tensor([0, 0, 1, 1]), torch.randn(4, 4)
    rivals = rivals_by_source(TREE, 4, target.numpy(), source.numpy())
    whole, half, within = (TreeLoss(TREE, 4, (0.3, 0.1), 0.1, share, rivals) for share in (0.0, 0.5, 1.0))
    mean = (whole(logits, target, source) + within(logits, target, source)) / 2
    assert torch.allclose(half(logits, target, source), mean)


def test_a_source_has_the_species_of_its_genus_and_anything_else_for_rivals() -> None:
    labels = resolve_labels(["Boletus", "Boletus_edulis", "Amanita_muscaria", "background"], load_guide())
    tree = build_tree(labels.taxa)
    row = {taxon.name: number for number, taxon in enumerate(labels.taxa)}
    rivals = rivals_by_source(tree, 4, np.array([row["Boletus"], row["Amanita muscaria"]]), np.array([0, 1]))
    assert rivals is not None
    assert [set(np.flatnonzero(line)) for line in rivals] == [
        {row["Boletus"], row["Boletus edulis"], row["Background"]},
        {row["Amanita muscaria"], row["Background"]},
    ]
    assert rivals_by_source(tree, 4, np.array([0, 1]), np.zeros(2, int)) is None


def test_gradients_within_a_source_are_finite_where_neither_genus_nor_family_is_known() -> None:
    rivals = rivals_by_source(TREE, 4, np.arange(4), np.arange(4))
    logits = (torch.randn(4, 4) * 50).requires_grad_()
    loss = TreeLoss(TREE, 4, (0.3, 0.1), 0.1, 0.5, rivals)
    loss(logits, torch.arange(4), torch.arange(4)).sum().backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_a_photo_teaches_how_dangerous_its_kind_is() -> None:
    levels = np.array([2, 0, 0, 2])
    plain, aware = (TreeLoss(TREE, 4, (), 0.0, 0.0, None, weight, levels) for weight in (0.0, 0.5))
    logits, target = torch.randn(4, 4), torch.arange(4)
    probability = functional.softmax(logits, dim=1)
    level = torch.stack([probability[row, levels == levels[row]].sum() for row in range(4)])
    assert torch.allclose(aware(logits, target), plain(logits, target) - 0.5 * level.log())


def test_a_target_of_several_levels_denies_none_of_them() -> None:
    wide = next(row for row in range(4, len(TREE.names)) if TREE.members[row].sum() > 1)
    levels = np.zeros(4, int)
    levels[np.flatnonzero(TREE.members[wide])[0]] = 2
    plain, aware = (TreeLoss(TREE, 4, (), 0.0, 0.0, None, weight, levels) for weight in (0.0, 1.0))
    logits, target = torch.randn(1, 4), torch.tensor([wide])
    assert torch.allclose(aware(logits, target), plain(logits, target), atol=1e-6)
