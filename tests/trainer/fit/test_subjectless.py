"""Pictures that lose their subject: drawings of few flat colours, corners without what stands in the middle."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from fieldguide.core.guide import load_guide
from trainer.config import AUGMENT, FitConfig
from trainer.data.augment import Augment
from trainer.data.dataset import Batch
from trainer.data.labels import build_tree, resolve_labels
from trainer.data.subjectless import draw, surroundings
from trainer.fit.losses import TreeLoss
from trainer.fit.step import Stepper
from trainer.progress import Progress, Style


def test_a_drawing_has_even_areas_where_the_photo_has_none() -> None:
    photos = torch.rand(24, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255
    drawn = draw(photos, torch.Generator().manual_seed(2))
    assert drawn.shape == photos.shape
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) <= 255

    def even(pictures: torch.Tensor) -> torch.Tensor:
        return ((pictures[..., 1:] - pictures[..., :-1]).abs().amax(dim=1) < 1).float().mean(dim=(1, 2))

    assert float(even(photos).max()) < 0.01
    assert float(even(drawn).median()) > 0.5


def test_the_same_seed_draws_the_same() -> None:
    photos = torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(1)) * 255
    one, other = (draw(photos, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(one, other)


def test_surroundings_leave_out_the_middle_and_the_corner_that_stands_out() -> None:
    grass = torch.tensor([40, 120, 30], dtype=torch.uint8)
    cap = torch.tensor([220, 30, 20], dtype=torch.uint8)
    photos = grass.expand(16, 96, 96, 3).clone()
    photos[:, 42:54, 42:54] = cap
    photos[:, :30, :30] = cap
    around = surroundings(photos, 64, torch.Generator().manual_seed(3))
    assert around.shape == (16, 3, 64, 64)
    assert torch.allclose(around.mean(dim=(0, 2, 3)), grass.float(), atol=1)


class Coin(nn.Module):
    """The same two chances for every picture."""

    def __init__(self) -> None:
        super().__init__()
        self.chances = nn.Parameter(torch.tensor([1.0, -1.0]))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        return self.chances.expand(len(pictures), 2), pictures.mean(dim=(2, 3))


@pytest.mark.parametrize("kind", ["drawings", "surroundings"])
def test_a_picture_without_its_subject_teaches_anything_else(kind: str) -> None:
    tree = build_tree(resolve_labels(["Amanita_muscaria", "Boletus_edulis"], load_guide()).taxa)
    loss, cpu = TreeLoss(tree, 2, (), 0.0), torch.device("cpu")
    augment = Augment(32, dict.fromkeys(AUGMENT, 0.0) | {"crop": 1.0})
    pixels, target = torch.zeros(3, 32, 32, 3, dtype=torch.uint8), torch.ones(3).long()
    batch = Batch(pixels, torch.ones(3), target, torch.full((3,), 2.0), torch.zeros(3).long())

    def taught(share: float) -> float:
        model = Coin()
        stepper = Stepper(loss, FitConfig(precision="float32"), cpu, Progress(Style.QUIET), anything_else=0)
        stepper.model = model
        setattr(stepper, kind, share)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
        return float(stepper(batch, augment, optimizer, torch.Generator().manual_seed(1)))

    chances = torch.log_softmax(torch.tensor([1.0, -1.0]), dim=0)
    assert taught(0.0) == pytest.approx(-2 * float(chances[1]))  # as labelled, with its weight
    assert taught(1.0) == pytest.approx(-float(chances[0]))  # as anything else, with weight 1
