import pytest
import torch
from torch.nn import functional

from fieldguide.core.guide import load_guide
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit.losses import TreeLoss

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
